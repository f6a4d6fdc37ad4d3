"""The maintenance window as a person draws it: when it opens, which hosts it selects, what it does there."""

from dataclasses import dataclass

from postpatch.model import ExistingWindow, Fact, MaintenanceWindow, WindowTask
from postpatch.report.clock import Clock
from postpatch.report.schedule_words import schedule_in_words
from postpatch.report.words import counted, moment_of, shortened, utc_of
from postpatch.verdict.run import CheckOutcome, Run
from postpatch.verdict.window import selectors_text

_MOST = 1_000
_INLINE = 12  # so many hosts stand in the drawing itself
_TEXT = 600
_TARGET = "TGT-"

Row = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Selected:
    """A host that the target selects, or should: `flaws` is what is wrong with that."""

    id: str
    name: str
    flaws: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """When, where, or what: what stands in Systems Manager, its checks, and the facts that differ from the policy."""

    title: str
    rows: tuple[Row, ...]
    checks: tuple[CheckOutcome, ...]
    differs: tuple[tuple[str, Fact], ...]
    lists_hosts: bool


@dataclass(frozen=True)
class Drawn:
    """The window in three parts, the hosts, and what this run did about it; `left_out` hosts are not listed."""

    parts: tuple[Part, ...]
    selected: tuple[Selected, ...]
    left_out: int
    created: tuple[str, ...]
    withheld: tuple[str, ...]

    @property
    def folded(self) -> bool:
        """Tell whether the hosts are so many that they fold."""
        return len(self.selected) > _INLINE


def window(run: Run, standing: ExistingWindow, clock: Clock) -> Drawn:
    """Return what stands of the window, and what is wrong with it."""
    every = _selected(run, standing)
    return Drawn(
        parts=(
            _part(run, "When it opens", "MW-", _when(standing, clock)),
            _part(run, "Which hosts it selects", _TARGET, _where(standing)),
            _part(run, "What it does there", "TASK-", _what(standing)),
        ),
        selected=every[:_MOST],
        left_out=len(every[_MOST:]),
        created=standing.created,
        withheld=standing.withheld,
    )


def _part(run: Run, title: str, prefix: str, rows: list[Row]) -> Part:
    checks = tuple(check for check in run.checks if check.id.startswith(prefix))
    differs = tuple((check.id, one) for check in checks for one in check.facts if not one.holds)
    told = tuple((name, tuple(shortened(one, _TEXT) for one in lines)) for name, lines in rows)
    return Part(title, told, checks, differs, lists_hosts=prefix == _TARGET)


def _when(standing: ExistingWindow, clock: Clock) -> list[Row]:
    window = standing.window
    if window is None:
        return [("Window", ("none of the policy's name stands",))]
    rows = [
        ("Window", (f"{window.name} ({window.id})", "enabled" if window.enabled else "disabled: it never opens")),
        ("Opens", _schedule(window)),
        ("Stays open", (f"{counted(window.duration, 'hour')}; {_cutoff(window.cutoff)}",)),
        ("Not before", (utc_of(window.start_date) if window.start_date else "no start date: from now on",)),
    ]
    if window.end_date:
        rows.append(("Not after", (utc_of(window.end_date),)))
    rows.append(("Next", _next(standing, window.next_execution, clock)))
    if len(standing.named) > 1:
        rows.append(("Windows of that name", standing.named))
    return rows


def _schedule(window: MaintenanceWindow) -> tuple[str, ...]:
    words = schedule_in_words(window.schedule)
    if window.schedule_offset:
        words += f", and {counted(window.schedule_offset, 'day')} after that"
    return (f"{words}, by the clock of {window.time_zone or 'UTC'}", window.schedule)


def _cutoff(hours: int) -> str:
    return f"no task starts in its last {counted(hours, 'hour')}" if hours else "tasks start until it closes"


def _next(standing: ExistingWindow, first: str, clock: Clock) -> tuple[str, ...]:
    times = standing.next_executions or ((first,) if first else ())
    told = []
    for time in times:
        local = clock.local(moment_of(time))
        told.append(f"{utc_of(time)}{f' ({local})' if local else ''}")
    return tuple(told) or ("AWS names none",)


def _where(standing: ExistingWindow) -> list[Row]:
    if not standing.targets:
        return [("Target", ("none is registered",))]
    rows: list[Row] = [
        ("Target", (one.name or one.id, f"selects {selectors_text(one.selectors)}")) for one in standing.targets
    ]
    return [*rows, ("Selects now", (counted(len(standing.selected), "host"),))]


def _what(standing: ExistingWindow) -> list[Row]:
    if not standing.tasks:
        return [("Task", ("none is registered",))]
    return [row for task in standing.tasks for row in _task(task)]


def _task(task: WindowTask) -> list[Row]:
    given = tuple(f"{name} = {', '.join(values)}" for name, values in task.parameters) or ("none",)
    limits = [
        f"{task.max_concurrency or 'no limit of'} at a time",
        f"stops after {task.max_errors} failed" if task.max_errors else "no limit of failures",
        f"timeout {task.timeout_seconds} s" if task.timeout_seconds is not None else "no timeout of its own",
    ]
    return [
        ("Task", (task.name or task.id, f"priority {task.priority}")),
        ("Runs", (f"{task.document} ({task.type})",)),
        ("Parameters", given),
        ("On", (selectors_text(task.targets) or "nothing",)),
        ("Limits", tuple(limits)),
        ("At the cutoff", (task.cutoff_behavior or "CONTINUE_TASK",)),
        ("Role", (task.service_role or "none: the service-linked role",)),
    ]


def _selected(run: Run, standing: ExistingWindow) -> tuple[Selected, ...]:
    if standing.window is None:
        return ()
    names = {host.id: host.name for host in run.hosts}
    selected = set(standing.selected)
    ping = {host.host: host.ping for host in standing.managed}
    # Where the hosts in scope could not be looked at, no selected one can be called a stranger.
    owned = names.keys() or selected
    found = [
        Selected(one, names.get(one, ""), _flaws(one in selected, one in owned, ping.get(one, "")))
        for one in sorted(selected | owned)
    ]
    return tuple(sorted(found, key=lambda one: not one.flaws))


def _flaws(selected: bool, owned: bool, ping: str) -> tuple[str, ...]:
    if not selected:
        return ("in scope, but not selected",)
    flaws = [] if owned else ["selected, but not in scope"]
    if ping != "Online":
        flaws.append(f"not online: {ping}" if ping else "not managed by Systems Manager")
    return tuple(flaws)
