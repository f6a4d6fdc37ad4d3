"""`[window]`, `[target]` and `[task]`: the recurring maintenance window that must exist."""

from datetime import date
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from postpatch.policy.schedule import Schedule, every, parse_schedule
from postpatch.policy.section import Section, Text

SERVICE_LINKED = "service-linked"
DEFAULT_VERSION = "$DEFAULT"  # what a task without a version runs (botocore: MaintenanceWindowRunCommandParameters)
_RUN_PATCH_BASELINE = "AWS-RunPatchBaseline"
_FIVE_MINUTES = 300
# botocore shapes MaintenanceWindowName, MaxConcurrency and MaxErrors
_NAME = r"^[a-zA-Z0-9_\-.]{3,128}$"
_CONCURRENCY = r"^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$"
_VERSION = r"^([$]LATEST|[$]DEFAULT|[1-9][0-9]*)$"  # botocore shape DocumentVersion
_ERRORS = r"^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$"


class WindowPolicy(Section):
    """The maintenance window that must exist. Limits: botocore shape CreateMaintenanceWindowRequest."""

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


class TargetPolicy(Section):
    """The registered target: hosts by tags, all of which must match (SSM: at most five keys)."""

    name: Annotated[str, StringConstraints(pattern=_NAME)]
    tags: Annotated[
        dict[Text, Annotated[list[str], Field(min_length=1, max_length=50)]], Field(min_length=1, max_length=5)
    ]

    @property
    def selectors(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the tags as Systems Manager's target keys, in one order."""
        return tuple(sorted((f"tag:{key}", tuple(sorted(values))) for key, values in self.tags.items()))


class TaskPolicy(Section):
    """The Run Command task. Limits: botocore shape RegisterTaskWithMaintenanceWindowRequest."""

    name: Annotated[str, StringConstraints(pattern=_NAME)]
    document: Text
    parameters: dict[Text, list[str]]
    max_concurrency: Annotated[str, StringConstraints(pattern=_CONCURRENCY)]
    max_errors: Annotated[str, StringConstraints(pattern=_ERRORS)]
    priority: Annotated[int, Field(ge=0)]
    timeout_seconds: Annotated[int, Field(ge=30, le=2_592_000)]
    cutoff_behavior: Literal["CONTINUE_TASK", "CANCEL_TASK"]
    document_version: Annotated[str, StringConstraints(pattern=_VERSION)] = DEFAULT_VERSION
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
