"""What patches again and again without a maintenance window: an association, or a patch policy of Quick Setup."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Association:
    """An association as `ssm:DescribeAssociation` returns it; its document and targets are a task and a target.

    `only_at_schedule` is ApplyOnlyAtCronInterval, `duration` in hours, `calendars` what gates it, and `elsewhere` names
    what it targets by other means than its targets: `TargetLocations`, `TargetMaps`.
    """

    id: str
    name: str
    schedule: str
    schedule_offset: int = 0
    only_at_schedule: bool = False
    duration: int | None = None
    calendars: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    created_at: datetime | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True)
class SelectedBaseline:
    """The patch baseline that a patch policy selected for an operating system."""

    system: str
    id: str
    name: str


@dataclass(frozen=True)
class PatchPolicy:
    """A patch policy of Quick Setup, as `ssm-quicksetup:GetConfigurationManager` returns it.

    `installs` are the names of the associations with Operation Install that it left in this account and Region.
    """

    arn: str
    name: str
    operation: str
    statuses: tuple[str, ...] = ()
    baselines: tuple[SelectedBaseline, ...] = ()
    installs: tuple[str, ...] = ()
