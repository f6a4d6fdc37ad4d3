"""What the update build revision in a Windows host's registry proves: that an update is in effect, or is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from postpatch.model import BuildRevision, InstancePatch, ManagedHost
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind
from tests.verdict.cause_cases import HOST, INSTALL, MORNING, NIGHT, SCAN, SCANNED, WINDOWS
from tests.verdict.test_causes import cause

# Of October 2024, build 20348.2762; the month before brings 20348.2700, the month after 20348.2849.
KB, EARLIER, LATER = "KB5044281", "KB5042881", "KB5046616"
BELOW = BuildRevision(HOST, MORNING, 2700)
REACHED = replace(BELOW, revision=2762)
THERE = InstancePatch(HOST, EARLIER, f"2024-09 Cumulative Update ({EARLIER})", "installed")


def row(state, kb=KB):
    """Return a row of Patch Manager's list for an update."""
    return InstancePatch(HOST, kb, f"A cumulative update ({kb})", state)


def why(*rows, revision=BELOW, **told):
    """Return the cause of a finding about the update, after an Install and a Scan, with the month before installed."""
    known = {"managed": (WINDOWS,), "states": (SCANNED,), "commands": (INSTALL, SCAN)} | told
    return cause((), vulnerability=KB, patches=[THERE, *rows], revisions=(revision,) if revision else (), **known)


@pytest.mark.parametrize("rows", [[], [row("notapplicable")], [row("notapplicable", LATER)]])
def test_a_build_below_proves_that_an_update_is_not_offered(rows):
    """The host lacks the update, and a Scan after the installation lists neither it nor what holds it."""
    kind, proof = why(*rows)
    assert kind is Kind.NOT_OFFERED
    assert ("build in the host's registry", "20348.2700") in proof
    assert (f"build of {KB}", "20348.2762") in proof
    assert EXPLANATIONS[kind].patching_should, "it must never clear patching"


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"revision": None}, id="not inventoried"),
        pytest.param({"revision": replace(BELOW, captured_at=NIGHT)}, id="captured before the patching ended"),
        pytest.param({"revision": replace(BELOW, host="i-0000000000000000a")}, id="of another host"),
        pytest.param({"revision": replace(BELOW, revision=2701)}, id="a revision of no cumulative update: a hotpatch"),
        pytest.param({"revision": REACHED}, id="the update is in effect"),
        pytest.param({"revision": replace(BELOW, revision=99999)}, id="newer than the table"),
        pytest.param({"states": (replace(SCANNED, operation="Install"),)}, id="an Install lists nothing as missing"),
        pytest.param({"states": (replace(SCANNED, installed=9),)}, id="a list cut short"),
        pytest.param(
            {"managed": (ManagedHost(HOST, "Online", "Microsoft Windows Server 2025 Datacenter 10.0.26100"),)},
            id="an update of another system",
        ),
        pytest.param({"managed": (ManagedHost(HOST, "Online", "Microsoft Windows Server 2022"),)}, id="no version"),
    ],
)
def test_anything_less_leaves_it_unexplained(told):
    """Without positive proof the finding has no cause."""
    assert why(**told)[0] is Kind.PATCHABLE


@pytest.mark.parametrize(
    ("listed", "kind"),
    [
        (row("missing"), Kind.MISSING),
        (row("failed"), Kind.INSTALL_FAILED),
        (row("installedpendingreboot"), Kind.PENDING_REBOOT),
        (row("availablesecurityupdate"), Kind.NOT_APPROVED),
        (row("missing", LATER), Kind.MISSING),
        (row("installedpendingreboot", LATER), Kind.PENDING_REBOOT),
    ],
)
def test_what_patch_manager_says_comes_first(listed, kind):
    """An update that is listed is offered, and its state says what became of it."""
    told = {"states": (replace(SCANNED, installed=2),)}
    assert why(listed, **told)[0] is kind
    assert why(listed, revision=None, **told)[0] is kind


@pytest.mark.parametrize("state", ["missing", "failed", "installedpendingreboot", "availablesecurityupdate"])
def test_what_is_in_effect_by_its_build_leaves_a_later_update_no_say(state):
    """The host has the fix: it does not remain because of a newer update, and nothing is cleared by that."""
    told = {"states": (replace(SCANNED, installed=2),)}
    assert why(row(state, LATER), **told)[0] is not Kind.PATCHABLE
    kind, proof = why(row(state, LATER), revision=REACHED, **told)
    assert kind is Kind.PATCHABLE
    assert ("build in the host's registry", "20348.2762") in proof


def test_a_capture_counts_once_the_last_patch_operation_has_ended():
    """One second later than its end is enough."""
    assert why(revision=replace(BELOW, captured_at=NIGHT + timedelta(seconds=1)))[0] is Kind.NOT_OFFERED
