"""A maintenance window with its targets and tasks, and when it runs next."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from ...wire.errors import AwsError
from ...wire.reading import Params
from .schedule import Schedule, read_date


@dataclass
class Target:
    """One registered target; `params` are those of the registration."""

    id: str
    params: Params


@dataclass
class Task:
    """One registered task; `params` are those of the registration."""

    id: str
    params: Params

    @property
    def target_ids(self) -> list[str]:
        """List the registered targets that the task runs on."""
        chosen = [entry["Values"] for entry in self.params.get("Targets", []) if entry["Key"] == "WindowTargetIds"]
        return [target_id for values in chosen for target_id in values]


@dataclass
class Window:
    """One maintenance window; `params` are those of its creation, as changed since."""

    id: str
    params: Params
    created_at: datetime
    modified_at: datetime
    tags: dict[str, str] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Tell the name, which need not be unique."""
        return str(self.params["Name"])

    @property
    def enabled(self) -> bool:
        """Tell whether it runs at all."""
        return bool(self.params.get("Enabled", True))

    def next_runs(self, now: datetime, count: int) -> list[datetime]:
        """List the next runs: after now, not before StartDate, not after EndDate; none if disabled."""
        return list(islice(self._runs(now), count)) if self.enabled else []

    def _runs(self, now: datetime) -> Iterator[datetime]:
        schedule = schedule_of(self.params)
        start = read_date("StartDate", self.params.get("StartDate"), schedule.zone)
        end = read_date("EndDate", self.params.get("EndDate"), schedule.zone)
        anchor = max(start, self.created_at) if start else self.created_at
        # A run at the very start date counts, so the search begins just before it.
        after = max(now, start - _AN_INSTANT) if start else now
        for run in schedule.runs(after, anchor, anchored_by_start=start is not None and start >= self.created_at):
            if end is not None and run > end:
                return
            yield run


def schedule_of(params: Params) -> Schedule:
    """Read the schedule of a window's parameters."""
    return Schedule(params["Schedule"], params.get("ScheduleTimezone"), params.get("ScheduleOffset"))


def check_window(params: Params) -> None:
    """Refuse a window that botocore's model allows but Systems Manager does not.

    The text about the cutoff is AWS's own, misspelling and all (awsdocs/aws-cloudformation-user-guide, issue 891);
    the rule is that the cutoff is at most the duration less one.
    """
    if params["Cutoff"] >= params["Duration"]:
        message = f"Cuttoff was {params['Cutoff']} but must be smaller than {params['Duration'] - 1} (Duration - 1 )"
        raise AwsError("ValidationException", message)
    schedule = schedule_of(params)
    start = read_date("StartDate", params.get("StartDate"), schedule.zone)
    end = read_date("EndDate", params.get("EndDate"), schedule.zone)
    if start and end and end <= start:
        raise AwsError("ValidationException", "EndDate must be after StartDate")


_AN_INSTANT = datetime.resolution
