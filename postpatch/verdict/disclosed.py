"""What was disclosed after the patch round: no fault of the round, and told apart from its work."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from postpatch.model import DeltaClass, Finding, FindingType, Patching, Severity
from postpatch.policy import Policy
from postpatch.verdict.delta import Delta, by_identity
from postpatch.verdict.facts import count

_ORDER = tuple(Severity)


@dataclass(frozen=True)
class Rounds:
    """When each host's patch round began; of a host without an installation `latest` is as late as it can have been."""

    latest: datetime
    began: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, host: str) -> datetime:
        """Return when the host's patch round began."""
        return self.began.get(host, self.latest)


@dataclass(frozen=True)
class Late:
    """The findings that were disclosed after their host's patch round, by severity; on `hosts` hosts.

    Only what is new, and on a host that was there and scanned both times. `gates`: the policy lets them count like any
    other; otherwise they are told, and FIND-1 and FIND-2 leave them out.
    """

    by_severity: Mapping[Severity, int] = field(default_factory=dict)
    hosts: int = 0
    gates: bool = False

    @property
    def total(self) -> int:
        """Return how many there are."""
        return sum(self.by_severity.values())

    def left_out(self, severities: Iterable[Severity] = Severity) -> int:
        """Return how many of these severities the counts of FIND-1 and FIND-2 leave out."""
        return 0 if self.gates else sum(self.by_severity.get(severity, 0) for severity in severities)

    @property
    def told(self) -> tuple[str, ...]:
        """Return what is told of them apart from the counts, a sentence or none."""
        if not self.left_out():
            return ()
        numbers = ", ".join(f"{self.by_severity[one]} {one}" for one in _ORDER if self.by_severity.get(one))
        return (f"disclosed after the patch round, and told apart: {numbers}, on {count(self.hosts, 'host')}",)


def rounds(patching: Patching | None, latest: datetime) -> Rounds:
    """Return when each host's patch round began, by what Patch Manager and Run Command tell; files tell nothing."""
    if patching is None:
        return Rounds(latest)
    hosts = {state.host for state in patching.states} | {command.host for command in patching.commands}
    began = {host: moment for host in hosts if (moment := patching.round_began_at(host))}
    return Rounds(latest, began)


def was_late(finding: Finding, when: Rounds, now: datetime) -> bool:
    """Tell whether a package's flaw became known only after the host's patch round; a date to come proves nothing."""
    disclosed_at = finding.disclosed_at
    return (
        finding.type == FindingType.PACKAGE and disclosed_at is not None and when.of(finding.host) < disclosed_at <= now
    )


def late_findings(delta: Delta, when: Rounds, now: datetime) -> Iterator[Finding]:
    """Yield the new findings that were disclosed after the patch round, each identity once, as the worst of it.

    One that shares its identity with a finding of unknown or earlier date is none.
    """
    for group in by_identity(delta.active(DeltaClass.NEW)):
        if group[0].host in delta.comparable_hosts and all(was_late(one, when, now) for one in group):
            yield min(group, key=lambda one: _ORDER.index(Severity(one.severity)))


def disclosed_late(delta: Delta, policy: Policy, when: Rounds, now: datetime) -> Late:
    """Return what was disclosed after the patch round, counted."""
    by_severity: dict[Severity, int] = {}
    hosts = set()
    for finding in late_findings(delta, when, now):
        severity = Severity(finding.severity)
        by_severity[severity] = by_severity.get(severity, 0) + 1
        hosts.add(finding.host)
    return Late(by_severity, len(hosts), gates=policy.gate.disclosed_after == "fail")
