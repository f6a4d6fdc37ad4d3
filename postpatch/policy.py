"""The policy, `verify.toml`: what must be true. Read once, before collection, with every problem told at once."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from postpatch.errors import BadPolicy
from postpatch.model import Engine, MaintenanceWindow, Scope, Severity, WantedWindow, WindowTarget, WindowTask
from postpatch.schedule import Schedule, every, parse_schedule

_SCOPES = ("stack", "tag", "auto_scaling_group", "instances")
SERVICE_LINKED = "service-linked"
_RUN_PATCH_BASELINE = "AWS-RunPatchBaseline"
_FIVE_MINUTES = 300
# botocore shapes MaintenanceWindowName, MaxConcurrency and MaxErrors
_NAME = r"^[a-zA-Z0-9_\-.]{3,128}$"
_CONCURRENCY = r"^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$"
_ERRORS = r"^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$"

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
InstanceId = Annotated[str, StringConstraints(pattern=r"^i-([0-9a-f]{8}|[0-9a-f]{17})$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Tag(_Section):
    """One tag, as EC2 has them."""

    key: Text
    value: str


class ScopePolicy(_Section):
    """Which hosts are judged, in which account and region."""

    account: Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,}(-[a-z]+)+-\d$")]
    stack: Text | None = None
    tag: Tag | None = None
    auto_scaling_group: Text | None = None
    instances: Annotated[list[InstanceId], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in _SCOPES) != 1:
            raise PydanticCustomError("scope", "name exactly one of {kinds}", {"kinds": ", ".join(_SCOPES)})
        return self

    @property
    def scope(self) -> Scope:
        """Return the scope as the evidence names it."""
        if self.tag:
            return Scope("tag", (self.tag.value,), self.tag.key)
        if self.instances:
            return Scope("instances", tuple(sorted(self.instances)))
        return (
            Scope("stack", (self.stack,))
            if self.stack
            else Scope("auto_scaling_group", (str(self.auto_scaling_group),))
        )


class WindowPolicy(_Section):
    """The maintenance window that must stand. Limits: botocore shape CreateMaintenanceWindowRequest."""

    name: Annotated[str, StringConstraints(pattern=_NAME)]
    every_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] | None = None
    schedule: str | None = None
    duration_hours: Annotated[int, Field(ge=1, le=24)]
    cutoff_hours: Annotated[int, Field(ge=0, le=23)]
    start: date | None = None
    time_zone: str
    allow_unassociated_targets: bool

    @field_validator("cutoff_hours")
    @classmethod
    def _below_duration(cls, cutoff: int, info: ValidationInfo) -> int:
        duration = info.data.get("duration_hours")
        if duration is not None and cutoff >= duration:
            raise PydanticCustomError("cutoff", "must be below duration_hours ({duration})", {"duration": duration})
        return cutoff

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise PydanticCustomError("zone", "'{zone}' is no IANA time zone, such as Europe/Berlin", {"zone": zone})
        return zone

    @field_validator("schedule")
    @classmethod
    def _valid_schedule(cls, text: str | None) -> str | None:
        if text is None:
            return None
        try:
            closest = parse_schedule(text).closest
        except ValueError as error:
            raise PydanticCustomError("schedule", "{problem}", {"problem": str(error)}) from error
        if closest and closest.total_seconds() < _FIVE_MINUTES:
            raise PydanticCustomError("schedule", "'{text}' fires more often than every 5 minutes", {"text": text})
        return text

    @model_validator(mode="after")
    def _one_schedule(self) -> Self:
        if (self.every_hours is None) == (self.schedule is None):
            raise PydanticCustomError("schedule", "give exactly one of every_hours, schedule")
        return self

    @property
    def expression(self) -> str:
        """Return the schedule expression a window is created with."""
        return self.schedule or every(self.every_hours or 24)

    @property
    def expected(self) -> Schedule:
        """Return the expected schedule, parsed."""
        return parse_schedule(self.expression)

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone of the window's executions."""
        return ZoneInfo(self.time_zone)


