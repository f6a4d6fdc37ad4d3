"""Causes of findings about Windows updates: what each state of a KB in Patch Manager means, and what it does not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.model import ApprovalRule, InstancePatch
from postpatch.simulator.facts.reading import read_facts
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.causes.windows_updates import _builds, build_of, holds
from tests.verdict.cause_cases import HOST, INSTALLED, PWW, WINDOWS
from tests.verdict.test_causes import cause

KB, LATER = "KB5044281", "KB5046616"


def listed(state, kb=KB):
    """Return a row of Patch Manager's list for an update."""
    return InstancePatch(HOST, kb, f"2024-10 Cumulative Update ({kb})", state)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("missing", Kind.MISSING),
        ("failed", Kind.INSTALL_FAILED),
        ("installedpendingreboot", Kind.PENDING_REBOOT),
        ("installedrejected", Kind.REJECTED),
        ("availablesecurityupdate", Kind.NOT_APPROVED),
        # Replaced by another update, or for a feature that the host has not: AWS does not say which.
        ("notapplicable", Kind.PATCHABLE),
        # Installed and in effect, while Inspector goes on reporting it.
        ("installed", Kind.PATCHABLE),
    ],
)
def test_each_state_of_an_update_has_its_meaning(state, kind):
    """The row is found by the finding's KB id; a state that proves nothing leaves the finding unexplained."""
    found, proof = cause((), managed=(WINDOWS,), vulnerability=KB, patches=[listed(state)])
    assert found is kind
    assert any(KB in text for pair in proof for text in pair)


@pytest.mark.parametrize("state", ["missing", "failed", "installedpendingreboot", "notapplicable"])
@pytest.mark.parametrize("other", ["KB5042881", "KB5046615", "KB9999999"], ids=["earlier", "other system", "unknown"])
def test_another_updates_state_proves_nothing(state, other):
    """A row of a KB that does not hold this one is no row of it: an earlier one, one of another system or unknown."""
    kind, proof = cause((), managed=(WINDOWS,), vulnerability=KB, patches=[listed(state, other)])
    assert kind is Kind.PATCHABLE
    assert (KB, "no row") in proof


@pytest.mark.parametrize("own", [[], [listed("notapplicable")]], ids=["no row", "NotApplicable"])
@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("missing", Kind.MISSING),
        ("failed", Kind.INSTALL_FAILED),
        ("installedpendingreboot", Kind.PENDING_REBOOT),
        ("installedrejected", Kind.REJECTED),
        ("availablesecurityupdate", Kind.NOT_APPROVED),
        ("notapplicable", Kind.PATCHABLE),
        # Its build is at or above the fixed one: the fix is in effect, and Inspector goes on reporting it.
        ("installed", Kind.PATCHABLE),
        ("installedother", Kind.PATCHABLE),
    ],
)
def test_the_state_of_what_replaces_an_update_is_its_own(own, state, kind):
    """A later cumulative update holds it: it brings a higher build of the same system."""
    found, proof = cause((), managed=(WINDOWS,), vulnerability=KB, patches=[*own, listed(state, LATER)])
    assert found is kind
    told = {text for pair in proof for text in pair}
    assert state == "notapplicable" or {"20348.2762"} <= told
    assert state == "notapplicable" or any("20348.2849" in text for text in told)


def test_what_is_in_effect_leaves_a_still_later_update_no_say():
    """If one that holds the update is installed, it does not remain because of a newer one that is missing."""
    rows = [listed("notapplicable"), listed("installed", LATER), listed("missing", "KB5048654")]
    assert cause((), managed=(WINDOWS,), vulnerability=KB, patches=rows)[0] is Kind.PATCHABLE


def test_its_own_row_comes_before_that_of_what_replaces_it():
    """A row of its own that says more than NotApplicable decides."""
    rows = [listed("failed"), listed("missing", LATER)]
    assert cause((), managed=(WINDOWS,), vulnerability=KB, patches=rows)[0] is Kind.INSTALL_FAILED


def test_the_baselines_list_may_reject_what_replaces_an_update():
    """To reject the update that holds it is to hold it back."""
    rejecting = replace(PWW, rejected=(LATER,))
    rows = [listed("notapplicable"), listed("availablesecurityupdate", LATER)]
    assert cause((), managed=(WINDOWS,), vulnerability=KB, patches=rows, baseline=rejecting)[0] is Kind.REJECTED


@pytest.mark.parametrize(
    ("products", "kind"),
    [
        (("WindowsServer2019",), Kind.FILTERED_OUT),
        (("WindowsServer2019", "WindowsServer2022"), Kind.NOT_APPROVED),
        (("*",), Kind.NOT_APPROVED),
        ((), Kind.NOT_APPROVED),
    ],
)
def test_a_baseline_may_be_for_other_products(products, kind):
    """If no rule is for the host's system, none approves its updates; the list of approved patches may."""
    filters = ((("PRODUCT", products),) if products else ()) + (("CLASSIFICATION", ("SecurityUpdates",)),)
    baseline = replace(PWW, rules=(ApprovalRule(filters, after_days=0),))
    rows = [listed("availablesecurityupdate")]
    found, proof = cause((), managed=(WINDOWS,), vulnerability=KB, patches=rows, baseline=baseline)
    assert found is kind
    assert kind is not Kind.FILTERED_OUT or ("the host's product", "WindowsServer2022") in proof
    listing = replace(baseline, approved=(KB,))
    assert cause((), managed=(WINDOWS,), vulnerability=KB, patches=rows, baseline=listing)[0] is not Kind.FILTERED_OUT


@given(st.sampled_from(sorted(_builds())), st.sampled_from(sorted(_builds())))
def test_updates_of_one_system_are_in_one_order(one, other):
    """Of two updates of one system one holds the other; nothing holds itself, or an update of another system."""
    same = build_of(one).partition(".")[0] == build_of(other).partition(".")[0]
    assert (holds(one, other) or holds(other, one)) == (same and build_of(one) != build_of(other))
    assert not (holds(one, other) and holds(other, one))


def test_the_simulated_updates_bring_the_same_builds():
    """What the simulated AWS knows from MSRC agrees with the table: the builds, and which update replaces which."""
    for name in ("windows-server-2019", "windows-server-2022", "windows-server-2025"):
        for update in read_facts(name).updates:
            assert update.build == f"10.0.{build_of(update.kb)}"
            assert all(holds(update.kb, old) for old in update.supersedes)


def test_the_baselines_list_rejects_an_update_by_its_kb_id():
    """What the baseline rejects is that, whatever state the list gives it; of Linux a KB id means nothing."""
    rejecting = replace(PWW, rejected=(KB,))
    rows = [listed("availablesecurityupdate")]
    assert cause((), managed=(WINDOWS,), vulnerability=KB, patches=rows, baseline=rejecting)[0] is Kind.REJECTED
    other = replace(PWW, rejected=(LATER,))
    assert cause((), managed=(WINDOWS,), vulnerability=KB, patches=rows, baseline=other)[0] is Kind.NOT_APPROVED
    assert cause((), vulnerability=KB, patches=rows, baseline=rejecting)[0] is not Kind.REJECTED


def test_an_install_that_failed_explains_less_than_the_updates_own_state():
    """The update's own row comes first; without one the failed run counts."""
    failed = replace(INSTALLED, failed=1)
    kind, _ = cause((), managed=(WINDOWS,), vulnerability=KB, patches=[listed("failed")], states=(failed,))
    assert kind is Kind.INSTALL_FAILED
