"""Agentless hosts: Inspector scans them once a day, whatever is started, so that a run may come before the scan."""

from dataclasses import replace
from datetime import datetime

from postpatch.model import ScanRun
from postpatch.model.scan import AGENTLESS_EVERY, AGENTLESS_LATE, COVERAGE
from postpatch.verdict.facts import count, naming

_RESUME = "continue this run with postpatch verify --resume"
_AGAIN = "verify again"


def not_scanned_yet(run: ScanRun, now: datetime) -> str:
    """Return what to do about hosts whose daily scan has not come since patching; empty if they must be judged.

    All other hosts must have been scanned: one that was not fails SCAN-2 now, and nothing is gained by a later run. A
    daily scan that is overdue is not waited for any longer either.
    """
    waiting = [scan for scan in run.hosts if not scan.fresh]
    due = [scan.next_daily_scan for scan in waiting if scan.next_daily_scan]
    if not waiting or len(due) < len(waiting):
        return ""
    if min(due) + AGENTLESS_LATE < now:
        return ""
    what = _RESUME if run.launch.started else _AGAIN
    when = max(due) if max(due) > now else max(due) + AGENTLESS_LATE
    hosts = f"{count(len(waiting), 'host')} ({naming(scan.host for scan in waiting)})"
    return (
        f"Come back after {when:%Y-%m-%d %H:%M} UTC, and {what}: Inspector has not scanned {hosts} since patching. "
        "It scans hosts without an agent every 24 hours, whatever is started."
    )


def as_of_the_day(run: ScanRun) -> ScanRun:
    """Return an assessment for a baseline, in which the last daily scan of an agentless host counts.

    Nothing can have an agentless host scanned now, and what it showed within a day is the state before patching.
    """
    since = run.launch.launched_at - AGENTLESS_EVERY - AGENTLESS_LATE
    hosts = (
        replace(scan, proof=COVERAGE)
        if not scan.fresh and scan.next_daily_scan and scan.scanned_at and scan.scanned_at >= since
        else scan
        for scan in run.hosts
    )
    return replace(run, hosts=tuple(hosts))