class TargetPolicy(_Section):
    """The registered target: hosts by tags, all of which must match (SSM: at most five keys)."""

    name: Annotated[str, StringConstraints(pattern=_NAME)]
    tags: Annotated[
        dict[Text, Annotated[list[str], Field(min_length=1, max_length=50)]], Field(min_length=1, max_length=5)
    ]

    @property
    def selectors(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the tags as Systems Manager's target keys, in one order."""
        return tuple(sorted((f"tag:{key}", tuple(sorted(values))) for key, values in self.tags.items()))


class TaskPolicy(_Section):
    """The Run Command task. Limits: botocore shape RegisterTaskWithMaintenanceWindowRequest."""

    name: Annotated[str, StringConstraints(pattern=_NAME)]
    document: Text
    parameters: dict[Text, list[str]]
    max_concurrency: Annotated[str, StringConstraints(pattern=_CONCURRENCY)]
    max_errors: Annotated[str, StringConstraints(pattern=_ERRORS)]
    priority: Annotated[int, Field(ge=0)]
    timeout_seconds: Annotated[int, Field(ge=30, le=2_592_000)]
    cutoff_behavior: Literal["CONTINUE_TASK", "CANCEL_TASK"]
    service_role: Annotated[str, StringConstraints(pattern=r"^(service-linked|arn:[a-z-]+:iam::\d{12}:role/.+)$")]

    @field_validator("parameters")
    @classmethod
    def _installs(cls, parameters: dict[str, list[str]], info: ValidationInfo) -> dict[str, list[str]]:
        patches = str(info.data.get("document", "")).endswith(_RUN_PATCH_BASELINE)
        if patches and parameters.get("Operation") != ["Install"]:
            raise PydanticCustomError(
                "operation", 'must hold Operation = ["Install"]: any other operation patches nothing'
            )
        return parameters


class GatePolicy(_Section):
    """From which severity on a finding turns a check red; what is not rated yet always counts."""

    severity: Annotated[Severity, Field(strict=False)] = Severity.LOW

    @field_validator("severity")
    @classmethod
    def _rated(cls, severity: Severity) -> Severity:
        if severity is Severity.UNTRIAGED:
            raise PydanticCustomError("severity", "UNTRIAGED is no limit: findings without a rating always count")
        return severity

    def counts(self, severity: str) -> bool:
        """Tell whether a finding of `severity` counts against the gate."""
        order = list(Severity)
        return (
            severity not in order
            or order.index(Severity(severity)) <= order.index(self.severity)
            or (severity == Severity.UNTRIAGED)
        )


class InspectorPolicy(_Section):
    """Which Inspector assesses the hosts, and with Classic, which template it runs."""

    engine: Annotated[Engine, Field(strict=False)] = Engine.V2
    template: Text | None = None


class WaitPolicy(_Section):
    """How long the assessment may take and how often it is asked."""

    minutes: Annotated[int, Field(ge=1, le=1_440)] = 90
    poll_seconds: Annotated[int, Field(ge=1, le=600)] = 30


class Waiver(_Section):
    """An accepted risk: what, why, by whom, until when."""

    vulnerability: Text | None = None
    package: Text | None = None
    host: InstanceId | None = None
    reason: Text
    approver: Text
    expires: date
    ticket: Text | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.vulnerability is None and self.package is None:
            raise PydanticCustomError("waiver", "name a vulnerability or a package: a waiver for everything is none")
        return self

    def __str__(self) -> str:
        what = " in ".join(part for part in (self.vulnerability, self.package) if part)
        return f"{what} on {self.host}" if self.host else what


class Policy(_Section):
    """All that must be true, as `verify.toml` says it."""

    scope: ScopePolicy
    window: WindowPolicy
    target: TargetPolicy
    task: TaskPolicy
    gate: GatePolicy = Field(default_factory=GatePolicy)
    inspector: InspectorPolicy = Field(default_factory=InspectorPolicy)
    wait: WaitPolicy = Field(default_factory=WaitPolicy)
    waiver: list[Waiver] = []

    @property
    def wanted(self) -> WantedWindow:
        """Return the window, target and task as they are created where they are absent."""
        window, task = self.window, self.task
        return WantedWindow(
            MaintenanceWindow(
                id="",
                name=window.name,
                schedule=window.expression,
                duration=window.duration_hours,
                cutoff=window.cutoff_hours,
                enabled=True,
                allow_unassociated_targets=window.allow_unassociated_targets,
                start_date=f"{window.start.isoformat()}T00:00:00Z" if window.start else "",
                time_zone=window.time_zone,
            ),
            WindowTarget("", self.target.name, "INSTANCE", self.target.selectors),
            WindowTask(
                id="",
                name=task.name,
                type="RUN_COMMAND",
                document=task.document,
                targets=(),
                max_concurrency=task.max_concurrency,
                max_errors=task.max_errors,
                priority=task.priority,
                cutoff_behavior=task.cutoff_behavior,
                service_role="" if task.service_role == SERVICE_LINKED else task.service_role,
                parameters=tuple(sorted((name, tuple(values)) for name, values in task.parameters.items())),
                timeout_seconds=task.timeout_seconds,
            ),
        )


def load_policy(path: Path) -> Policy:
    """Read the policy at `path`; BadPolicy lists every unknown key, wrong type and impossible value with its path."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"{path}: is not TOML: {error}") from error
    try:
        return Policy.model_validate(document)
    except ValidationError as error:
        problems = [f"{path}: {_key(problem['loc'])}: {_words(problem)}" for problem in error.errors()]
        raise BadPolicy("\n".join(problems)) from error


def _key(location: tuple[int | str, ...]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def _words(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        return "is not a key of the policy"
    if problem["type"] == "missing":
        return "is missing"
    return f"{problem['msg']} (found {problem['input']!r})" if "input" in problem else str(problem["msg"])
