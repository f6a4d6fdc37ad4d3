"""Deadlines: by when each finding with a fix must be gone, what is overdue, and what was fixed too late.

Each input is known or not. What is not known counts as what leaves less time: of all rows of the rule that may apply,
the one with the fewest days counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from itertools import islice, product
from typing import Any

from postpatch.model import Decision, Exploits, Finding, FindingType, Host, Patching, Vulnrichment
from postpatch.policy import DeadlinePolicy
from postpatch.policy.deadline import DeadlineRow, Starts
from postpatch.verdict.database import IDENTITY
from postpatch.verdict.delta import Delta, by_identity, identity
from postpatch.verdict.gates import fixable

_DAY = timedelta(days=1)
_MOST = 1_000  # overdue findings that are shown with their inputs
_TRUE_OR_FALSE = (True, False)
_IMPACTS = ("total", "partial")
Values = tuple[Any, ...]


@dataclass(frozen=True)
class Input:
    """One input of a deadline: `value` in words, and where it came from. `values` are all that it may be."""

    name: str
    value: str
    source: str
    values: Values


@dataclass(frozen=True)
class Deadline:
    """By when a finding must be gone. `due` is None without a deadline; `start_unknown`: it counts as overdue."""

    words: str
    due: datetime | None
    inputs: tuple[Input, ...]
    start_unknown: bool = False

    def is_overdue(self, now: datetime) -> bool:
        """Return whether it has passed; where it is not known when the days began, it has."""
        return self.start_unknown or (self.due is not None and now > self.due)

    def overdue_days(self, now: datetime) -> int:
        """Return the days since it passed, a begun day as a whole one; 0 if it has not, or where that is not known."""
        return -((self.due - now) // _DAY) if self.due is not None and now > self.due else 0


@dataclass(frozen=True)
class DeadlineCounts:
    """What the deadlines come to: `overdue` and `pending` findings are active, the others were fixed."""

    overdue: int = 0
    pending: int = 0
    fixed_in_time: int = 0
    fixed_late: int = 0


@dataclass(frozen=True)
class Known:
    """What is known beside the findings: CISA's catalog and decisions, the hosts, and when each was patched."""

    exploits: Exploits = field(default_factory=Exploits)
    vulnrichment: Vulnrichment = field(default_factory=Vulnrichment)
    hosts: tuple[Host, ...] = ()
    patching: Patching | None = None


