"""The hosts: each with its last look, its patching, and its findings before and after."""

from dataclasses import dataclass

from postpatch.model import Host, HostScan, Mode, PatchState
from postpatch.report.words import number, utc
from postpatch.verdict.delta import Counts
from postpatch.verdict.run import Run

# A fleet beyond this is read in the snapshots' manifests; the checks still name every host that failed.
_MOST = 1_000
_UNKNOWN = "not known"
_PROOFS = {"coverage": "newer than patching", "inventory": "newer inventory, nothing was installed"}


@dataclass(frozen=True)
class HostRow:
    """One host as a line of the table."""

    id: str
    name: str
    state: str
    scanned: str
    proof: str
    operation: str
    ended: str
    failed: str
    pending_reboot: str
    before: str
    after: str


@dataclass(frozen=True)
class Hosts:
    """The hosts in scope and those that only the snapshots know."""

    rows: tuple[HostRow, ...]
    left_out: int


def hosts(run: Run) -> Hosts:
    """Return the hosts, those in scope first."""
    scans = {scan.host: scan for scan in run.scan.hosts} if run.scan else {}
    states = {state.host: state for state in run.patching.states} if run.patching else {}
    counts = run.delta.by_host() if run.delta else {}
    rows = tuple(
        _row(run, host, scans.get(host.id), states.get(host.id), counts.get(host.id, Counts()))
        for host in (*run.hosts, *_others(run))
    )
    return Hosts(rows[:_MOST], len(rows) - len(rows[:_MOST]))


def _others(run: Run) -> list[Host]:
    if run.delta is None:
        return []
    known = {host.id for host in run.hosts}
    present = {host.id for host in run.delta.after.hosts if host.present}
    every = {host.id for side in (run.delta.baseline, run.delta.after) for host in side.hosts} | {*run.delta.by_host()}
    return [Host(id=one, state=_state(run, one in present)) for one in sorted(every - known)]


def _state(run: Run, present: bool) -> str:
    if run.mode is Mode.RECORDED:
        return _UNKNOWN
    return "not in scope" if present else "gone"


def _row(run: Run, host: Host, scan: HostScan | None, state: PatchState | None, counts: Counts) -> HostRow:
    return HostRow(
        id=host.id,
        name=host.name,
        state=host.state,
        scanned=_scanned(scan),
        proof=_proof(scan),
        operation=state.operation if state else _UNKNOWN,
        ended=utc(state.ended_at) if state else "",
        failed=number(state.failed) if state else _UNKNOWN,
        pending_reboot=number(state.pending_reboot) if state else _UNKNOWN,
        before=number(counts.baseline) if run.delta else _UNKNOWN,
        after=number(counts.after) if run.delta else _UNKNOWN,
    )


def _scanned(scan: HostScan | None) -> str:
    if scan is None:
        return _UNKNOWN
    return utc(scan.inventory_at if scan.proof == "inventory" else scan.scanned_at)


def _proof(scan: HostScan | None) -> str:
    if scan is None:
        return "no proof"
    if scan.proof:
        return _PROOFS.get(scan.proof, scan.proof)
    status = " ".join(filter(None, (scan.status, scan.reason)))
    return f"no proof: not newer than {utc(scan.after)}{f' ({status})' if status else ''}"
