"""PATCH-1 and PATCH-2: what the patch round did to each host."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from postpatch.errors import CouldNotCheck
from postpatch.model import Host, PatchCommand, Patching, PatchState
from postpatch.policy import Policy
from postpatch.verdict.patching import every_host_patched, no_reboot_pending
from tests.verdict.conftest import POLICY

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
HOSTS = (Host(A), Host(B))
BASELINE = datetime(2026, 11, 20, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)
TUTORIALS = Policy.model_validate(POLICY)


def state(host: str, operation: str = "Install", ended: datetime = BASELINE + HOUR, **counts: Any) -> PatchState:
    """Return a host's patch state, an installation after the baseline unless said otherwise."""
    return PatchState(host, operation, ended - HOUR / 2, ended, "pb-0123456789abcdef0", installed=40, **counts)


def command(
    host: str, operation: str = "Install", status: str = "Success", requested: datetime = BASELINE + HOUR / 2
) -> PatchCommand:
    """Return one run of AWS-RunPatchBaseline, an installation that ended well unless said otherwise."""
    return PatchCommand(host, "c-1", operation, status, requested, requested + HOUR / 4)


def test_an_installation_on_every_host_is_proven() -> None:
    """Each host's patch state shows an Install that ended after the baseline, without a failure."""
    judgement = every_host_patched(Patching((state(A), state(B))), HOSTS, BASELINE, TUTORIALS)
    assert judgement.holds
    assert judgement.reason == "all 2 hosts had a successful installation since the baseline"
    assert [(one.name, one.found) for one in judgement.facts] == [
        (host, "Install ended 2026-11-20 22:00:00 UTC") for host in (A, B)
    ]


def test_a_later_scan_does_not_hide_the_installation() -> None:
    """Where a nightly Scan overwrote the patch state, the command history proves the installation."""
    scanned = state(A, "Scan", BASELINE + 9 * HOUR)
    judgement = every_host_patched(Patching((scanned, state(B)), (command(A),)), HOSTS, BASELINE, TUTORIALS)
    assert judgement.holds
    assert judgement.facts[0].found == "Install c-1 (Run Command) succeeded; a later Scan overwrote the patch state"


@pytest.mark.parametrize(
    ("patching", "words"),
    [
        pytest.param(Patching(), "Patch Manager has no report for it", id="no-state"),
        pytest.param(
            Patching((state(A, "Scan"),)),
            "last patch operation was Scan, ended 2026-11-20 22:00:00 UTC",
            id="only-scan",
        ),
        pytest.param(
            Patching((state(A, ended=BASELINE - HOUR),)),
            "Install ended 2026-11-20 20:00:00 UTC, before the baseline",
            id="before-the-baseline",
        ),
        pytest.param(Patching((state(A, ended=BASELINE),)), "ended 2026-11-20 21:00:00 UTC", id="at-the-very-baseline"),
        pytest.param(
            Patching((state(A, failed=2),)),
            "Install ended 2026-11-20 22:00:00 UTC, 2 patches failed",
            id="patches-failed",
        ),
        pytest.param(
            Patching((state(A, failed=1),), (command(A),)),
            "1 patch failed",
            id="patches-failed-though-the-command-succeeded",
        ),
        pytest.param(Patching((state(A, "Scan"),), (command(A, "Scan"),)), "was Scan", id="scan-commands-only"),
        pytest.param(
            Patching((state(A, "Scan"),), (command(A, status="Failed"),)),
            "c-1 (Run Command) ended Failed",
            id="command-failed",
        ),
        pytest.param(
            Patching((state(A, "Scan"),), (command(A, requested=BASELINE - HOUR),)),
            "before the baseline",
            id="command-before-the-baseline",
        ),
        pytest.param(Patching((state(A, missing=3),)), "3 patches still missing", id="something-is-missing"),
        pytest.param(
            Patching((state(A, override_list="s3://bucket/list.yaml"),)),
            "limited by an InstallOverrideList",
            id="an-override-list-is-no-full-installation",
        ),
        pytest.param(
            Patching((state(A),), (command(A), command(A, status="Failed", requested=BASELINE + 3 * HOUR))),
            "c-1 (Run Command) ended Failed",
            id="the-newest-failed-after-one-that-succeeded",
        ),
        pytest.param(Patching((state(A, "Scan"),), (command(B),)), "was Scan", id="command-on-another-host"),
    ],
)
def test_a_host_without_an_installation_is_red(patching: Patching, words: str) -> None:
    """A host that was not shown to be patched since the baseline is named, with what was found instead."""
    judgement = every_host_patched(
        Patching((*patching.states, state(B)), patching.commands), HOSTS, BASELINE, TUTORIALS
    )
    assert not judgement.holds
    assert judgement.reason.startswith(f"1 host of 2 without a successful installation since the baseline: {A}; ")
    assert words in judgement.reason
    assert [one.holds for one in judgement.facts] == [False, True]


