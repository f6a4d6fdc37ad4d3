"""`[window]`: the recurring maintenance window that must exist."""

import functools
from datetime import date
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from postpatch.policy.recurrence import Recurrence
from postpatch.policy.section import Name, shaped

NEVER = "never"
# botocore shape MaintenanceWindowId
_Id = Annotated[str, shaped(r"mw-[0-9a-f]{17}", "the id of a maintenance window, such as mw-0123456789abcdef0")]


# The search of all folders of zones takes longer than the rest of a policy.
_time_zones = functools.cache(available_timezones)


class WindowPolicy(Recurrence):
    """The maintenance window that must exist. Limits: botocore shape CreateMaintenanceWindowRequest.

    `create` says whether it is created if it does not exist, or is made elsewhere and never touched. It opens for the
    last time before `end`, as AWS keeps it: midnight at the beginning of that day.
    """

    name: Name | None = None
    id: _Id | None = None
    create: Literal["if-absent", "never"] = "if-absent"
    duration_hours: Annotated[int, Field(ge=1, le=24)]
    cutoff_hours: Annotated[int, Field(ge=0, le=23)]
    start: date | None = None
    end: date | None = None
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
        if zone not in _time_zones():
            raise PydanticCustomError("zone", "'{zone}' is no IANA time zone, such as Europe/Berlin", {"zone": zone})
        return zone

    @model_validator(mode="after")
    def _known_once(self) -> Self:
        if (self.name is None) == (self.id is None):
            raise PydanticCustomError("window", "give exactly one of name, id")
        if self.id and self.create != NEVER:
            raise PydanticCustomError("window", 'id needs create = "never": AWS chooses the id of a new window')
        if self.start and self.end and self.end <= self.start:
            raise PydanticCustomError("window", "end must be after start")
        return self

    @property
    def called(self) -> str:
        """Return the name or id by which the window is known."""
        return self.name or str(self.id)

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone of the window's executions."""
        return ZoneInfo(self.time_zone)
