"""When patching recurs: the keys that a maintenance window, an association and a patch policy share."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from postpatch.policy.schedule import Schedule, every, parse_schedule
from postpatch.policy.section import Section

_FIVE_MINUTES = 300


class Recurrence(Section):
    """A schedule: every so many hours, or an expression of Systems Manager, and the days to wait after its date.

    `schedule_offset` waits that many days after each date of a cron expression. Limits: botocore shapes
    MaintenanceWindowOffset and ScheduleOffset.
    """

    every_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] | None = None
    schedule: str | None = None
    schedule_offset: Annotated[int, Field(ge=1, le=6)] | None = None

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
        if self._recurs and (self.every_hours is None) == (self.schedule is None):
            raise PydanticCustomError("schedule", "give exactly one of every_hours, schedule")
        if self.schedule_offset and self.schedule and not self.schedule.startswith("cron("):
            raise PydanticCustomError("schedule", "schedule_offset needs a cron expression as schedule")
        return self

    @property
    def _recurs(self) -> bool:
        return True

    @property
    def expression(self) -> str:
        """Return the schedule expression."""
        return self.schedule or every(self.every_hours or 24)

    @property
    def expected(self) -> Schedule:
        """Return the expected schedule, parsed."""
        return parse_schedule(self.expression)