def test_a_command_that_has_not_ended_proves_nothing() -> None:
    """A success without an end is no proof: nobody knows when the host was patched."""
    endless = PatchCommand(A, "c-1", "Install", "Success", BASELINE + HOUR)
    assert not every_host_patched(Patching((state(A, "Scan"),), (endless,)), HOSTS[:1], BASELINE, TUTORIALS).holds


@pytest.mark.parametrize("status", ["Failed", "InProgress"])
def test_of_two_installations_of_one_moment_the_worse_counts(status: str) -> None:
    """In whatever order they are listed: one that succeeded does not hide one that did not."""
    commands = (command(A), replace(command(A, status=status), command="c-0"))
    for listed in (commands, commands[::-1]):
        patching = Patching((state(A, "Scan", BASELINE + 9 * HOUR),), listed)
        assert not every_host_patched(patching, HOSTS[:1], BASELINE, TUTORIALS).holds


def test_a_failed_command_whose_patch_state_is_good_is_proven() -> None:
    """A command that timed out while its host rebooted, and whose patch state reports no failure, has installed."""
    timed_out = command(A, status="TimedOut", requested=BASELINE + HOUR / 2)
    assert every_host_patched(Patching((state(A),), (timed_out,)), HOSTS[:1], BASELINE, TUTORIALS).holds


def test_one_that_never_started_is_reported_and_does_not_count() -> None:
    """An Install that was cancelled before it reached the host leaves the one before as the newest, and is named."""
    cancelled = replace(
        command(A, status="Cancelled", requested=BASELINE + 3 * HOUR), detail="Cancelled", ended_at=None
    )
    judgement = every_host_patched(Patching((state(A),), (command(A), cancelled)), HOSTS[:1], BASELINE, TUTORIALS)
    assert judgement.holds
    assert f"a newer Install never started: {A}" in judgement.notes


@pytest.mark.parametrize(
    ("patching", "begins", "words"),
    [
        pytest.param(
            Patching((state(A, "Scan"),), (command(A, status="InProgress"),)),
            "Wait until Install c-1",
            "InProgress",
            id="running",
        ),
        pytest.param(
            Patching((state(A, ended=BASELINE - HOUR),), (command(A),)),
            "Run AWS-RunPatchBaseline with Operation Scan, then verify again",
            "the patch state is of",
            id="the-state-is-older-than-the-command",
        ),
        pytest.param(
            Patching((), (command(A),)),
            "Run AWS-RunPatchBaseline with Operation Scan, then verify again",
            "the patch state is absent",
            id="no-state-after-a-command",
        ),
    ],
)
def test_what_the_evidence_does_not_settle_is_an_error(patching: Patching, begins: str, words: str) -> None:
    """Neither proven nor failed: the sentence begins with what to do, and names the host."""
    judgement = every_host_patched(patching, HOSTS[:1], BASELINE, TUTORIALS)
    assert (judgement.holds, judgement.checked) == (False, False)
    assert judgement.reason.startswith(begins)
    assert words in judgement.reason
    assert A in judgement.reason


def test_a_failure_elsewhere_comes_before_what_could_not_be_checked() -> None:
    """One host that was not patched makes the check red, whatever is open on another."""
    patching = Patching((state(A, failed=1), state(B, "Scan")), (command(B, status="InProgress"),))
    judgement = every_host_patched(patching, HOSTS, BASELINE, TUTORIALS)
    assert (judgement.holds, judgement.checked) == (False, True)


@pytest.mark.parametrize(
    ("days", "holds"), [(34, True), (36, False)], ids=["within the month and some days", "longer ago"]
)
def test_an_installation_has_a_maximum_age(days: int, holds: bool) -> None:
    """The window has not opened yet, so 35 days count; beyond them the dates say why it is red."""
    patching = replace(Patching((state(A),)), read_at=BASELINE + HOUR + timedelta(days=days))
    judgement = every_host_patched(patching, HOSTS[:1], BASELINE, TUTORIALS)
    assert judgement.holds == holds
    assert ("more than 35 days before" in judgement.reason) != holds


