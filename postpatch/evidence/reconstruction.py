"""A baseline put together afterwards, for whoever patched without taking one: what Inspector still tells of that time.

What is active now and was first seen before the patch round was active then; so was what has closed since. It is less
than a baseline that was taken: `LIMITS` says what it cannot know, and stands wherever it is told of.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from postpatch.errors import CouldNotCheck
from postpatch.model import Finding, Host, Patching, ScannedHost

# Inspector user guide, "Understanding findings": how long a closed finding is kept. Run Command's history is as long.
KEPT = timedelta(days=30)
# The longest that a maintenance window lasts (botocore: ssm, shape MaintenanceWindowDurationHours).
_LONGEST_ROUND = timedelta(hours=24)
_A_MOMENT = timedelta(seconds=1)

LIMITS = (
    "severities are those of today, not those of the time",
    "when a finding closed is told by its last update alone",
    "a finding that is suppressed now and was updated since the round began is left out: whether it was suppressed "
    "before is not known",
    "CIS checks have no history: settings are not compared",
    "a host that went more than three days ago, or left the scope, left no trace",
    "its moment follows from the installations: those that began over 24 hours before the last are another round's",
)


def before_the_round(patching: Patching, hosts: Iterable[str], now: datetime, remedy: str) -> datetime:
    """Return the moment before the first installation of the hosts' last patch round.

    CouldNotCheck if no installation is known, or if Inspector may have deleted what closed since; its message begins
    with `remedy`, the command that takes a baseline.
    """
    begins = [began for host in hosts if (began := _began(patching, host))]
    if not begins:
        raise CouldNotCheck(
            f"Take a baseline before the next round: {remedy}. "
            "Neither Patch Manager nor the command history tells of an installation on any host in scope, so there is "
            "no patch round before which one could be reconstructed."
        )
    first = min(began for began in begins if began >= max(begins) - _LONGEST_ROUND) - _A_MOMENT
    if now - first > KEPT:
        raise CouldNotCheck(
            f"Take a baseline before the next round: {remedy}. "
            f"The last patch round began {first:%Y-%m-%d %H:%M:%S} UTC, more than {KEPT.days} days ago: Inspector has "
            "deleted findings that closed since, so one cannot be reconstructed."
        )
    return first


class Reconstruction(Iterable[Finding]):
    """The findings as they stood at `moment`; iterate once to stream them.

    `hosts` are those that Inspector had looked at by then, as far as the findings read so far prove it.
    """

    def __init__(self, findings: Iterable[Finding], moment: datetime) -> None:
        self.hosts: set[str] = set()
        self._findings = findings
        self._moment = moment

    def __iter__(self) -> Iterator[Finding]:
        """Yield each finding that was there at the moment, with its status of that time."""
        for finding in self._findings:
            if finding.first_observed_at is None or finding.first_observed_at >= self._moment:
                continue
            self.hosts.add(finding.host)
            if status := self._status(finding):
                yield replace(finding, status=status)

    def known_hosts(self, hosts: Iterable[Host]) -> tuple[ScannedHost, ...]:
        """Return which of `hosts` were there at the moment; a start resets a launch time, so a finding proves it too.

        To be asked after the last finding. One that has no finding from then was there, and not shown to be scanned.
        """
        return tuple(
            ScannedHost(host.id, scanned=found, proof="findings" if found else "", tags=host.tags)
            for host in hosts
            if (found := host.id in self.hosts) or self._was_launched(host)
        )

    def _status(self, finding: Finding) -> str:
        # Empty where it is not known. A change to CLOSED or SUPPRESSED moves updatedAt, and lastObservedAt stays.
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
    own = [one for one in patching.commands if one.host == host and one.operation == "Install"]
    return min([began, *(one.requested_at for one in own if one.ended_at and one.ended_at >= began)])
