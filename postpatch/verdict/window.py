"""Judge the maintenance window and its target: MW-1 to MW-4, TGT-1 and TGT-2."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from postpatch.model import ExistingWindow, Fact, Host, Judgement, MaintenanceWindow, ScopeMembers, WindowTarget
from postpatch.policy import Policy, TargetPolicy, WindowPolicy
from postpatch.policy.schedule import fire_alike, parse_schedule
from postpatch.verdict.facts import count, fact, found_wrong, judged, naming
from postpatch.verdict.patching import patched_in_place


def one_window(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-1: exactly one window has the policy's name, is enabled and treats unassociated targets as required."""
    window, name = existing.window, policy.window.name
    if window is None:
        return absent(existing, f"there is no maintenance window named {name}")
    facts = (
        fact(f"number of windows named {name}", 1, len(existing.named)),
        fact("enabled", True, window.enabled),
        _unassociated(window, policy.window),
    )
    notes = [f"windows of that name: {naming(existing.named)}"] if len(existing.named) > 1 else []
    return judged(
        f"maintenance window {name}", facts, notes + [f"created by this run: {what}" for what in existing.created]
    )


def schedule(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-2: the window fires when the policy says, however its schedule is written."""
    if existing.window is None:
        return absent(existing, "there is no window, so there is no schedule to check")
    fact_of_schedule, notes = _schedule(existing.window, policy.window)
    return judged(subject_of(existing.window), (fact_of_schedule, _offset(existing.window)), notes)


def duration_and_cutoff(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-3: the window's duration and cutoff, in hours."""
    if existing.window is None:
        return absent(existing, "there is no window, so there is no duration to check")
    return judged(subject_of(existing.window), _times(existing.window, policy.window))


def start_and_zone(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-4: start date and time zone match the policy, there is no end, and nothing fires before the start."""
    window = existing.window
    if window is None:
        return absent(existing, "there is no window, so there is no start to check")
    facts = [*_start(window, policy.window), _end(window)]
    notes = []
    if policy.window.start is None:
        notes.append("the policy names no start date: the window fires as soon as its schedule says")
    else:
        notes.append(f"patching recurs from {policy.window.start} on")
        first = next_execution(existing)
        if first:
            # As with the start date: the window begins at midnight UTC, which west of Greenwich is the day before.
            fires = max(moment_of(first).astimezone(zone).date() for zone in (UTC, policy.window.zone))
            facts.append(
                fact("next execution", f"not before {policy.window.start}", first, fires >= policy.window.start)
            )
        else:
            notes.append("AWS names no next execution, so only the start date says when the window begins")
    return judged(subject_of(window), facts, notes)


def target_tags(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TGT-1: one target is registered; it has the policy's name and selects by exactly the policy's tags."""
    if existing.window is None:
        return absent(existing, "there is no window, so there is no target to check")
    names = naming(target.name or target.id for target in existing.targets)
    facts = [fact("number of registered targets", 1, len(existing.targets))]
    for target in existing.targets[:1]:
        facts += _target(target, policy.target)
    return judged(f"targets of {subject_of(existing.window)}", facts, [f"registered: {names}"] if names else [])


def selected_hosts(existing: ExistingWindow, hosts: Collection[Host], members: ScopeMembers | None = None) -> Judgement:
    """Judge TGT-2: the registered target selects exactly the hosts in scope, and all are managed and online.

    Hosts that are replaced by an image are left out on both sides. What of the stack was not examined is in the notes.
    """
    if existing.window is None:
        return absent(existing, "there is no window, so no target selects a host")
    patched, notes = patched_in_place(hosts)
    replaced = {host.id for host in hosts if host.replaced_by_image}
    owned, selected = {host.id for host in patched}, set(existing.selected) - replaced
    ping = {host.host: host.ping for host in existing.managed}
    problems = (
        (owned - selected, "in scope but not selected"),
        (selected - owned, "selected but not in scope"),
        (selected - ping.keys(), "selected but not managed by Systems Manager"),
        ({host for host in selected if ping.get(host, "Online") != "Online"}, "selected but not online"),
    )
    facts = [fact(f"hosts {words}", "none", naming(sorted(hosts_)) or "none", not hosts_) for hosts_, words in problems]
    right = f"the target's tags select the {count(len(owned), 'host')} in scope and no other, all managed and online"
    return found_wrong(f"target of {subject_of(existing.window)}", facts, right, (*notes, *_unexamined(members)))


def _unexamined(members: ScopeMembers | None) -> list[str]:
    if members is None:
        return []
    notes = [f"may own hosts, and was not examined: {one}" for one in members.unexamined]
    if members.others:
        notes.append(f"taken to own no host: {naming(members.others)}")
    return notes


def is_sound(window: MaintenanceWindow, targets: tuple[WindowTarget, ...], policy: Policy) -> bool:
    """Tell whether a existing window and its targets are the policy's, so that what is absent may be added."""
    facts = [
        fact("enabled", True, window.enabled),
        _unassociated(window, policy.window),
        _schedule(window, policy.window)[0],
        _offset(window),
        *_times(window, policy.window),
        *_start(window, policy.window),
        _end(window),
        *(one for target in targets for one in _target(target, policy.target)),
    ]
    return len(targets) <= 1 and all(one.holds for one in facts)


def absent(existing: ExistingWindow, sentence: str) -> Judgement:
    """Return the failed judgement of a window that does not exist, with the reason why it was not created."""
    return Judgement(False, sentence, notes=existing.withheld)


def subject_of(window: MaintenanceWindow) -> str:
    """Return the name and id by which a reason calls the window."""
    return f"maintenance window {window.name} ({window.id})"


def next_execution(existing: ExistingWindow) -> str:
    """Return when the window fires next, as AWS writes it, or an empty text where AWS names no moment."""
    named = [existing.window.next_execution] if existing.window else []
    return min(filter(None, (*named, *existing.next_executions)), key=moment_of, default="")


def _unassociated(window: MaintenanceWindow, policy: WindowPolicy) -> Fact:
    return fact("unassociated targets allowed", policy.allow_unassociated_targets, window.allow_unassociated_targets)


def _schedule(window: MaintenanceWindow, policy: WindowPolicy) -> tuple[Fact, list[str]]:
    wanted = policy.expected
    meaning = f"every {policy.every_hours} hours" if policy.every_hours else policy.expression
    try:
        found = parse_schedule(window.schedule)
    except ValueError as error:
        return fact("schedule", meaning, window.schedule, False), [str(error)]
    # "Every 12 hours" does not say at which hour it begins; a written schedule does.
    alike = found.interval == wanted.interval if policy.every_hours else fire_alike(found, wanted)
    notes = (
        [f"{window.schedule} fires at the right times but is not a cron expression"]
        if alike and found.kind != wanted.kind
        else []
    )
    return fact("schedule", meaning, window.schedule, alike), notes


def _offset(window: MaintenanceWindow) -> Fact:
    return fact("schedule offset in days", 0, window.schedule_offset)


def _end(window: MaintenanceWindow) -> Fact:
    return fact("end date", "", window.end_date)


def _times(window: MaintenanceWindow, policy: WindowPolicy) -> tuple[Fact, Fact]:
    return (
        fact("duration in hours", policy.duration_hours, window.duration),
        fact("cutoff in hours", policy.cutoff_hours, window.cutoff),
    )


def _start(window: MaintenanceWindow, policy: WindowPolicy) -> list[Fact]:
    zone = window.time_zone or "UTC"
    facts = [fact("time zone", policy.time_zone, zone, _same_clock(policy.time_zone, zone, policy.start))]
    if policy.start:
        facts.append(fact("start date", policy.start, window.start_date, _starts_on(window, policy.start)))
    return facts


def _starts_on(window: MaintenanceWindow, start: date) -> bool:
    if not window.start_date:
        return False
    # The console stores midnight UTC, the API stores the date as given: it must be that day in UTC or in the zone.
    moment = moment_of(window.start_date)
    days = {moment.astimezone(UTC).date(), moment.astimezone(_zone(window.time_zone) or UTC).date()}
    return start in days


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _same_clock(one: str, other: str, around: date | None) -> bool:
    if one == other:
        return True
    zones = (_zone(one), _zone(other))
    if None in zones:
        return False  # a zone that is unknown here cannot be compared
    # US/Pacific and America/Los_Angeles are one zone with two names: their clocks agree throughout the year.
    begin = datetime.combine(around or date(2030, 1, 1), datetime.min.time(), UTC)
    moments = [begin + timedelta(days=days) for days in range(0, 366, 5)]
    return all(len({moment.astimezone(zone).utcoffset() for zone in zones}) == 1 for moment in moments)


def moment_of(text: str) -> datetime:
    """Return the moment that AWS writes as `text`; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _target(target: WindowTarget, policy: TargetPolicy) -> list[Fact]:
    return [
        fact("target name", policy.name, target.name),
        fact("target resource type", "INSTANCE", target.resource_type),
        fact("target tags", selectors_text(policy.selectors), selectors_text(target.selectors)),
    ]


def selectors_text(selectors: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """Return target keys in words: `tag:NAME = a, b`."""
    return "; ".join(f"{key} = {', '.join(values)}" for key, values in selectors)
