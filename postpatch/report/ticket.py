"""What a ticket about a finding needs beside the finding itself: names, versions, dates, owner, waiver, links."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC

from postpatch.model import Exploits, Finding, FindingType
from postpatch.report import console
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import is_fixed, kind_of
from postpatch.verdict.deadlines import Deadline, Deadlines
from postpatch.verdict.run import Run
from postpatch.verdict.waivers import Waivers


@dataclass(frozen=True)
class Tickets:
    """Makes the columns of tickets; what is not known is empty."""

    names: Mapping[str, str] = field(default_factory=dict)
    waivers: Waivers | None = None
    deadlines: Deadlines | None = None
    exploits: Exploits = field(default_factory=Exploits)

    def deadline(self, finding: Finding) -> Deadline | None:
        """Return the finding's deadline, where the policy has any."""
        return self.deadlines.of(finding) if self.deadlines else None

    def due(self, finding: Finding) -> str:
        """Return the day by which the finding must be gone, or nothing."""
        deadline = self.deadline(finding)
        return f"{deadline.due.astimezone(UTC):%Y-%m-%d}" if deadline and deadline.due else ""

    def overdue(self, finding: Finding) -> str:
        """Return the days that the finding is overdue, `not known` where it counts as overdue, or nothing."""
        deadline = self.deadline(finding)
        if deadline is None or self.deadlines is None or not deadline.is_overdue(self.deadlines.now):
            return ""
        return "not known" if deadline.start_unknown else str(deadline.overdue_days(self.deadlines.now))

    def exploited(self, finding: Finding) -> str:
        """Return whether CISA's catalog holds the vulnerability, or whether Inspector knows an exploit; or nothing."""
        if self.exploits.catalogued.get(finding.vulnerability):
            return "KEV"
        return "exploit" if finding.exploit_available == "YES" else ""

    def waiver(self, finding: Finding) -> str:
        """Return the ticket or the approver of the waiver that accepts the finding's risk, or nothing."""
        if self.waivers is None or not self.waivers.accept(finding):
            return ""
        every = (self.waivers.every[place] for place in self.waivers.matching(finding))
        return next((f"{one.ticket or one.approver} until {one.expires}" for one in every), "")

    @property
    def by_finding(self) -> bool:
        """Return whether deadlines or waivers decide about each finding by itself."""
        return self.deadlines is not None or bool(self.waivers and self.waivers.every)

    def described(self, finding: Finding) -> dict[str, str]:
        """Return the columns that are the same for each finding that says the same, on whatever host.

        `owner` is whose it is while it is active, if nothing but its own fields says why it is.
        """
        return {
            "packages": _joined(package.name for package in finding.packages),
            "installed": _joined(package.installed for package in finding.packages),
            "fixed_in": _joined(package.fixed_in or "" for package in finding.packages if is_fixed(package)),
            "epss": "" if finding.epss is None else f"{finding.epss:g}",
            "exploited": self.exploited(finding),
            "owner": EXPLANATIONS[kind_of(finding)].owner,
            "advisory_link": console.advisory(finding.vulnerability),
        }

    def of_host(self, region: str, host: str) -> dict[str, str]:
        """Return the columns of a host."""
        return {"host_name": self.names.get(host, ""), "host_link": console.instance(region, host)}

    def decided(self, finding: Finding) -> dict[str, str]:
        """Return the columns that the policy decides for an active finding."""
        is_open = finding.type != FindingType.CONFIGURATION
        return {
            "due": self.due(finding) if is_open else "",
            "overdue_days": self.overdue(finding) if is_open else "",
            "deadline_inputs": self.inputs(finding) if is_open else "",
            "waiver": self.waiver(finding),
        }

    def inputs(self, finding: Finding) -> str:
        """Return what the finding's deadline rests on, each with where it came from, or nothing."""
        deadline = self.deadline(finding)
        return "; ".join(f"{one.name} {one.value} ({one.source})" for one in deadline.inputs) if deadline else ""


def tickets(run: Run) -> Tickets:
    """Return what makes the tickets of a run."""
    return Tickets({host.id: host.name for host in run.hosts}, run.accepted, run.deadlines, run.exploits)


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, texts)))