class Deadlines:
    """The deadlines of one run, as of `now`."""

    def __init__(self, delta: Delta, policy: DeadlinePolicy, known: Known, now: datetime) -> None:
        self.policy, self.now = policy, now
        self.rule = policy.rule
        self._delta, self._known = delta, known

    def of(self, finding: Finding) -> Deadline | None:
        """Return the deadline of a finding on a package with a fix; None for all others, which have none."""
        if finding.type != FindingType.PACKAGE or not fixable(finding):
            return None
        inputs = tuple(self._inputs(finding))
        row = self._strictest({one.name: one.values for one in inputs})
        start = self._start(finding)
        moments = [start + row.days * _DAY] if start and row.days is not None else []
        catalogued = self._catalog_due(finding)
        due = min([*moments, *([catalogued] if catalogued else [])], default=None)
        words = f"{row.words}, or CISA's date" if catalogued and due == catalogued else row.words
        unknown = start is None and row.days is not None and due is None
        return Deadline(words, due, (*inputs, self._start_input(finding, start)), unknown)

    def is_overdue(self, finding: Finding) -> bool:
        """Return whether the finding is past its deadline."""
        deadline = self.of(finding)
        return deadline is not None and deadline.is_overdue(self.now)

    @cached_property
    def overdue(self) -> tuple[Finding, ...]:
        """Return the first active findings that are past their deadline, one of each identity, by host."""
        late = (next(filter(self.is_overdue, group), None) for group in by_identity(self._delta.active()))
        return tuple(islice(filter(None, late), _MOST))

    @cached_property
    def counts(self) -> DeadlineCounts:
        """Return how many active findings are overdue and pending, and how many were fixed in time and too late."""
        active = [self._worst(group) for group in by_identity(self._delta.active())]
        fixed = [(self._worst(group), self._fixed_at(group[0])) for group in by_identity(self._delta.vanished())]
        overdue = sum(one.is_overdue(self.now) for one in active if one)
        pending = sum(one.due is not None and not one.is_overdue(self.now) for one in active if one)
        late = sum(one.is_overdue(moment) for one, moment in fixed if one)
        in_time = sum(one.due is not None and not one.is_overdue(moment) for one, moment in fixed if one)
        return DeadlineCounts(overdue, pending, in_time, late)

    def _worst(self, group: tuple[Finding, ...]) -> Deadline | None:
        every = [one for one in map(self.of, group) if one]
        far = datetime.max.replace(tzinfo=UTC)
        return min(every, key=lambda one: (not one.start_unknown, one.due or far), default=None)

    def _fixed_at(self, finding: Finding) -> datetime:
        # Without a record of the installation, it was fixed when the scan after patching showed it, at the latest.
        patching = self._known.patching
        installed = patching.installed_at(finding.host) if patching else None
        return installed or self._delta.after.started_at

    def _strictest(self, values: Mapping[str, Values]) -> DeadlineRow:
        names = [*values]
        rows = [
            next(row for row in self.rule.rows if _applies(row, dict(zip(names, case, strict=True))))
            for case in product(*values.values())
        ]
        return min(rows, key=lambda row: float("inf") if row.days is None else row.days)

    def _inputs(self, finding: Finding) -> Iterator[Input]:
        asked = {name for row in self.rule.rows for name, _ in row.when}
        kev = self._known.exploits.catalogued.get(finding.vulnerability)
        if self.rule.needs_catalog:
            yield _input("kev", kev, "Inspector's cisaData")
        if "exploited" in asked:
            exploited = True if finding.exploit_available == "YES" or kev else None
            known = False if finding.exploit_available == "NO" and kev is False else exploited
            yield _input("exploited", known, "Inspector's exploitAvailable and cisaData")
        if "exposed" in asked:
            yield self._exposed(finding.host)
        if "automatable" in asked:
            yield from self._decided(finding)
        yield Input("severity", finding.severity, "Inspector", (finding.severity,))
        if "score_from" in asked:
            score = finding.score
            yield Input("score_from", _shown(score), "Inspector's score", (10.0 if score is None else score,))

    def _exposed(self, host: str) -> Input:
        if port := self._reachable.get(host):
            return Input("exposed", "yes", f"Inspector: {port} is reachable from the network", (True,))
        tag = self.policy.internal_tag
        if tag and (tag.key, tag.value) in self._tags.get(host, ()):
            return Input("exposed", "no", f"tag {tag.key}={tag.value}", (False,))
        # That Inspector found no open port is no proof: it does not see every path.
        return Input("exposed", "not known", "counts as exposed", (True,))

    def _decided(self, finding: Finding) -> Iterator[Input]:
        # An update (KB) is as bad as the worst of the CVEs that it fixes.
        names = [one for one in (finding.vulnerability, *finding.related) if one.startswith("CVE-")]
        found = [self._known.vulnrichment.decisions.get(name, Decision()) for name in names] or [Decision()]
        unknown = any(one.automatable is None for one in found)
        automatable = True if any(one.automatable for one in found) else None if unknown else False
        total = any(one.impact == "total" for one in found)
        impact = "total" if total else None if any(one.impact is None for one in found) else "partial"
        yield _input("automatable", automatable, "CISA Vulnrichment")
        values = (impact,) if impact else _IMPACTS
        yield Input("impact", impact or "not known", "CISA Vulnrichment" if impact else _STRICTER, values)

    def _start(self, finding: Finding) -> datetime | None:
        seen = self._first_seen.get(identity(finding))
        first = min(filter(None, (finding.first_observed_at, seen)), default=None)
        moments = (first, finding.disclosed_at)
        known = moments if self.rule.starts is Starts.FIRST_SEEN else reversed(moments)
        return next(filter(None, known), None)

    def _start_input(self, finding: Finding, start: datetime | None) -> Input:
        if start is None:
            return Input("from", "not known", "counts as overdue", ())
        source = "Inspector's vendorCreatedAt" if start == finding.disclosed_at else "Inspector's firstObservedAt"
        return Input("from", f"{start.astimezone(UTC):%Y-%m-%d}", source, ())

    def _catalog_due(self, finding: Finding) -> datetime | None:
        if not self.rule.catalog_due:
            return None
        day = self._known.exploits.due.get(finding.vulnerability)
        return datetime.combine(day, time.max, UTC) if day else None

    @cached_property
    def _reachable(self) -> dict[str, str]:
        found = self._delta.query(
            "SELECT DISTINCT host, protocol, port_begin, port_end FROM after "
            f"WHERE type = '{FindingType.NETWORK.value}' AND status IN ('ACTIVE', 'SUPPRESSED') ORDER BY ALL DESC"
        )
        return {host: f"{protocol} {begin}" for host, protocol, begin, _ in found}

    @cached_property
    def _tags(self) -> dict[str, tuple[tuple[str, str], ...]]:
        hosts = {host.id: host.tags for host in self._delta.after.hosts}
        return hosts | {host.id: host.tags for host in self._known.hosts}

    @cached_property
    def _first_seen(self) -> dict[tuple[Any, ...], datetime]:
        # Inspector may give a finding a new date when it reopens it: the earlier of both snapshots counts.
        rows = self._delta.query(
            f"SELECT {IDENTITY}, MIN(b.first_observed_at) FROM baseline b JOIN after f USING ({IDENTITY}) "
            f"WHERE b.first_observed_at < f.first_observed_at GROUP BY {IDENTITY}"
        )
        return {tuple(names): datetime.fromisoformat(first) for *names, first in rows}


_STRICTER = "counts as what leaves less time"


def asked_about(delta: Delta) -> dict[str, str]:
    """Return what must be looked up in CISA's catalog for the deadlines: a finding's ARN for each vulnerability."""
    return {one.vulnerability: one.arn for one in with_deadlines(delta)}


def with_deadlines(delta: Delta) -> Iterator[Finding]:
    """Yield the findings that may have a deadline: fixable ones on packages, active now or fixed since the baseline."""
    for findings in (delta.vanished(), delta.active()):
        yield from (one for one in findings if one.type == FindingType.PACKAGE and fixable(one))


def _applies(row: DeadlineRow, values: Mapping[str, Any]) -> bool:
    for name, wanted in row.when:
        value = values[name]
        if name == "severity":
            holds = value in wanted
        elif name == "score_from":
            holds = value >= wanted
        else:
            holds = value == wanted
        if not holds:
            return False
    return True


def _input(name: str, value: bool | None, source: str) -> Input:
    if value is None:
        return Input(name, "not known", _STRICTER, _TRUE_OR_FALSE)
    return Input(name, "yes" if value else "no", source, (value,))


def _shown(score: float | None) -> str:
    return "not known" if score is None else f"{score:g}"
