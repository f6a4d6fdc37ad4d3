"""Findings that Inspector's delegated administrator reads for this run: `--findings FILE`.

The run scans its hosts, remembers that and ends in an error until the file is there. Continued with `--resume`, it
takes the findings from the file, if they were read after its hosts were scanned: an older finding proves nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from postpatch.errors import BadEvidence, CouldNotCheck
from postpatch.evidence.kept import keep, read_kept
from postpatch.evidence.members import Reading, read_reading, record_of, rows_of
from postpatch.model import Caller, Launch, ScanRun
from postpatch.run.settings import Settings
from postpatch.translation.row import Row
from postpatch.verdict.facts import naming

SCANNED = "scanned.json"
_AGAIN = "Verify again without --resume"


@dataclass(frozen=True)
class Scanned:
    """An assessment that an earlier run waited for, and whose findings were still to be read."""

    scan: ScanRun


def await_findings(settings: Settings, scan: ScanRun, folder: Path) -> None:
    """Remember the scan and raise CouldNotCheck, if an administrator reads the findings, and has not done so yet.

    It is stored beside the reports for the run that continues, and in `folder` as evidence of this one.
    """
    if settings.findings is None or record_of(settings.findings).exists():
        return
    for place in (settings.reports, folder):
        keep(place / SCANNED, Scanned(scan), Scanned)
    raise CouldNotCheck(
        "Continue this run with postpatch verify --resume when Inspector's delegated administrator has read the "
        f"findings to {settings.findings.name}: the hosts were scanned, and nothing is judged yet."
    )


def awaits_findings(folder: Path) -> bool:
    """Return whether the run that collects in `folder` leaves its verdict to the run that continues it."""
    return (folder / SCANNED).exists()


def scanned_before(
    settings: Settings, launched: Launch, newer_than: Mapping[str, datetime], clocks: Mapping[str, timedelta]
) -> ScanRun | None:
    """Return the scan that the earlier run waited for, if the findings have been read since; None to wait for it now.

    CouldNotCheck if they were read without such a scan, or if the scan no longer proves what this run must prove.
    """
    if settings.findings is None or not record_of(settings.findings).exists():
        return None
    try:
        stored: Scanned = read_kept(settings.reports / SCANNED, Scanned)
    except BadEvidence as error:
        raise CouldNotCheck(
            f"{_AGAIN}, and have the findings read afterwards: {settings.findings.name} was read before this run's "
            "hosts were scanned, or it is not known when they were."
        ) from error
    scan = stored.scan
    if replace(scan.launch, taken_up=False) != replace(launched, taken_up=False):
        raise CouldNotCheck(f"{_AGAIN}: the hosts were scanned for another assessment than the one continued.")
    wanted = {host: (moment, clocks.get(host, timedelta(0))) for host, moment in newer_than.items()}
    if {one.host: (one.after, one.clock_off) for one in scan.hosts} != wanted:
        raise CouldNotCheck(f"{_AGAIN}: what AWS reports about the patching has changed since the hosts were scanned.")
    return replace(scan, launch=launched)


def reading_for(settings: Settings, caller: Caller, scan: ScanRun) -> Reading | None:
    """Return how the administrator read the findings of this run; None if the run reads them itself.

    CouldNotCheck if it could not read them, or read them before a host was scanned, as this run or as itself sees it.
    """
    if settings.findings is None:
        return None
    reading = read_reading(settings.findings)
    if reading.error:
        raise CouldNotCheck(reading.error)
    if (reading.account, reading.region) != (caller.account, caller.region):
        raise CouldNotCheck(
            f"Name this account's findings with --findings: {settings.findings.name} holds those of {reading.account} "
            f"in {reading.region}."
        )
    if reading.started_at < scan.finished_at:
        raise CouldNotCheck(
            f"{_AGAIN}, and have the findings read afterwards: they were read from "
            f"{reading.started_at:%Y-%m-%d %H:%M:%S} UTC on, and the hosts' scans were awaited until "
            f"{scan.finished_at:%Y-%m-%d %H:%M:%S} UTC."
        )
    if behind := [*_behind(scan, reading)]:
        raise CouldNotCheck(
            f"{_AGAIN}: Inspector's delegated administrator did not see the last scan of {naming(behind)} when it read "
            "the findings, so that they may be older."
        )
    return reading


def findings_read(settings: Settings, reading: Reading, hosts: frozenset[str]) -> Iterator[Row]:
    """Yield the findings of `hosts` that the administrator read; CouldNotCheck if the file is not what it wrote."""
    if settings.findings is None:
        raise ValueError("this run reads its findings itself")
    try:
        yield from rows_of(settings.findings, reading, hosts)
    except BadEvidence as error:
        raise CouldNotCheck(str(error)) from error


def forget_scanned(settings: Settings) -> None:
    """Forget the scan that an earlier run waited for: its findings are judged, or another assessment is due."""
    (settings.reports / SCANNED).unlink(missing_ok=True)


def _behind(scan: ScanRun, reading: Reading) -> Iterator[str]:
    for one in scan.hosts:
        seen = reading.scanned.get(one.host)
        if one.fresh and (seen is None or one.scanned_at is None or seen < one.scanned_at):
            yield one.host
