"""Reconstruct a baseline after patching from the data that Inspector still has.

Findings that are active now and were first seen before patching were active then; so were those that closed since. A
reconstructed baseline is less than one that was taken: `LIMITS` lists what it cannot know, and every report shows them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from postpatch.errors import CouldNotCheck
from postpatch.model import Finding, Host, Patching, ScannedHost

# Inspector user guide, "Understanding findings": closed findings are kept this long. Run Command's history, too.
KEPT = timedelta(days=30)
# The longest that a maintenance window lasts (botocore: ssm, shape MaintenanceWindowDurationHours).
_LONGEST_ROUND = timedelta(hours=24)
_A_MOMENT = timedelta(seconds=1)

LIMITS = (
    "severities are those of today, not those before patching",
    "the time at which a finding closed is that of its last update",
    "a finding that is suppressed now and was updated since patching began is left out, because it is not known "
    "whether it was already suppressed before",
    "CIS checks have no history: settings are not compared",
    "a host that was terminated more than three days ago, or left the scope, is missing",
    "its time follows from the installations: those more than 24 hours before the last one count as earlier patching",
)


def before_the_round(patching: Patching, hosts: Iterable[str], now: datetime, remedy: str) -> datetime:
    """Return the moment before the first installation of the hosts' last patching.

    CouldNotCheck if no installation is known, or if Inspector may have deleted findings that closed since then; its
    message begins with `remedy`, the command that takes a baseline.
    """
    begins = [began for host in hosts if (began := _began(patching, host))]
    if not begins:
        raise CouldNotCheck(
            f"Take a baseline before you patch: {remedy}. "
            "Neither Patch Manager nor the command history shows an installation on any host in scope, so there is no "
            "patching before which a baseline could be reconstructed."
        )
    first = min(began for began in begins if began >= max(begins) - _LONGEST_ROUND) - _A_MOMENT
    if now - first > KEPT:
        raise CouldNotCheck(
            f"Take a baseline before you patch again: {remedy}. "
            f"The last patching began {first:%Y-%m-%d %H:%M:%S} UTC, more than {KEPT.days} days ago: Inspector has "
            "deleted findings that closed since then, so the baseline cannot be reconstructed."
        )
    return first


class Reconstruction(Iterable[Finding]):
    """The findings as they were at `moment`; iterate once to stream them.

    `hosts` are those that Inspector had scanned by then, as far as the findings read so far prove it.
    """

    def __init__(self, findings: Iterable[Finding], moment: datetime) -> None:
        self.hosts: set[str] = set()
        self._findings = findings
        self._moment = moment

    def __iter__(self) -> Iterator[Finding]:
        """Yield each finding that existed at the moment, with its status at that time."""
        for finding in self._findings:
            if finding.first_observed_at is None or finding.first_observed_at >= self._moment:
                continue
            self.hosts.add(finding.host)
            if status := self._status(finding):
                yield replace(finding, status=status)

    def known_hosts(self, hosts: Iterable[Host]) -> tuple[ScannedHost, ...]:
        """Return which of `hosts` existed at the moment. A start resets the launch time, so a finding proves it too.

        Call it after the last finding. A host without a finding from then existed, but is not proven to be scanned.
        """
        return tuple(
            ScannedHost(host.id, scanned=found, proof="findings" if found else "", tags=host.tags)
            for host in hosts
            if (found := host.id in self.hosts) or self._was_launched(host)
        )

    def _status(self, finding: Finding) -> str:
        # Empty if unknown. A change to CLOSED or SUPPRESSED changes updatedAt, but not lastObservedAt.
        if finding.status == "ACTIVE":
            return "ACTIVE"
        if finding.updated_at is None:
            return ""
        if finding.updated_at < self._moment:
            return finding.status
        return "ACTIVE" if finding.status == "CLOSED" else ""

    def _was_launched(self, host: Host) -> bool:
        return host.launched_at is not None and host.launched_at < self._moment


def _began(patching: Patching, host: str) -> datetime | None:
    began = patching.round_began_at(host)
    if began is None:
        return None
    # The command was requested before its turn came on this host.
    own = [one for one in patching.commands_on(host) if one.operation == "Install"]
    return min([began, *(one.requested_at for one in own if one.ended_at and one.ended_at >= began)])
