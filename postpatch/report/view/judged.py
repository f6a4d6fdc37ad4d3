"""What was judged, by whom and how, and what happened when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from postpatch.model import Mode
from postpatch.report.clock import Clock
from postpatch.report.words import counted, utc
from postpatch.verdict.run import Run

Row = tuple[str, str]

_MODES = {
    Mode.SIMULATED: "simulated",
    Mode.LIVE: "live: AWS itself",
    Mode.RECORDED: "recorded: two exported files, no calls to AWS",
}
_UNKNOWN = "could not be collected"


@dataclass(frozen=True)
class Event:
    """Something that happened, with its time in UTC and in the local zone."""

    what: str
    utc: str
    local: str


def subject(run: Run) -> tuple[Row, ...]:
    """Return what was judged and how, for a run of any mode."""
    caller, recorded = run.caller, run.mode is Mode.RECORDED
    unknown = "not known: AWS was not called" if recorded else _UNKNOWN
    rows = [
        ("Account", caller.account if caller else unknown),
        ("Region", caller.region if caller else unknown),
        ("Scope", f"{run.scope}{', from the policy; every host in the files is judged' if recorded else ''}"),
        ("Hosts in scope", _in_scope(run) or unknown),
        ("Caller", caller.arn if caller and caller.arn else unknown),
        ("Changes to AWS", _changes(run)),
        ("Mode", f"{_MODES[run.mode]}{f', on {run.stage}: no real host' if run.simulated else ''}"),
        ("Inspector engine", run.engine),
        *_assessment(run),
        *([("Change", str(run.change))] if run.change else []),
        ("Tool", run.tool),
        ("Policy", run.policy),
        ("Policy's sha256", run.policy_sha256),
        *([("Run", run.id)] if run.id else []),
    ]
    return tuple(rows)


def events(run: Run, clock: Clock) -> tuple[Event, ...]:
    """Return the events in the order in which they happened: a baseline that was taken too late is obvious."""
    happened = sorted(_happened(run), key=lambda event: event[0])
    return tuple(Event(what, utc(moment), clock.local(moment)) for moment, what in happened)


def _in_scope(run: Run) -> str:
    hosts, nodes = len(run.hosts), len(run.hybrid.nodes)
    return " and ".join(counted(number, name) for number, name in ((hosts, "host"), (nodes, "hybrid node")) if number)


def _changes(run: Run) -> str:
    if run.mode is Mode.RECORDED:
        return "none: AWS was not called"
    return "none: read-only" if run.read_only else "allowed: missing parts of the window may be created"


def _assessment(run: Run) -> list[Row]:
    launch = run.scan.launch if run.scan else run.launch
    if run.nodes_alone:
        return [("Assessment", "none: Inspector scans no hybrid node")]
    if launch is None:
        return [] if run.mode is Mode.RECORDED else [("Assessment", _UNKNOWN)]
    rows = [("Assessment", "launched by this run" if launch.started else "not launched, judged as found")]
    if run.scan is None:
        return rows
    if run.scan.timed_out:
        rows.append(("Wait", "timed out"))
    if run.scan.assessment_run:
        return [*rows, ("Assessment run", f"{run.scan.assessment_state} {run.scan.assessment_run}")]
    rows.append(("Inventory association", run.scan.inventory_state or "none found"))
    if run.scan.set_aside:
        rows.append(("Set aside", ", ".join(f"{number} {kind}" for kind, number in run.scan.set_aside)))
    return [*rows, ("CIS scan", f"{run.scan.cis_state or 'none found'} {run.scan.cis_scan}".strip())]


def _happened(run: Run) -> Iterator[tuple[datetime, str]]:
    if run.baseline:
        yield run.baseline.taken_at, "Baseline taken"
    yield from _patched(run)
    launch = run.scan.launch if run.scan else run.launch
    if launch:
        yield launch.launched_at, "Assessment launched" if launch.started else "Assessment judged as found"
    if run.scan:
        yield run.scan.finished_at, "Assessment finished"
    if run.after:
        yield run.after.taken_at, "Findings after patching read"
    clock = ", by this machine's clock" if run.simulated else ""
    yield run.started_at, f"This run began{clock}"
    yield run.finished_at, f"This run ended{clock}"


def _patched(run: Run) -> Iterator[tuple[datetime, str]]:
    sides = ((run.patching, run.hosts), (run.hybrid.patching, run.hybrid.nodes))
    known = [(patching, host.id) for patching, hosts in sides if patching for host in hosts]
    begins = [moment for patching, host in known if (moment := patching.round_began_at(host))]
    ends = [moment for patching, host in known if (moment := patching.installed_at(host))]
    if begins:
        yield min(begins), f"Patching: first installation began ({counted(len(begins), 'host')} installed)"
    if ends:
        yield max(ends), "Patching: last installation ended"
