"""Causes of findings about Windows updates: what each state of a KB in Patch Manager means, and what it does not."""

from dataclasses import replace

import pytest

from postpatch.model import InstancePatch
from postpatch.verdict.causes.kinds import Kind
from tests.verdict.test_causes import HOST, INSTALLED, PWW, WINDOWS, cause

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
def test_another_updates_state_proves_nothing(state):
    """A row of another KB is no row of this one, even if it replaces it."""
    kind, proof = cause((), managed=(WINDOWS,), vulnerability=KB, patches=[listed(state, LATER)])
    assert kind is Kind.PATCHABLE
    assert (KB, "no row") in proof


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
