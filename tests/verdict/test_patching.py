"""PATCH-1 and PATCH-2: what the patch round did to each host."""

from datetime import UTC, datetime, timedelta

import pytest

from postpatch.errors import CouldNotCheck
from postpatch.model import Host, PatchCommand, Patching, PatchState
from postpatch.verdict.patching import every_host_patched, no_reboot_pending

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
HOSTS = (Host(A), Host(B))
BASELINE = datetime(2026, 11, 20, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)


def state(host: str, operation: str = "Install", ended: datetime = BASELINE + HOUR, **counts: int) -> PatchState:
    """Return a host's patch state, an installation after the baseline unless said otherwise."""
    return PatchState(host, operation, ended - HOUR / 2, ended, "pb-0123456789abcdef0", installed=40, **counts)


def command(
    host: str, operation: str = "Install", status: str = "Success", requested: datetime = BASELINE + HOUR / 2
) -> PatchCommand:
    """Return one run of AWS-RunPatchBaseline, an installation that ended well unless said otherwise."""
    return PatchCommand(host, "c-1", operation, status, requested, requested + HOUR / 4)


def test_an_installation_on_every_host_is_proven() -> None:
    """Each host's patch state shows an Install that ended after the baseline, without a failure."""
    judgement = every_host_patched(Patching((state(A), state(B))), HOSTS, BASELINE)
    assert judgement.holds
    assert judgement.reason == "all 2 hosts had a successful installation since the baseline"
    assert [(one.name, one.found) for one in judgement.facts] == [
        (host, "Install ended 2026-11-20 22:00:00 UTC") for host in (A, B)
    ]


def test_a_later_scan_does_not_hide_the_installation() -> None:
    """Where a nightly Scan overwrote the patch state, the command history proves the installation."""
    scanned = state(A, "Scan", BASELINE + 9 * HOUR)
    judgement = every_host_patched(Patching((scanned, state(B)), (command(A),)), HOSTS, BASELINE)
    assert judgement.holds
    assert judgement.facts[0].found == "Install command c-1 succeeded; a later Scan overwrote the patch state"


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
            "last patch operation was Install, ended 2026-11-20 20:00:00 UTC",
            id="before-the-baseline",
        ),
        pytest.param(Patching((state(A, ended=BASELINE),)), "ended 2026-11-20 21:00:00 UTC", id="at-the-very-baseline"),
        pytest.param(
            Patching((state(A, failed=2),)), "Install ended 2026-11-20 22:00:00 UTC, 2 failed", id="patches-failed"
        ),
        pytest.param(
            Patching((state(A, failed=1),), (command(A),)), "1 failed", id="patches-failed-though-the-command-succeeded"
        ),
        pytest.param(Patching((state(A, "Scan"),), (command(A, "Scan"),)), "was Scan", id="scan-commands-only"),
        pytest.param(Patching((state(A, "Scan"),), (command(A, status="Failed"),)), "was Scan", id="command-failed"),
        pytest.param(
            Patching((state(A, "Scan"),), (command(A, status="InProgress"),)), "was Scan", id="command-still-runs"
        ),
        pytest.param(
            Patching((state(A, "Scan"),), (command(A, requested=BASELINE),)),
            "was Scan",
            id="command-before-the-baseline",
        ),
        pytest.param(Patching((state(A, "Scan"),), (command(B),)), "was Scan", id="command-on-another-host"),
    ],
)
def test_a_host_without_an_installation_is_red(patching: Patching, words: str) -> None:
    """A host that was not shown to be patched since the baseline is named, with what was found instead."""
    judgement = every_host_patched(Patching((*patching.states, state(B)), patching.commands), HOSTS, BASELINE)
    assert not judgement.holds
    assert judgement.reason.startswith(f"1 host of 2 without a successful installation since the baseline: {A}; ")
    assert words in judgement.reason
    assert [one.holds for one in judgement.facts] == [False, True]


def test_a_command_that_has_not_ended_proves_nothing() -> None:
    """A success without an end is no proof: nobody knows when the host was patched."""
    endless = PatchCommand(A, "c-1", "Install", "Success", BASELINE + HOUR)
    assert not every_host_patched(Patching((state(A, "Scan"),), (endless,)), HOSTS[:1], BASELINE).holds


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
    assert judgement.reason == f"1 host of 2 not proven free of a pending reboot: {A} ({words})"


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
        every_host_patched(Patching((state(A),)), hosts, BASELINE),
        no_reboot_pending(Patching((state(A),)), hosts),
    ):
        assert judgement.holds
        assert [one.name for one in judgement.facts] == [A]
        assert judgement.notes == (f"replaced by a new image instead of being patched, so left out: {B}",)


def test_where_all_hosts_are_replaced_nothing_is_proven() -> None:
    """Hosts of which none is patched in place prove nothing: an error, and no pass."""
    hosts = (Host(A, replaced_by_image=True),)
    with pytest.raises(CouldNotCheck, match=r"Correct \[scope\] replaced_by_image"):
        every_host_patched(Patching(), hosts, BASELINE)
    with pytest.raises(CouldNotCheck, match="every host in scope has that tag"):
        no_reboot_pending(Patching(), hosts)