def test_a_baseline_has_a_maximum_age() -> None:
    """A baseline from long before the installation compares two worlds that have little to do with each other."""
    patching = replace(Patching((state(A),)), read_at=BASELINE + 2 * HOUR)
    old = every_host_patched(patching, HOSTS[:1], BASELINE - timedelta(days=41), TUTORIALS)
    assert not old.holds
    assert "more than 40 days after the baseline of 2026-10-10" in old.reason


def test_what_installed_is_named() -> None:
    """The report says by which way each host was patched."""
    by_association = replace(command(A), via="State Manager (patch-weekly)")
    judgement = every_host_patched(
        Patching((state(A, "Scan", BASELINE + 9 * HOUR),), (by_association,)), HOSTS[:1], BASELINE, TUTORIALS
    )
    assert judgement.holds
    assert judgement.notes == ("installed by State Manager (patch-weekly) on 1 host",)


def test_an_outdated_patch_state_proves_no_reboot() -> None:
    """A state older than the newest Install, or than a newer successful Scan, says nothing of what waits now."""
    for newer in (command(A, requested=BASELINE + 3 * HOUR), command(A, "Scan", requested=BASELINE + 3 * HOUR)):
        judgement = no_reboot_pending(Patching((state(A),), (newer,)), HOSTS[:1])
        assert (judgement.holds, judgement.checked) == (False, False)
        assert judgement.reason.startswith("Run AWS-RunPatchBaseline with Operation Scan, then verify again")
    overridden = replace(command(A, "Scan", requested=BASELINE + 3 * HOUR), baseline_override="s3://bucket/x.json")
    assert no_reboot_pending(Patching((state(A),), (overridden,)), HOSTS[:1]).holds


def test_no_pending_reboot_is_proven() -> None:
    """No host has patches that wait for a reboot."""
    judgement = no_reboot_pending(Patching((state(A), state(B))), HOSTS)
    assert (judgement.holds, judgement.reason) == (True, "none of the 2 hosts awaits a reboot")


@pytest.mark.parametrize(
    ("states", "words"),
    [((state(A, pending_reboot=3),), "pending reboot: 3"), ((), "no patch state")],
    ids=["pending", "unknown"],
)
def test_a_pending_reboot_is_red(states: tuple[PatchState, ...], words: str) -> None:
    """A host that waits for a reboot, or of which nothing is known, is named with what was found."""
    judgement = no_reboot_pending(Patching((*states, state(B))), HOSTS)
    assert not judgement.holds
    assert judgement.reason == f"1 host of 2 not proven free of a pending reboot: {A}; {words}"


def test_when_a_host_was_patched_last() -> None:
    """The last installation is the newest that state or history tells; Scans and failures are none."""
    later = command(A, requested=BASELINE + 3 * HOUR)
    told = Patching(
        (state(A), state(B, "Scan")), (command(A), later, command(A, "Scan", requested=BASELINE + 9 * HOUR))
    )
    assert told.installed_at(A) == later.ended_at
    assert told.round_began_at(A) == later.requested_at
    assert (told.installed_at(B), told.round_began_at(B)) == (None, None)


def test_hosts_that_are_replaced_by_an_image_are_left_out() -> None:
    """A host that is never patched in place is named in a note, and judged by neither check."""
    hosts = (Host(A), Host(B, replaced_by_image=True))
    for judgement in (
        every_host_patched(Patching((state(A),)), hosts, BASELINE, TUTORIALS),
        no_reboot_pending(Patching((state(A),)), hosts),
    ):
        assert judgement.holds
        assert [one.name for one in judgement.facts] == [A]
        assert judgement.notes[-1] == f"replaced by a new image instead of being patched, so left out: {B}"


def test_where_all_hosts_are_replaced_nothing_is_proven() -> None:
    """Hosts of which none is patched in place prove nothing: an error, and no pass."""
    hosts = (Host(A, replaced_by_image=True),)
    with pytest.raises(CouldNotCheck, match=r"Correct \[scope\] replaced_by_image"):
        every_host_patched(Patching(), hosts, BASELINE, TUTORIALS)
    with pytest.raises(CouldNotCheck, match="every host in scope has that tag"):
        no_reboot_pending(Patching(), hosts)
