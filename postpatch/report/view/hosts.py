"""The hosts: each with its patching, its reboot, its last scan, and its findings before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from postpatch.model import Host, HostScan, Mode, Patching, PatchState
from postpatch.report.clock import Clock
from postpatch.report.words import counted, number, utc
from postpatch.verdict.delta import Counts
from postpatch.verdict.hybrid import LABEL
from postpatch.verdict.installed_versions import Shown
from postpatch.verdict.run import Run

# The hosts of a larger fleet are in the snapshots' manifests; the checks still list hosts that failed.
_MOST = 1_000
_UNKNOWN = "not known"
_PROOFS = {
    "coverage": "newer than patching",
    "inventory": "newer inventory, and nothing was installed since the scan",
    "unchanged": "newer inventory, equal to the one that was scanned",
    "versions": "newer inventory, finding by finding",
    "findings": "older than patching; newer inventory, finding by finding",
}


@dataclass(frozen=True)
class Cell:
    """The content of a cell: lines of text, and whether they report a problem."""

    lines: tuple[str, ...]
    wrong: bool = False


@dataclass(frozen=True)
class HostRow:
    """One host as a line of the table."""

    id: str
    name: str
    state: str
    patched: Cell
    rebooted: Cell
    scanned: Cell
    before: str
    after: str


@dataclass(frozen=True)
class Hosts:
    """The hosts in scope, its hybrid nodes, then hosts only in the snapshots; `left_out` more are not listed."""

    rows: tuple[HostRow, ...]
    left_out: int


def hosts(run: Run, clock: Clock) -> Hosts:
    """Return the hosts, those in scope first."""
    scans = {scan.host: scan for scan in run.scan.hosts} if run.scan else {}
    counts = run.delta.by_host() if run.delta else {}
    nodes = [_node(run, node, clock) for node in islice(run.hybrid.nodes, _MOST)]
    every = (*run.hosts, *_others(run, counts))
    unknown = frozenset(run.delta.scans.missing if run.delta else (host.id for host in every))
    rows = tuple(
        HostRow(
            id=host.id,
            name=host.name,
            state=host.state,
            patched=_by_versions(run.by_versions.get(host.id), clock) or _patched(run.patching, host.id, clock),
            rebooted=_rebooted(run.patching, host.id),
            scanned=_scanned(scans.get(host.id), clock),
            before=number(counts.get(host.id, Counts()).baseline) if run.delta else _UNKNOWN,
            after=_UNKNOWN if host.id in unknown else number(counts.get(host.id, Counts()).after),
        )
        for host in islice(every, _MOST - len(nodes))
    )
    in_scope = len(run.hosts)
    listed = (*rows[:in_scope], *nodes, *rows[in_scope:])
    return Hosts(listed, len(every) + len(run.hybrid.nodes) - len(listed))


def _node(run: Run, node: Host, clock: Clock) -> HostRow:
    return HostRow(
        id=node.id,
        name=node.name,
        state=f"{LABEL}; {node.state}",
        patched=_patched(run.hybrid.patching, node.id, clock),
        rebooted=_rebooted(run.hybrid.patching, node.id),
        scanned=Cell(("not scanned by Inspector",)),
        before=_UNKNOWN,
        after=_UNKNOWN,
    )


def _others(run: Run, counts: Mapping[str, Counts]) -> list[Host]:
    if run.delta is None:
        return []
    known = {host.id for host in run.hosts}
    present = {host.id for host in run.delta.after.hosts if host.present}
    every = {host.id for side in (run.delta.baseline, run.delta.after) for host in side.hosts} | counts.keys()
    return [Host(id=one, state=_state(run, one in present)) for one in sorted(every - known)]


def _state(run: Run, present: bool) -> str:
    if run.mode is Mode.RECORDED:
        return _UNKNOWN
    return "not in scope" if present else "gone"


def _patched(patching: Patching | None, host: str, clock: Clock) -> Cell:
    if patching is None:
        return Cell((_UNKNOWN,))
    state, installed_at = patching.state(host), patching.installed_at(host)
    if installed_at is None:
        last = f"last operation: {state.operation}" if state else "Patch Manager has no report for it"
        return Cell(("no installation known", last), wrong=True)
    lines = ["Install ended", *_times(installed_at, clock)]
    if state and state.operation != "Install":
        lines += [f"since then {state.operation}", *_times(state.ended_at, clock)]
    return Cell((*lines, *_failed(state)), wrong=bool(state and state.failed))


def _by_versions(shown: Shown | None, clock: Clock) -> Cell | None:
    if shown is None:
        return None
    times = _times(shown.installed_at, clock) if shown.installed_at else ()
    title = "by another tool, as installed versions show" if shown.holds else "by installed versions: not shown"
    return Cell((title, *(times if shown.holds else [shown.words])), wrong=not shown.holds)


def _failed(state: PatchState | None) -> tuple[str, ...]:
    return (f"{counted(state.failed, 'patch', 'patches')} failed",) if state and state.failed else ()


def _rebooted(patching: Patching | None, host: str) -> Cell:
    state = patching.state(host) if patching else None
    if state is None:
        return Cell((_UNKNOWN,), wrong=patching is not None)
    option = (f"option {state.reboot_option}",) if state.reboot_option else ()
    if state.pending_reboot:
        waiting = counted(state.pending_reboot, "patch awaits", "patches await")
        return Cell((f"{waiting} a reboot", *option), wrong=True)
    return Cell(("none awaited", *option))


def _scanned(scan: HostScan | None, clock: Clock) -> Cell:
    if scan is None:
        return Cell((_UNKNOWN,))
    scanned_at = scan.inventory_at if scan.by_inventory else scan.scanned_at
    if scan.proof:
        return Cell((*_times(scanned_at, clock), _PROOFS.get(scan.proof, scan.proof)))
    status = " ".join(filter(None, (scan.status, scan.reason)))
    return Cell((*_times(scanned_at, clock), f"not newer than {utc(scan.after)}", *filter(None, [status])), wrong=True)


def _times(moment: datetime | None, clock: Clock) -> tuple[str, ...]:
    return tuple(filter(None, (utc(moment), clock.local(moment))))
