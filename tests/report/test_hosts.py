"""What the report tells of each host."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from postpatch.model import Patching, PatchState
from postpatch.report.html import render_sections
from postpatch.verdict.run import Run
from tests.report.runs import HOSTS, PATCHED

Read = Callable[[str], Any]


def told_of(read: Read, run: Run, host: str) -> str:
    """Return what the table says of one host."""
    text: str = read(render_sections(run)).text.split("Findings before Findings after")[1]
    rest = text[text.index(host) :]
    ends = [rest.index(other) for other in (*HOSTS, "Maintenance window") if other != host and other in rest]
    return rest[: min(ends)].strip()


def test_a_host_is_told_with_its_patching_its_reboot_its_scan_and_its_counts(read: Read, passing: Run) -> None:
    """Each host has its name, its state, its installation, its reboot, its proof of a scan and its counts."""
    assert told_of(read, passing, HOSTS[0]) == (
        "i-0aaaaaaaaaaaaaaa1 pww-node-0 running Install ended 2026-11-20 22:04:31 UTC none awaited "
        "2026-11-20 22:24:31 UTC newer than patching 23 3"
    )


def test_a_host_that_went_stays_in_the_table(read: Read, passing: Run) -> None:
    """A host of the baseline that is no longer in scope is told, with its findings."""
    run = replace(passing, hosts=passing.hosts[1:])
    assert "i-0aaaaaaaaaaaaaaa1 not in scope" in read(render_sections(run)).text


def test_patches_that_failed_or_await_a_reboot_are_told_as_wrong(read: Read, passing: Run) -> None:
    """A sign and a number say what is wrong: a colour alone would not."""
    states = [
        PatchState(host, "Install", PATCHED, PATCHED, "pb-1", failed=2, pending_reboot=1, reboot_option="NoReboot")
        for host in HOSTS
    ]
    told = told_of(read, replace(passing, patching=Patching(tuple(states))), HOSTS[1])
    assert "✗ Install ended 2026-11-20 22:04:31 UTC 2 patches failed" in told
    assert "✗ 1 patch awaits a reboot option NoReboot" in told


def test_a_host_that_was_only_scanned_has_no_installation(read: Read, passing: Run) -> None:
    """The end of a Scan never looks like the end of an installation."""
    scanned = Patching(tuple(PatchState(host, "Scan", PATCHED, PATCHED, "pb-1", missing=9) for host in HOSTS))
    told = told_of(read, replace(passing, patching=scanned), HOSTS[2])
    assert "✗ no installation known last operation: Scan" in told


def test_a_look_that_is_no_newer_than_patching_says_so(read: Read, passing: Run) -> None:
    """The time of an old scan stands beside the time that it had to be newer than."""
    assert passing.scan
    old = tuple(
        replace(look, proof="", scanned_at=PATCHED - timedelta(hours=1), status="INACTIVE", reason="STALE_INVENTORY")
        for look in passing.scan.hosts
    )
    told = told_of(read, replace(passing, scan=replace(passing.scan, hosts=old)), HOSTS[0])
    assert "✗ 2026-11-20 21:04:31 UTC not newer than 2026-11-20 22:04:31 UTC INACTIVE STALE_INVENTORY" in told
