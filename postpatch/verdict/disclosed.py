"""Findings disclosed after patching: no fault of the patch run, and reported separately."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from postpatch.model import APPEARED, Finding, FindingType, Patching, Severity
from postpatch.verdict.delta import Delta, by_identity
from postpatch.verdict.facts import count

_ORDER = tuple(Severity)


@dataclass(frozen=True)
class PatchRuns:
    """When each host's patch run began; `latest` is the latest possible moment, for hosts without an installation."""

    latest: datetime
    began: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, host: str) -> datetime:
        """Return when the host's patch run began."""
        return self.began.get(host, self.latest)


@dataclass(frozen=True)
class LateDisclosures:
    """The new findings disclosed after their host's patch run, counted by severity, on `hosts` hosts.

    Only hosts that existed and were scanned both times count. `gates`: the policy counts these findings like any
    other; otherwise they are reported, and FIND-1 and FIND-2 leave them out. A date after `now` proves nothing.
    """

    when: PatchRuns
    now: datetime
    by_severity: Mapping[Severity, int] = field(default_factory=dict)
    hosts: int = 0
    gates: bool = False

    @property
    def total(self) -> int:
        """Return the number of these findings."""
        return sum(self.by_severity.values())

    def is_late(self, finding: Finding) -> bool:
        """Return whether a package's vulnerability was disclosed only after the host's patch run."""
        disclosed_at = finding.disclosed_at
        if finding.type != FindingType.PACKAGE or disclosed_at is None:
            return False
        return self.when.of(finding.host) < disclosed_at <= self.now

    def left_out(self, severities: Iterable[Severity] = Severity) -> int:
        """Return how many findings of these severities FIND-1 and FIND-2 leave out."""
        return 0 if self.gates else sum(self.by_severity.get(severity, 0) for severity in severities)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the sentence that is reported about them beside the counts, or nothing."""
        if not self.left_out():
            return ()
        numbers = ", ".join(f"{self.by_severity[one]} {one}" for one in _ORDER if self.by_severity.get(one))
        return (f"disclosed after patching, and listed separately: {numbers}, on {count(self.hosts, 'host')}",)

    def findings(self, delta: Delta) -> Iterator[Finding]:
        """Yield each identity once, as its worst finding.

        An identity is left out if any of its findings has an unknown or earlier date.
        """
        for group in by_identity(delta.active(*APPEARED)):
            if group[0].host in delta.comparable_hosts and all(map(self.is_late, group)):
                yield min(group, key=lambda one: _ORDER.index(Severity(one.severity)))


def patch_runs(patching: Patching | None, latest: datetime) -> PatchRuns:
    """Return when each host's patch run began, as Patch Manager and Run Command report it; for files, only `latest`."""
    if patching is None:
        return PatchRuns(latest)
    hosts = {state.host for state in patching.states} | {command.host for command in patching.commands}
    began = {host: moment for host in hosts if (moment := patching.round_began_at(host))}
    return PatchRuns(latest, began)


def late_disclosures(delta: Delta, when: PatchRuns, now: datetime, *, gates: bool) -> LateDisclosures:
    """Return the number of findings disclosed after the patch run, by severity."""
    by_severity: dict[Severity, int] = {}
    hosts = set()
    for finding in LateDisclosures(when, now).findings(delta):
        severity = Severity(finding.severity)
        by_severity[severity] = by_severity.get(severity, 0) + 1
        hosts.add(finding.host)
    return LateDisclosures(when, now, by_severity, len(hosts), gates)
