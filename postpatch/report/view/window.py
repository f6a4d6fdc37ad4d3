"""The maintenance window in three parts: when it opens, which hosts it selects, what it does there."""

from dataclasses import dataclass

from postpatch.model import Association, ExistingWindow, Fact, MaintenanceWindow, PatchPolicy, WindowTask
from postpatch.report.clock import Clock
from postpatch.report.schedule_words import schedule_in_words
from postpatch.report.words import counted, moment_of, shortened, utc_of
from postpatch.verdict.run import CheckOutcome, Run
from postpatch.verdict.target import selectors_text

_MOST = 1_000
_INLINE = 12  # up to this many hosts are shown without folding
_TEXT = 600
_TARGET = "TGT-"

Row = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Selected:
    """A host that the target selects, or should select: `flaws` are the problems with it."""

    id: str
    name: str
    flaws: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One part of the window as it exists in Systems Manager, its checks, and the facts that differ from the policy."""

    title: str
    rows: tuple[Row, ...]
    checks: tuple[CheckOutcome, ...]
    differs: tuple[tuple[str, Fact], ...]
    lists_hosts: bool


@dataclass(frozen=True)
class Drawn:
    """The window in three parts, its hosts, and what this run created; `left_out` hosts are not listed."""

    parts: tuple[Part, ...]
    selected: tuple[Selected, ...]
    left_out: int
    created: tuple[str, ...]
    withheld: tuple[str, ...]

    @property
    def folded(self) -> bool:
        """Return whether the hosts are folded because there are many."""
        return len(self.selected) > _INLINE


def window(run: Run, existing: ExistingWindow, clock: Clock) -> Drawn:
    """Return the window as it exists, with its differences from the policy."""
    every = _selected(run, existing)
    return Drawn(
        parts=(
            _part(run, "When it opens", "MW-", _when(existing, clock)),
            _part(run, "Which hosts it selects", _TARGET, _where(existing)),
            _part(run, "What it does there", "TASK-", _what(existing)),
        ),
        selected=every[:_MOST],
        left_out=len(every[_MOST:]),
        created=existing.created,
        withheld=existing.withheld,
    )


def _part(run: Run, title: str, prefix: str, rows: list[Row]) -> Part:
    checks = tuple(check for check in run.checks if check.id.startswith(prefix))
    differs = tuple((check.id, one) for check in checks for one in check.facts if not one.holds)
    shown = tuple((name, tuple(shortened(one, _TEXT) for one in lines)) for name, lines in rows)
    return Part(title, shown, checks, differs, lists_hosts=prefix == _TARGET)


def _when(existing: ExistingWindow, clock: Clock) -> list[Row]:
    window = existing.window
    if existing.association:
        return _when_associated(existing.association, existing.patch_policy)
    if window is None:
        return [("Window", ("there is none with the policy's name",))]
    rows = [
        ("Window", (f"{window.name} ({window.id})", "enabled" if window.enabled else "disabled, so it never opens")),
        ("Opens", _schedule(window)),
        ("Stays open", (f"{counted(window.duration, 'hour')}; {_cutoff(window.cutoff)}",)),
        ("Not before", (utc_of(window.start_date) if window.start_date else "no start date: from now on",)),
    ]
    if window.end_date:
        rows.append(("Not after", (utc_of(window.end_date),)))
    rows.append(("Next", _next(existing, window.next_execution, clock)))
    if len(existing.named) > 1:
        rows.append(("Windows of that name", existing.named))
    return rows


def _when_associated(association: Association, policy: PatchPolicy | None) -> list[Row]:
    offset = f", and {counted(association.schedule_offset, 'day')} after that" if association.schedule_offset else ""
    rows: list[Row] = [("Patch policy", (policy.name, policy.arn))] if policy else []
    return [
        *rows,
        ("Association", (f"{association.name or 'without a name'} ({association.id})",)),
        ("Runs", (f"{schedule_in_words(association.schedule)}{offset}, in UTC", association.schedule)),
        ("Runs otherwise", ("never" if association.only_at_schedule else "when it is changed, and on new hosts",)),
        ("May run for", (counted(association.duration, "hour") if association.duration else "no limit",)),
    ]


def _schedule(window: MaintenanceWindow) -> tuple[str, ...]:
    words = schedule_in_words(window.schedule)
    if window.schedule_offset:
        words += f", and {counted(window.schedule_offset, 'day')} after that"
    return (f"{words}, in the time zone {window.time_zone or 'UTC'}", window.schedule)


def _cutoff(hours: int) -> str:
    return f"no task starts in its last {counted(hours, 'hour')}" if hours else "tasks start until it closes"


def _next(existing: ExistingWindow, first: str, clock: Clock) -> tuple[str, ...]:
    times = existing.next_executions or ((first,) if first else ())
    shown = []
    for time in times:
        local = clock.local(moment_of(time))
        shown.append(f"{utc_of(time)}{f' ({local})' if local else ''}")
    return tuple(shown) or ("AWS names none",)


def _where(existing: ExistingWindow) -> list[Row]:
    if not existing.targets:
        return [("Target", ("none is registered",))]
    rows: list[Row] = [
        ("Target", (one.name or one.id, f"selects {selectors_text(one.selectors)}")) for one in existing.targets
    ]
    # The list below it also has the hosts in scope that it does not select.
    return [*rows, ("Selects now", (f"{counted(len(existing.selected), 'host')}; these, and those in scope:",))]


def _what(existing: ExistingWindow) -> list[Row]:
    if not existing.tasks:
        return [("Task", ("none is registered",))]
    if existing.association:
        return _associated(existing.tasks[0])
    return [row for task in existing.tasks for row in _task(task)]


def _task(task: WindowTask) -> list[Row]:
    limits = [
        f"{task.max_concurrency or 'no limit of'} at a time",
        f"stops after {task.max_errors} failed" if task.max_errors else "no limit of failures",
        f"timeout {task.timeout_seconds} s" if task.timeout_seconds is not None else "no timeout of its own",
    ]
    return [
        ("Task", (task.name or task.id, f"priority {task.priority}")),
        ("Runs", (f"{task.document} ({task.type})",)),
        ("Parameters", _parameters(task)),
        ("On", (selectors_text(task.targets) or "nothing",)),
        ("Limits", tuple(limits)),
        ("At the cutoff", (task.cutoff_behavior or "CONTINUE_TASK",)),
        ("Role", (task.service_role or "none, which means the service-linked role",)),
    ]


def _parameters(task: WindowTask) -> tuple[str, ...]:
    return tuple(f"{name} = {', '.join(values)}" for name, values in task.parameters) or ("none",)


def _associated(task: WindowTask) -> list[Row]:
    limits = (f"{task.max_concurrency or 'no limit of'} at a time", f"stops after {task.max_errors or 'any'} failed")
    return [("Runs", (task.document,)), ("Parameters", _parameters(task)), ("Limits", limits)]


def _selected(run: Run, existing: ExistingWindow) -> tuple[Selected, ...]:
    if existing.window is None and existing.association is None:
        return ()
    names = {host.id: host.name for host in run.hosts}
    selected = set(existing.selected)
    ping = {host.host: host.ping for host in existing.managed}
    # If the hosts in scope are unknown, no selected host can be called out of scope.
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
