"""Judge the maintenance window: MW-1 to MW-4."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from postpatch.model import ExistingWindow, Fact, Judgement, MaintenanceWindow, WindowTarget
from postpatch.policy import Policy, Recurrence, WindowPolicy
from postpatch.policy.schedule import fire_alike, parse_schedule
from postpatch.verdict.facts import fact, judged, naming
from postpatch.verdict.subject import absent, subject_of
from postpatch.verdict.target import target_facts, targets_by_policy


def one_window(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-1: one window has the policy's name or id, is enabled and treats unassociated targets as required."""
    window, wanted = existing.window, policy.the_window
    name = wanted.called
    known = "named" if wanted.name else "with the id"
    if window is None:
        return absent(existing, f"there is no maintenance window {known} {name}")
    facts = (
        fact(f"number of windows {known} {name}", 1, len(existing.named)),
        fact("enabled", True, window.enabled),
        _unassociated(window, wanted),
    )
    notes = [f"windows of that name: {naming(existing.named)}"] if len(existing.named) > 1 else []
    return judged(
        f"maintenance window {name}", facts, notes + [f"created by this run: {what}" for what in existing.created]
    )


def schedule(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-2: the window fires when the policy says, however its schedule is written."""
    if existing.window is None:
        return absent(existing, "there is no window, so there is no schedule to check")
    fact_of_schedule, notes = schedule_fact(existing.window.schedule, policy.the_window)
    return judged(subject_of(existing.window), (fact_of_schedule, _offset(existing.window, policy.the_window)), notes)


def duration_and_cutoff(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-3: the window's duration and cutoff, in hours."""
    if existing.window is None:
        return absent(existing, "there is no window, so there is no duration to check")
    return judged(subject_of(existing.window), _times(existing.window, policy.the_window))


def start_and_zone(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge MW-4: start, end and time zone match the policy, nothing fires before the start, and the end is to come."""
    window, wanted = existing.window, policy.the_window
    if window is None:
        return absent(existing, "there is no window, so there is no start to check")
    facts = [*_start(window, wanted), _end(window, wanted)]
    notes = []
    first = next_execution(existing)
    if wanted.start is None:
        notes.append("the policy names no start date: the window fires as soon as its schedule says")
    else:
        notes.append(f"patching recurs from {wanted.start} on")
        if first:
            # As with the start date: the window begins at midnight UTC, which west of Greenwich is the day before.
            fires = max(moment_of(first).astimezone(zone).date() for zone in (UTC, wanted.zone))
            facts.append(fact("next execution", f"not before {wanted.start}", first, fires >= wanted.start))
        else:
            notes.append("AWS names no next execution, so only the start date says when the window begins")
    if wanted.end is not None:
        # A window that has ended patches nobody any more, however well it matches.
        facts.append(fact(f"next execution before {wanted.end}", "a date", first or "none", bool(first)))
    return judged(subject_of(window), facts, notes)


def is_sound(window: MaintenanceWindow, targets: tuple[WindowTarget, ...], policy: Policy) -> bool:
    """Tell whether an existing window and its targets are among the policy's, so that what is absent may be added."""
    wanted, pairs = policy.the_window, targets_by_policy(targets, policy.target)
    facts = [
        fact("enabled", True, window.enabled),
        _unassociated(window, wanted),
        schedule_fact(window.schedule, wanted)[0],
        _offset(window, wanted),
        *_times(window, wanted),
        *_start(window, wanted),
        _end(window, wanted),
        *(one for wanted, found in pairs if found for one in target_facts(found, wanted)),
    ]
    return len(targets) <= len(pairs) and all(one.holds for one in facts)


def next_execution(existing: ExistingWindow) -> str:
    """Return when the window fires next, as AWS writes it, or an empty text where AWS names no moment."""
    named = [existing.window.next_execution] if existing.window else []
    return min(filter(None, (*named, *existing.next_executions)), key=moment_of, default="")


def _unassociated(window: MaintenanceWindow, policy: WindowPolicy) -> Fact:
    return fact("unassociated targets allowed", policy.allow_unassociated_targets, window.allow_unassociated_targets)


def schedule_fact(text: str, policy: Recurrence) -> tuple[Fact, list[str]]:
    """Return whether a schedule expression fires when the policy says, and what is to be noted of it."""
    wanted = policy.expected
    meaning = f"every {policy.every_hours} hours" if policy.every_hours else policy.expression
    try:
        found = parse_schedule(text)
    except ValueError as error:
        return fact("schedule", meaning, text, False), [str(error)]
    # "Every 12 hours" does not say at which hour it begins; a written schedule does.
    alike = found.interval == wanted.interval if policy.every_hours else fire_alike(found, wanted)
    notes = (
        [f"{text} fires at the right times but is not a cron expression"] if alike and found.kind != wanted.kind else []
    )
    return fact("schedule", meaning, text, alike), notes


def _offset(window: MaintenanceWindow, policy: WindowPolicy) -> Fact:
    return fact("schedule offset in days", policy.schedule_offset or 0, window.schedule_offset)


def _end(window: MaintenanceWindow, policy: WindowPolicy) -> Fact:
    if policy.end is None:
        return fact("end date", "", window.end_date)
    return fact("end date", policy.end, window.end_date, _is_on(window.end_date, policy.end, window.time_zone))


def _times(window: MaintenanceWindow, policy: WindowPolicy) -> tuple[Fact, Fact]:
    return (
        fact("duration in hours", policy.duration_hours, window.duration),
        fact("cutoff in hours", policy.cutoff_hours, window.cutoff),
    )


def _start(window: MaintenanceWindow, policy: WindowPolicy) -> list[Fact]:
    zone = window.time_zone or "UTC"
    facts = [fact("time zone", policy.time_zone, zone, _same_clock(policy.time_zone, zone, policy.start))]
    if policy.start:
        facts.append(
            fact(
                "start date", policy.start, window.start_date, _is_on(window.start_date, policy.start, window.time_zone)
            )
        )
    return facts


def _is_on(moment: str, day: date, zone: str) -> bool:
    if not moment:
        return False
    # The console stores midnight UTC, the API stores the date as given: it must be that day in UTC or in the zone.
    found = moment_of(moment)
    return day in {found.astimezone(UTC).date(), found.astimezone(_zone(zone) or UTC).date()}


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
