"""Causes: why a fixable package is still there, each with the fields that prove it, first match wins."""

from dataclasses import replace
from datetime import timedelta

import pytest

from postpatch.model import (
    HostInventory,
    Leftovers,
    ManagedHost,
    PatchBaseline,
    Patching,
)
from postpatch.policy import PatchingPolicy
from postpatch.verdict.causes.cause import cause_of
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.causes.story import Scans, stories
from tests.verdict.cause_cases import (
    CASES,
    CURL,
    CVE,
    EVENING,
    HOST,
    INSTALL,
    INSTALLED,
    MANAGED,
    MORNING,
    PWW,
    SCAN,
    SCANNED,
    WANTED,
    finding,
    patch,
)


def cause(
    packages=(CURL,), *, managed=(MANAGED,), states=(INSTALLED,), commands=(INSTALL,), patches=(), baseline=PWW,
    available=(), wanted=WANTED, inventory=(), captured=MORNING, scanned=MORNING, vulnerability=CVE, revisions=(),
):  # fmt: skip
    """Return the cause and its proof for what AWS reported, two hours after the launch of the assessment."""
    told = Patching(states, commands, managed)
    inventories = (HostInventory(HOST, captured, ("curl",), tuple(inventory)),) if inventory else ()
    left = Leftovers(
        (HOST,), tuple(patches), (baseline,), tuple(available), EVENING, inventories, revisions=tuple(revisions)
    )
    (story,) = stories(told, left, wanted, Scans(MORNING - timedelta(hours=2), {HOST: scanned})).values()
    return cause_of(replace(finding(*packages), vulnerability=vulnerability), story)


@pytest.mark.parametrize(("told", "kind", "words"), CASES.values(), ids=CASES)
def test_each_cause_has_its_proof(told, kind, words):
    """AWS's own data settles the cause, and the proof holds the fields and values that did."""
    found, proof = cause(**told)
    assert found is kind
    assert words in str(proof)


def test_an_unreachable_host_comes_before_what_it_last_reported():
    """First match wins: of a host that is offline nothing newer is known."""
    kind, _ = cause(managed=(ManagedHost(HOST, "ConnectionLost"),), patches=[patch("curl", "failed")])
    assert kind is Kind.NOT_MANAGED


def test_an_install_that_a_scan_overwrote_is_no_mere_scan():
    """The command history proves the installation that the patch state no longer tells of."""
    kind, _ = cause(states=(SCANNED,), patches=[patch("curl", "missing")])
    assert kind is Kind.MISSING


@pytest.mark.parametrize("words", ["PingStatus", "patch state", "command history", "patch baseline", "patches listed"])
@pytest.mark.parametrize("patches", [[], [patch("curl", "missing")]], ids=["unexplained", "missing"])
def test_an_unknown_cause_is_told_with_all_that_was_looked_at(patches, words):
    """Whoever must find the cause learns what is settled already: node, state, history, baseline, and the rows."""
    kind, proof = cause(states=(SCANNED,), commands=(INSTALL, SCAN), patches=patches)
    assert not EXPLANATIONS[kind].explained
    assert dict(proof)[words] not in ("", "none", "no row")
    assert dict(proof)["command history"] == "Install Success then Scan Success"
    assert dict(proof)["curl"] == ("0:8.5.0-1.amzn2023 missing" if patches else "no row")


@pytest.mark.parametrize(
    ("wanted", "accepted"),
    [
        ("pww", True),
        ("pb-0123456789abcdef0", True),
        ("arn:aws:ssm:us-east-1:123456789012:patchbaseline/pb-0123456789abcdef0", True),
        ("pb-0123456789abcdef1", False),
        ("pww2", False),
    ],
)
def test_a_baseline_is_known_by_name_id_and_arn(wanted, accepted):
    """The policy may name the baseline in each of AWS's ways; without a name any will do."""
    for id_ in ("pb-0123456789abcdef0", "arn:aws:ssm:us-east-1:075727635805:patchbaseline/pb-0123456789abcdef0"):
        assert PatchingPolicy(baseline=wanted).accepts(PatchBaseline(id_, "pww")) is accepted
    assert PatchingPolicy().accepts(PatchBaseline("pb-1", "whatever"))


def test_every_kind_has_words_for_people():
    """Whatever the cause, a reader learns why, what to do next, and who must act, in two sentences at most."""
    assert set(EXPLANATIONS) == set(Kind)
    assert all(one.title and one.why and one.next_step and one.owner for one in EXPLANATIONS.values())
    assert all(one.why.count(". ") + one.why.endswith(".") <= 2 for one in EXPLANATIONS.values())


def test_what_is_not_explained_is_red_somewhere():
    """A cause that explains nothing, or that patching should have prevented, never passes both checks."""
    unexplained = {kind for kind, words in EXPLANATIONS.items() if not words.explained}
    assert unexplained == {Kind.CONTRADICTED, Kind.MISSING, Kind.PATCHABLE, Kind.UNKNOWN}
    beyond_patching = {kind for kind, words in EXPLANATIONS.items() if not words.patching_should}
    assert beyond_patching == {
        Kind.CONFIGURATION, Kind.NETWORK, Kind.DISCONTINUED, Kind.NO_FIX, Kind.NOT_OS_PACKAGE, Kind.OTHER_REPOSITORY,
        Kind.OLD_VERSION_KEPT, Kind.FIX_NEWER, Kind.NEEDS_SUBSCRIPTION, Kind.UNKNOWN,
    }  # fmt: skip
