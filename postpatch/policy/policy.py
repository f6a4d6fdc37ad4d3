"""The policy, `verify.toml`: what must be true. It is read once, before collection, and all problems are reported."""

import math
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pydantic import Field

from postpatch.model import ExpectedWindow, MaintenanceWindow, WindowTarget, WindowTask
from postpatch.policy.deadline import DeadlinePolicy
from postpatch.policy.gate import GatePolicy
from postpatch.policy.hybrid import of_findings
from postpatch.policy.image import ImagePolicy, unfit_image
from postpatch.policy.inspector import InspectorPolicy, WaitPolicy
from postpatch.policy.notify import NotifyPolicy, foreign_topic
from postpatch.policy.patching import PatchingPolicy
from postpatch.policy.reading import read_toml, validated
from postpatch.policy.recurrence import Recurrence
from postpatch.policy.recurring import WINDOW, RecurringPolicy, misplaced
from postpatch.policy.reports import ReportsPolicy
from postpatch.policy.schedule import longest_gap
from postpatch.policy.scope import ScopePolicy
from postpatch.policy.section import Section
from postpatch.policy.target import TargetPolicy
from postpatch.policy.task import DEFAULT_VERSION, SERVICE_LINKED, TaskPolicy
from postpatch.policy.waiver import Waiver, repeated
from postpatch.policy.window import NEVER, WindowPolicy

# A month and some days, for a window that has not opened yet; and what a recurring run may be late.
_UNOPENED = 35
_GRACE = timedelta(days=2)


class Policy(Section):
    """Everything that must be true, as `verify.toml` states it."""

    scope: ScopePolicy
    recurring: RecurringPolicy = Field(default_factory=RecurringPolicy)
    window: WindowPolicy | None = None
    target: TargetPolicy
    task: TaskPolicy
    gate: GatePolicy = Field(default_factory=GatePolicy)
    deadline: DeadlinePolicy | None = None
    patching: PatchingPolicy = Field(default_factory=PatchingPolicy)
    inspector: InspectorPolicy = Field(default_factory=InspectorPolicy)
    image: ImagePolicy | None = None
    wait: WaitPolicy = Field(default_factory=WaitPolicy)
    reports: ReportsPolicy = Field(default_factory=ReportsPolicy)
    notify: NotifyPolicy | None = None
    waiver: list[Waiver] = Field(default_factory=list)

    def patching_within_days(self, now: datetime) -> int:
        """Return how many days old the newest Install may be at a moment."""
        if self.patching.within_days is not None:
            return self.patching.within_days
        start = self.window.start if self.window else None
        opens = datetime.combine(start, time(), UTC) if start else now
        gap = longest_gap(self.recurrence.expected, now) if opens <= now else None
        return _UNOPENED if gap is None else math.ceil((gap + _GRACE) / timedelta(days=1))

    @property
    def the_window(self) -> WindowPolicy:
        """Return the window that must exist; ValueError if the policy has patching recur in another way."""
        if self.window is None:
            raise ValueError("this policy has no [window]")
        return self.window

    @property
    def creates(self) -> bool:
        """Return whether a window, target and task that do not exist are created."""
        return self.window is not None and self.window.create != NEVER

    @property
    def recurrence(self) -> Recurrence:
        """Return when patching recurs, in whatever way."""
        return self.the_window if self.recurring.by == WINDOW else self.recurring

    @property
    def recurs_by(self) -> str:
        """Return what patches again and again, by its kind and name: `window pww_mw`."""
        if self.recurring.by == WINDOW:
            return f"window {self.the_window.called}"
        return f"{self.recurs_by_kind} {self.recurring.name or self.recurring.id}"

    @property
    def recurs_by_kind(self) -> str:
        """Return the kind of what patches again and again, in words."""
        return "maintenance window" if self.recurring.by == WINDOW else self.recurring.by.replace("-", " ")

    @property
    def time_zone(self) -> str:
        """Return the time zone in which patching recurs; an association's is UTC (botocore: Association)."""
        return self.window.time_zone if self.window else "Etc/UTC"

    @property
    def expected_window(self) -> ExpectedWindow:
        """Return the window, target and task as they are created if they do not exist."""
        window, task = self.the_window, self.task
        first, *also = (WindowTarget("", one.name or "", one.resource_type, one.selectors) for one in self.target.every)
        return ExpectedWindow(
            MaintenanceWindow(
                id=window.id or "",
                name=window.name or "",
                schedule=window.expression,
                duration=window.duration_hours,
                cutoff=window.cutoff_hours,
                enabled=True,
                allow_unassociated_targets=window.allow_unassociated_targets,
                start_date=_midnight(window.start),
                end_date=_midnight(window.end),
                time_zone=window.time_zone,
                schedule_offset=window.schedule_offset or 0,
            ),
            first,
            WindowTask(
                id="",
                name=task.name or "",
                type=task.type,
                document=task.document,
                targets=(),
                max_concurrency=task.max_concurrency,
                max_errors=task.max_errors or "",
                priority=task.priority or 0,
                cutoff_behavior=task.cutoff_behavior or "",
                service_role="" if task.service_role == SERVICE_LINKED else task.service_role or "",
                parameters=tuple(sorted((name, tuple(values)) for name, values in task.parameters.items())),
                timeout_seconds=task.timeout_seconds,
                document_version="" if task.document_version == DEFAULT_VERSION else task.document_version,
            ),
            hybrid=bool(self.scope.hybrid),
            also=tuple(also),
        )


def _midnight(day: date | None) -> str:
    return f"{day.isoformat()}T00:00:00Z" if day else ""


def load_policy(path: Path) -> Policy:
    """Read the policy at `path`; BadPolicy lists every unknown key, wrong type and impossible value with its path."""
    return policy_from(read_toml(path, "Write a policy with postpatch init, or name one with --policy"), path)


def policy_from(document: dict[str, Any], path: Path) -> Policy:
    """Return the policy that a document of TOML holds; BadPolicy as `load_policy`, with `path` as where it is from."""
    beside = [
        *misplaced(document),
        *unfit_image(document),
        *of_findings(document),
        *foreign_topic(document),
        *repeated(document.get("waiver")),
    ]
    return validated(Policy, document, path, beside)
