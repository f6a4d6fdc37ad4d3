"""What Inspector Classic keeps: resource groups, targets, templates, runs, findings and exclusions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from ..hosts.host import Inventory
from .arns import RUN, TARGET, TEMPLATE, Arns, Kind
from .errors import no_such_entity, run_in_progress

ENDED = frozenset({"FAILED", "ERROR", "COMPLETED", "COMPLETED_WITH_ERRORS", "CANCELED"})
COLLECTING = frozenset(
    {"CREATED", "START_DATA_COLLECTION_PENDING", "START_DATA_COLLECTION_IN_PROGRESS", "COLLECTING_DATA"}
)

Resource = TypeVar("Resource")


@dataclass(frozen=True)
class ResourceGroup:
    """The tags, of which a host of a target has any one."""

    arn: str
    tags: tuple[tuple[str, str | None], ...]
    created_at: datetime


@dataclass
class Target:
    """An assessment target; without a resource group it is every host of the account and Region."""

    arn: str
    name: str
    group: ResourceGroup | None
    created_at: datetime
    updated_at: datetime


@dataclass
class Template:
    """An assessment template, which cannot be changed; only its tags can."""

    arn: str
    name: str
    target: Target
    duration: int
    rules_packages: tuple[str, ...]
    user_attributes: dict[str, str]
    created_at: datetime
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asset:
    """The host that a finding is about, as it was when the data was collected."""

    agent_id: str
    group: str | None
    image_id: str
    hostname: str
    addresses: tuple[str, ...]
    tags: Mapping[str, str]


@dataclass
class Finding:
    """One finding of one run; without an asset it is the placeholder of a rules package that found nothing."""

    arn: str
    run_arn: str
    rules_package: str
    rule: str | None
    title: str
    description: str
    recommendation: str
    severity: str
    asset: Asset | None
    attributes: dict[str, str]
    user_attributes: dict[str, str]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Exclusion:
    """One check that a run could not do, with the host or the rules package that it concerns."""

    arn: str
    title: str
    description: str
    recommendation: str
    scopes: tuple[tuple[str, str], ...]


@dataclass
class Agent:
    """One host's part in a run: its agent's health, and what it sent when the collection ended."""

    asset: Asset
    platform: str
    health: str
    code: str
    inventory: Inventory | None = None
    settings: dict[str, str] = field(default_factory=dict)


@dataclass
class Run:
    """One assessment run; `plan` counts how often what is to come was changed."""

    arn: str
    name: str
    template: Template
    created_at: datetime
    agents: list[Agent]
    changes: list[tuple[datetime, str]] = field(default_factory=list)
    started_at: datetime | None = None
    completed_at: datetime | None = None
    data_collected: bool = False
    plan: int = 0

    @property
    def state(self) -> str:
        """Name the state, one of AssessmentRunState."""
        return self.changes[-1][1]

    @property
    def ended(self) -> bool:
        """Tell whether the run has come to any of its ends."""
        return self.state in ENDED


class Records:
    """Keep everything by ARN; what goes takes with it what belongs to it."""

    def __init__(self, arns: Arns) -> None:
        self.arns = arns
        self.groups: dict[str, ResourceGroup] = {}
        self.targets: dict[str, Target] = {}
        self.templates: dict[str, Template] = {}
        self.runs: dict[str, Run] = {}
        self.findings: dict[str, Finding] = {}
        self.exclusions: dict[str, Exclusion] = {}

    def find(self, kind: Kind, arn: str, known: Mapping[str, Resource]) -> Resource:
        """Find one resource; InvalidInputException, AccessDeniedException or NoSuchEntityException if there is none."""
        self.arns.check(kind, arn)
        if arn not in known:
            raise no_such_entity(f"{kind.code}_DOES_NOT_EXIST", f"There is no {kind.noun} {arn}")
        return known[arn]

    def target(self, arn: str) -> Target:
        """Find an assessment target."""
        return self.find(TARGET, arn, self.targets)

    def template(self, arn: str) -> Template:
        """Find an assessment template."""
        return self.find(TEMPLATE, arn, self.templates)

    def run(self, arn: str) -> Run:
        """Find an assessment run."""
        return self.find(RUN, arn, self.runs)

    def runs_of(self, template: Template) -> list[Run]:
        """List the runs of a template, the oldest first."""
        return [run for run in self.runs.values() if run.template is template]

    def findings_of(self, run: Run) -> list[Finding]:
        """List the findings of a run."""
        return [finding for finding in self.findings.values() if finding.run_arn == run.arn]

    def delete(self, arn: str) -> None:
        """Delete what has this ARN and all below it; AssessmentRunInProgressException while a run below goes on."""
        going_on = [run.arn for run in self._below(arn, self.runs) if not run.ended]
        if going_on:
            raise run_in_progress(going_on)
        self.targets = _without(arn, self.targets)
        self.templates = _without(arn, self.templates)
        self.runs = _without(arn, self.runs)
        self.findings = _without(arn, self.findings)
        self.exclusions = _without(arn, self.exclusions)

    @staticmethod
    def _below(arn: str, known: Mapping[str, Resource]) -> Iterator[Resource]:
        return (resource for each, resource in known.items() if _belongs(each, arn))


def _belongs(arn: str, parent: str) -> bool:
    return arn == parent or arn.startswith(f"{parent}/")


def _without(arn: str, known: Mapping[str, Resource]) -> dict[str, Resource]:
    return {each: resource for each, resource in known.items() if not _belongs(each, arn)}
