"""PATCH-1 and PATCH-2: which Installs began on a host, where AWS does not say when."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.model import Patching
from postpatch.verdict.patching import every_host_patched, no_reboot_pending
from tests.verdict.test_patching import BASELINE, HOSTS, HOUR, TUTORIALS, A, command, state

ONE = HOSTS[:1]
NEVER_BEGAN = (
    "Pending", "Delayed", "Delivery Timed Out", "DeliveryTimedOut", "Undeliverable", "Terminated", "Cancelled",
    "Canceled", "InvalidPlatform", "AccessDenied", "Skipped",
)  # fmt: skip
BEGAN = ("Failed", "Execution Timed Out", "ExecutionTimedOut", "TimedOut", "Incomplete", "Strange")


def after_an_older_one(detail: str, status: str) -> Patching:
    """Return a host with an Install that succeeded, a newer one that AWS gives no beginning of, and a Scan after it."""
    newer = replace(command(A, requested=BASELINE + 3 * HOUR), status=status, detail=detail, ended_at=None)
    return Patching((state(A, "Scan", BASELINE + 9 * HOUR),), (command(A), newer))


@pytest.mark.parametrize("detail", NEVER_BEGAN)
def test_what_did_not_reach_the_host_leaves_the_one_before(detail: str) -> None:
    """It is listed, and the older Install is the newest that started."""
    judgement = every_host_patched(after_an_older_one(detail, "Failed"), ONE, BASELINE, TUTORIALS)
    assert judgement.holds
    assert f"a newer Install never started: {A}" in judgement.notes


@pytest.mark.parametrize("detail", BEGAN)
def test_what_failed_began(detail: str) -> None:
    """An Install that failed or timed out while it ran is the newest, although nobody knows when it began."""
    judgement = every_host_patched(after_an_older_one(detail, "Failed"), ONE, BASELINE, TUTORIALS)
    assert not judgement.holds
    assert judgement.checked
    assert f"ended {detail}" in judgement.reason


def test_what_is_in_progress_is_waited_for() -> None:
    """The older success says nothing of what a newer Install is doing to the host."""
    patching = after_an_older_one("InProgress", "InProgress")
    assert patching.running == (A,)
    judgement = every_host_patched(patching, ONE, BASELINE, TUTORIALS)
    assert not judgement.holds
    assert not judgement.checked
    assert judgement.reason.startswith("Wait until Install c-1")
    assert after_an_older_one("Pending", "Pending").running == ()


@given(detail=st.sampled_from((*NEVER_BEGAN, *BEGAN, "InProgress", "Success")))
def test_a_newer_install_never_helps(detail: str) -> None:
    """Whatever became of a newer Install, it proves no more than the older one that succeeded."""
    only_newer = replace(
        after_an_older_one(detail, "Failed"), commands=after_an_older_one(detail, "Failed").commands[1:]
    )
    assert not every_host_patched(only_newer, ONE, BASELINE, TUTORIALS).holds


@pytest.mark.parametrize("minutes", [0, 1, 20], ids=["at-its-beginning", "early", "at-its-end"])
def test_an_association_may_date_its_beginning_or_its_end(minutes: int) -> None:
    """AWS does not say which of them LastExecutionDate is: a patch state that ended after the request is of the run."""
    requested = BASELINE + HOUR / 2
    by_association = replace(
        command(A, requested=requested), via="State Manager (pww_install)", detail="Success",
        started_at=requested + HOUR * minutes / 60 + HOUR / 4, ended_at=requested + HOUR * minutes / 60 + HOUR / 4,
    )  # fmt: skip
    patching = Patching((state(A, ended=requested + HOUR / 3),), (by_association,))
    assert every_host_patched(patching, ONE, BASELINE, TUTORIALS).holds
    assert no_reboot_pending(patching, ONE).holds
    older = Patching((state(A, ended=requested - HOUR / 3),), (by_association,))
    assert not every_host_patched(older, ONE, BASELINE, TUTORIALS).checked
    assert not no_reboot_pending(older, ONE).checked
    scanned = Patching((state(A, "Scan", ended=requested + HOUR / 60),), (by_association,))
    assert not every_host_patched(scanned, ONE, BASELINE, TUTORIALS).checked
