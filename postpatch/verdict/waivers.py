"""Waivers: accepted risks. A waiver exempts a finding from the limits; it never changes the finding's outcome."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import chain

from postpatch.model import Finding, Judgement
from postpatch.policy import Waiver
from postpatch.verdict.delta import Delta, by_identity
from postpatch.verdict.facts import count, fact, judged

SOON = timedelta(days=14)
_BROAD_FROM = 2  # a waiver for the only finding there is matches everything and is not too broad


class WaiverState(StrEnum):
    """A waiver's state; if several apply, the first."""

    EXPIRED = "expired"
    TOO_BROAD = "too broad"
    UNUSED = "unused"
    EXPIRING = "expiring"
    CURRENT = "current"


@dataclass(frozen=True)
class WaiverUse:
    """A waiver of the policy and what it does in this run.

    `what` and `where` are words: `CVE-2026-1 in vim`, and a host's id, `hosts tagged KEY=VALUE` or `every host`.
    `findings` and `hosts` count the active and suppressed findings that it matches; an expired waiver no longer accepts
    them. `days_left` is 0 on its last day and negative after it. `notes` are sentences for the report, often none.
    """

    what: str
    where: str
    reason: str
    approver: str
    expires: date
    ticket: str
    state: WaiverState
    findings: int
    hosts: int
    days_left: int
    notes: tuple[str, ...] = ()

    @property
    def accepts(self) -> bool:
        """Return whether it exempts findings from the limits."""
        return self.state is not WaiverState.EXPIRED and self.findings > 0


class Waivers:
    """The waivers of a policy as of `now`."""

    def __init__(self, waivers: Sequence[Waiver], delta: Delta, now: datetime) -> None:
        self.every = tuple(waivers)
        self.now = now
        self._tags = {host.id: frozenset(host.tags) for host in delta.after.hosts}
        # Indexed by what each waiver must name, so that a fleet's findings are not compared with every waiver.
        self._by_name: dict[str, list[tuple[int, Waiver]]] = defaultdict(list)
        for place, waiver in enumerate(self.every):
            self._by_name[waiver.vulnerability or waiver.package or waiver.port or ""].append((place, waiver))

    def accept(self, finding: Finding) -> bool:
        """Return whether a current waiver accepts the finding's risk."""
        return any(holds(waiver, self.now) for _, waiver in self._matching(finding))

    def matching(self, finding: Finding) -> Iterator[int]:
        """Yield the positions in the policy's list of the waivers that match the finding, including expired ones."""
        return (place for place, _ in self._matching(finding))

    def _matching(self, finding: Finding) -> Iterator[tuple[int, Waiver]]:
        names = {finding.vulnerability, finding.port, *(package.name for package in finding.packages)} - {""}
        tags = self._tags.get(finding.host, frozenset())
        for name in names & self._by_name.keys():
            yield from (one for one in self._by_name[name] if matches(one[1], finding, tags))


def holds(waiver: Waiver, now: datetime) -> bool:
    """Return whether the waiver is current: through the last second of the day on which it expires, in UTC."""
    return _days_left(waiver, now) >= 0


def matches(waiver: Waiver, finding: Finding, tags: frozenset[tuple[str, str]] = frozenset()) -> bool:
    """Return whether the waiver matches the finding: everything that it names must match. `tags` are the host's."""
    return (
        waiver.vulnerability in (None, finding.vulnerability)
        and (waiver.package is None or {package.name for package in finding.packages} == {waiver.package})
        and waiver.port in (None, finding.port)
        and waiver.host in (None, finding.host)
        and (waiver.host_tag is None or (waiver.host_tag.key, waiver.host_tag.value) in tags)
    )


def waiver_uses(delta: Delta, waivers: Waivers) -> tuple[WaiverUse, ...]:
    """Return what each waiver of the policy does in this run, in the policy's order."""
    findings, hosts = [0] * len(waivers.every), [set[str]() for _ in waivers.every]
    active, beside = 0, Counter[str]()
    # A suppressed finding is accepted as an active one is.
    every = chain(by_identity(delta.active()), by_identity(delta.hidden.findings()))
    for group in every if waivers.every else ():
        active += 1
        names = {package.name for one in group for package in one.packages}
        beside.update(names if len(names) > 1 else ())
        for place in {place for one in group for place in waivers.matching(one)}:
            findings[place] += 1
            hosts[place].add(group[0].host)
    tagged = any(host.tags for host in delta.after.hosts)
    return tuple(
        _use(waiver, number, len(on), waivers.now, _why_unused(waiver, beside, tagged), everything=number == active)
        for waiver, number, on in zip(waivers.every, findings, hosts, strict=True)
    )


def waivers_current(uses: Sequence[WaiverUse]) -> Judgement:
    """Judge FIND-7: no waiver has expired. One that is unused, too broad or expires within 14 days is reported."""
    if not uses:
        return Judgement(True, "the policy has no waivers")
    facts = [
        fact(f"waiver {use.what} on {use.where}", "not expired", f"through {use.expires}", use.days_left >= 0)
        for use in uses
    ]
    notes = (note for use in uses for note in use.notes)
    return judged("waivers", facts, notes, f"{count(len(facts), 'waiver')}, none expired")


def _use(waiver: Waiver, findings: int, hosts: int, now: datetime, why_unused: str, *, everything: bool) -> WaiverUse:
    days_left = _days_left(waiver, now)
    states = {
        WaiverState.EXPIRED: days_left < 0,
        WaiverState.TOO_BROAD: everything and findings >= _BROAD_FROM,
        WaiverState.UNUSED: not findings,
        WaiverState.EXPIRING: 0 <= days_left < SOON.days,
        WaiverState.CURRENT: True,
    }
    notes = {
        WaiverState.TOO_BROAD: f"too broad: {waiver} matches all {findings} findings",
        WaiverState.UNUSED: f"unused: {waiver}{why_unused}",
        WaiverState.EXPIRING: f"expires soon: {waiver}, {waiver.expires}",
    }
    return WaiverUse(
        what=waiver.what,
        where=waiver.where,
        reason=waiver.reason,
        approver=waiver.approver,
        expires=waiver.expires,
        ticket=waiver.ticket or "",
        state=next(state for state, is_so in states.items() if is_so),
        findings=findings,
        hosts=hosts,
        days_left=days_left,
        notes=tuple(words for state, words in notes.items() if states[state]),
    )


def _why_unused(waiver: Waiver, beside: Counter[str], tagged: bool) -> str:
    if waiver.host_tag and not tagged:
        return "; the collected data has no host tags"
    others = beside[waiver.package or ""]
    return (
        f"; {count(others, 'finding')} in {waiver.package} and in other packages: name the vulnerability"
        if others
        else ""
    )


def _days_left(waiver: Waiver, now: datetime) -> int:
    return (waiver.expires - now.astimezone(UTC).date()).days
