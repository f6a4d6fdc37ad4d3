"""What must be done: of each root cause of a verdict what to do, by whom, by when, and the commands to copy.

The head of the page, the terminal, `summary.md` and `verify.json` all show these.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from postpatch.model import APPEARED, Finding, PatchCommand
from postpatch.report import console
from postpatch.report.aws_cli import aws, run_patch_baseline
from postpatch.report.window_commands import window_commands
from postpatch.report.words import counted
from postpatch.verdict import root_causes as groups
from postpatch.verdict.cause_words import first_to_do
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind, kind_of
from postpatch.verdict.gates import OPENED, fixable
from postpatch.verdict.outcomes import Outcome
from postpatch.verdict.remaining import Explained
from postpatch.verdict.root_causes import RootCause
from postpatch.verdict.run import Run

_PATCH_OWNER, _HOST_OWNER, _ACCOUNT_OWNER = "patch owner", "host owner", "account owner"
_REBOOTS = " (this reboots hosts that need it)"
_LINKED = 5
_DERIVED = "derived todo"
# A finding remains for one of these until the patch baseline that decided is changed.
_BY_BASELINE = frozenset(
    {Kind.NOT_YET_APPROVED, Kind.FILTERED_OUT, Kind.NOT_APPROVED, Kind.REJECTED, Kind.WRONG_BASELINE}
)


@dataclass(frozen=True)
class Link:
    """A link: its text and its address."""

    text: str
    address: str


@dataclass(frozen=True)
class Item:
    """One root cause with what to do about it; `sentence` says what went wrong, `due` is a date or nothing.

    `overdue` says whether that date has passed.
    """

    cause: RootCause
    sentence: str
    next_step: str
    owner: str
    due: str = ""
    overdue: bool = False
    commands: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def follow(self) -> str:
        """Return the checks that fail because of it: `FIND-1 and FIND-4 failed`."""
        said = []
        for outcome in (Outcome.FAILED, Outcome.ERROR):
            ids = [check.id for check in self.cause.follow if check.outcome is outcome]
            if ids:
                said.append(f"{', '.join(ids)} {outcome}")
        return "; ".join(said)


@dataclass(frozen=True)
class _Step:
    next_step: str
    owner: str = _PATCH_OWNER
    commands: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def todo(run: Run) -> tuple[Item, ...]:
    """Return what must be done about what is not proven, root causes first; nothing if everything passed."""
    # The page, verify.json and the terminal show the same items: they are derived once, and stay with the run.
    derived: dict[str, tuple[Item, ...]] = vars(run)
    if _DERIVED not in derived:
        derived[_DERIVED] = tuple(_item(run, cause) for cause in run.causes)
    return derived[_DERIVED]


def named_hosts(run: Run, hosts: Iterable[str]) -> tuple[str, ...]:
    """Return hosts by id, with their names beside where they are known."""
    names = {host.id: host.name for host in run.hosts}
    return tuple(f"{host} ({names[host]})" if names.get(host) else host for host in hosts)


def _item(run: Run, cause: RootCause) -> Item:
    step = _STEPS.get(cause.group, _otherwise)(run, cause)
    region = _region(run)
    names = dict(zip(step.hosts, named_hosts(run, step.hosts), strict=True))
    links = [Link(names[host], console.instance(region, host)) for host in step.hosts[:_LINKED]]
    window = run.window.window if run.window else None
    if cause.group in (groups.WINDOW, groups.EXECUTION) and window:
        links.append(Link(window.name or window.id, console.window(region, window.id)))
    if cause.group in (groups.INSTALL, groups.LEFT):
        links += _patch_commands(run, step.hosts, region)
    commands = tuple(filter(None, step.commands)) if region else ()
    shown = tuple(one for one in links if one.address)
    due = _due(run, cause)
    overdue, date = bool(due and run.deadlines and due < run.deadlines.now), f"{due:%Y-%m-%d}" if due else ""
    return Item(cause, run.in_words(cause), step.next_step, step.owner, date, overdue, commands, shown)


def _due(run: Run, cause: RootCause) -> datetime | None:
    # The earliest deadline of the findings that the cause leaves.
    if run.deadlines is None:
        return None
    if cause.group == groups.LIMITS:
        found = (one.due for one in map(run.deadlines.of, run.deadlines.overdue) if one)
    else:
        on = set(cause.hosts()[0])
        left = (one.finding for one in run.unremoved if one.finding.host in on or cause.group == groups.LEFT)
        found = (one.due for one in map(run.deadlines.of, left) if one)
    first = min(filter(None, found), default=None)
    return first and first.astimezone(UTC)


def _region(run: Run) -> str:
    return run.caller.region if run.caller else ""


def _patch_commands(run: Run, hosts: tuple[str, ...], region: str) -> list[Link]:
    return [Link(f"command {one}", console.command(region, one)) for one in _newest_commands(run, hosts)]


def _newest_commands(run: Run, hosts: tuple[str, ...]) -> list[str]:
    # The newest command of Run Command on each host: its output says what happened.
    newest = {one.host: one for one in sorted(_run_commands(run), key=lambda one: one.requested_at)}
    return list(dict.fromkeys(newest[host].command for host in hosts if host in newest))[:_LINKED]


def _run_commands(run: Run) -> list[PatchCommand]:
    return [one for one in run.patching.commands if one.via == "Run Command"] if run.patching else []


def _install(run: Run, cause: RootCause) -> _Step:
    hosts, _ = cause.hosts()
    tried = run.patching and any(
        one.operation == "Install" and not one.never_started for host in hosts for one in run.patching.commands_on(host)
    )
    region, newest = _region(run), _newest_commands(run, hosts)
    install = run_patch_baseline(region, hosts)
    if not tried:
        return _Step(f"Install the patches{_REBOOTS}, then verify again.", commands=install, hosts=hosts)
    # Without the name of a plugin get-command-invocation shows the output of one plugin alone, so every one is listed.
    read = (aws(region, "ssm", "list-command-invocations", command_id=one, details=True) for one in newest)
    step = f"Read the output of the newest patch run, fix the cause, and install again{_REBOOTS}. Then verify again."
    return _Step(step, commands=(*read, *install), hosts=hosts)


def _reboot(run: Run, cause: RootCause) -> _Step:
    hosts, _ = cause.hosts()
    reboot = aws(_region(run), "ec2", "reboot-instances", instance_ids=list(hosts))
    # A reboot that Patch Manager did not make leaves its count as it is until the next Scan.
    step = "Reboot the hosts. If somebody did, run AWS-RunPatchBaseline with Operation Scan. Then verify again."
    return _Step(step, _HOST_OWNER, (reboot,), hosts)


def _reach(run: Run, _: RootCause) -> _Step:
    existing = run.window
    online = {host.host for host in existing.managed if host.ping == "Online"} if existing else set()
    hosts = tuple(sorted(set(existing.selected) - online)) if existing else ()
    ask = aws(
        _region(run), "ssm", "describe-instance-information",
        filters=[{"Key": "InstanceIds", "Values": list(hosts[:50])}],
    )  # fmt: skip
    step = "Start the SSM Agent, check the instance profile and the network path to Systems Manager, then verify again."
    return _Step(step, _HOST_OWNER, (ask,), hosts)


def _scan(run: Run, cause: RootCause) -> _Step:
    hosts, _ = cause.hosts()
    asked = [{"comparison": "EQUALS", "value": host} for host in hosts[:10]]
    ask = aws(_region(run), "inspector2", "list-coverage", filter_criteria={"resourceId": asked}) if asked else ""
    return _Step(
        "Read in Inspector's coverage why they were not scanned, then verify again.", _PATCH_OWNER, (ask,), hosts
    )


def _other_hosts(_: Run, __: RootCause) -> _Step:
    return _Step("Bring the missing hosts back, or take a new baseline before the next patching.")


def _left(run: Run, _: RootCause) -> _Step:
    worst = Counter(one.kind for one in run.unremoved).most_common(1)
    if not worst:
        return _Step(EXPLANATIONS[Kind.UNKNOWN].next_step, EXPLANATIONS[Kind.UNKNOWN].owner)
    words = EXPLANATIONS[worst[0][0]]
    hosts = tuple(dict.fromkeys(one.finding.host for one in run.unremoved))
    return _Step(words.next_step, words.owner, _for_kinds(run, run.unremoved, hosts), hosts)


def _for_kinds(run: Run, left: Iterable[Explained], hosts: tuple[str, ...]) -> tuple[str, ...]:
    region, kinds = _region(run), {one.kind for one in left}
    if kinds <= {Kind.PENDING_REBOOT}:
        return (aws(region, "ec2", "reboot-instances", instance_ids=list(hosts)),)
    commands: tuple[str, ...] = ()
    if kinds & _BY_BASELINE and run.patching:
        states = (run.patching.state(host) for host in hosts)
        baselines = dict.fromkeys(state.baseline for state in states if state and state.baseline)
        commands = tuple(aws(region, "ssm", "get-patch-baseline", baseline_id=one) for one in baselines)
    return (*commands, *run_patch_baseline(region, hosts))


def _new(run: Run, _: RootCause) -> _Step:
    found = run.delta.active(*APPEARED) if run.delta else ()
    hosts = tuple(dict.fromkeys(one.host for one in found if fixable(one)))
    when = run.headline.next_patching if run.headline else "install what has a fix"
    step = f"Review the new findings (section What is new): {when}. Then verify again."
    return _Step(step, commands=run_patch_baseline(_region(run), hosts), hosts=hosts)


def _hidden(run: Run, _: RootCause) -> _Step:
    ask = aws(_region(run), "inspector2", "list-filters", action="SUPPRESS")
    return _Step("Delete or narrow the suppression rules, or add a waiver with a reason.", commands=(ask,))


def _window(run: Run, _: RootCause) -> _Step:
    existing = run.window
    if existing is None or (existing.window is None and existing.association is None):
        return _Step(f"Create the {run.recurs_by} that the policy names, or correct its name in the policy.")
    if existing.association:
        ask = aws(_region(run), "ssm", "describe-association", association_id=existing.association.id)
        return _Step("Change the association, or the policy if the association is right.", commands=(ask,))
    commands = window_commands(_region(run), existing, run.expected) if run.expected else ()
    return _Step("Change the window to what the policy says, or the policy if the window is right.", commands=commands)


def _execution(run: Run, _: RootCause) -> _Step:
    window = run.window.window if run.window else None
    ask = window and aws(_region(run), "ssm", "describe-maintenance-window-executions", window_id=window.id)
    step = "Read why the newest execution failed, fix the cause, and let the window patch once."
    return _Step(step, commands=(ask,) if ask else ())


def _limits(run: Run, _: RootCause) -> _Step:
    broken = [one for one in run.gate.limits if not one.holds] if run.gate else []
    found = dict.fromkeys(one for limit in broken for one in limit.first)
    kinds = _kinds(run, found)
    every = all(limit.found == len(limit.first) for limit in broken)
    if {one.name for one in broken} == {OPENED}:
        remove = "Close what was opened"
    elif every and len(kinds) == 1 and kinds[0] is not Kind.NO_FIX:
        remove = EXPLANATIONS[kinds[0]].next_step.rstrip(".")
    else:
        remove = "Do what section What is open of the report says of each finding"
    step = f"{remove}. Or accept the risk in a waiver with a reason, or change the limit in the policy."
    acting = [kind for kind in kinds if kind is not Kind.NO_FIX] or kinds  # nobody can act where there is no fix yet
    owners = dict.fromkeys(EXPLANATIONS[kind].owner for kind in acting)
    return _Step(step, " and ".join(owners) or _HOST_OWNER, hosts=tuple(dict.fromkeys(one.host for one in found)))


def _kinds(run: Run, found: Collection[Finding]) -> list[Kind]:
    # Why these remain, as far as it was derived; of what is new, what its own fields say.
    derived = {one.finding: one.kind for one in run.remaining or () if one.finding in found} if found else {}
    return list(dict.fromkeys(derived.get(one) or kind_of(one) for one in found))


def _waivers(run: Run, _: RootCause) -> _Step:
    expired = dict.fromkeys(use.approver for use in run.waivers if not use.accepts)
    step = "Decide again on each expired waiver: renew it with a new date, or remove it."
    return _Step(step, " and ".join(expired) or "approver")


def _progress(run: Run, _: RootCause) -> _Step:
    number = counted(run.delta.counts.remaining, "finding") if run.delta else "the findings"
    return _Step(f"Read below why {number} remain, and act on the causes that patching can remove.")


def _otherwise(_: Run, cause: RootCause) -> _Step:
    # The reason of what could not be checked begins with what to do.
    first = first_to_do(cause.checks[0].reason) if cause.outcome is Outcome.ERROR else ""
    again = "" if " again" in first else " Then verify again."
    owner = _ACCOUNT_OWNER if first.startswith("Allow ") else _PATCH_OWNER
    return _Step(f"{first}.{again}" if first else "Do what the reason says, then verify again.", owner)


_STEPS: Mapping[str, Callable[[Run, RootCause], _Step]] = {
    groups.INSTALL: _install,
    groups.REBOOT: _reboot,
    groups.REACH: _reach,
    groups.SCAN: _scan,
    groups.HOSTS: _other_hosts,
    groups.LEFT: _left,
    groups.NEW: _new,
    groups.HIDDEN: _hidden,
    groups.WINDOW: _window,
    groups.EXECUTION: _execution,
    groups.LIMITS: _limits,
    groups.WAIVERS: _waivers,
    groups.PROGRESS: _progress,
}
