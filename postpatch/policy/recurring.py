"""`[recurring]`: how patching recurs, and which keys that way has."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from postpatch.policy.recurrence import Recurrence
from postpatch.policy.section import Text, Uuid
from postpatch.policy.task import AUTOMATION
from postpatch.policy.window import NEVER

WINDOW: Final = "window"
ASSOCIATION: Final = "association"
PATCH_POLICY: Final = "patch-policy"
_OF_A_WINDOW = ("max_errors", "priority", "cutoff_behavior", "service_role")
_ONLY_OF_A_WINDOW = ("priority", "timeout_seconds", "cutoff_behavior", "name", "id", "type", "beside")


class RecurringPolicy(Recurrence):
    """What patches the hosts again and again: a maintenance window, an association or a patch policy.

    The other keys are those of an association or a patch policy, which must exist: nothing is created. `name` is the
    association's or the patch policy's, `id` the association's. `only_at_schedule` is ApplyOnlyAtCronInterval: the
    association does not run whenever it is changed or a host appears. `duration_hours` is how long it may run, and
    `calendars` are the change calendars that must be open for it (botocore shape AssociationDescription).
    """

    by: Literal["window", "association", "patch-policy"] = WINDOW
    name: Text | None = None
    id: Uuid | None = None
    only_at_schedule: bool = True
    duration_hours: Annotated[int, Field(ge=1, le=24)] | None = None
    calendars: list[Text] = Field(default_factory=list)

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        given = sorted(self.model_fields_set - {"by"})
        if self.by == WINDOW and given:
            raise PydanticCustomError(
                "recurring", "{keys}: a window is described in [window]", {"keys": ", ".join(given)}
            )
        if self.by == ASSOCIATION and (self.name is None) == (self.id is None):
            raise PydanticCustomError("recurring", "give exactly one of name, id")
        if self.by == PATCH_POLICY and (self.name is None or self.id is not None):
            raise PydanticCustomError("recurring", "a patch policy is known by its name: give name, and no id")
        if self.by != WINDOW and self.only_at_schedule and not self.expression.startswith("cron("):
            raise PydanticCustomError("recurring", "only a cron expression can have only_at_schedule = true")
        return self

    @property
    def _recurs(self) -> bool:
        return self.by != WINDOW


def misplaced(document: dict[str, Any]) -> Iterator[str]:
    """Yield a problem, with its key, for each section or key that this way of patching lacks or does not have.

    `document` is what the policy's file holds, valid or not.
    """
    recurring, task, target = (_section(document, name) for name in ("recurring", "task", "target"))
    if recurring.get("by", WINDOW) == WINDOW:
        if "window" not in document:
            yield "window: is missing"
        if "task" in document:
            yield from (f"task.{key}: is missing" for key in _OF_A_WINDOW if key not in task)
        yield from _of_a_runbook(task, _section(document, "window"))
        if target.get("instances") == ["*"]:
            yield 'target.instances: a window names each host; ["*"] is for an association or a patch policy'
        return
    by = recurring["by"]
    if "window" in document:
        yield f'window: leave it out, as [recurring] by = "{by}" says that no window patches'
    yield from (
        f'task.{key}: leave it out, as only the task of a window has it ([recurring] by = "{by}")'
        for key in _ONLY_OF_A_WINDOW
        if key in task
    )
    if "also" in target:
        yield f'target.also: leave it out, as only a window has several targets ([recurring] by = "{by}")'
    if "name" in target:
        yield f'target.name: leave it out, as only a registered target has one ([recurring] by = "{by}")'


def _of_a_runbook(task: dict[str, Any], window: dict[str, Any]) -> Iterator[str]:
    if task.get("type") != AUTOMATION:
        return
    if window.get("create") != NEVER:
        yield 'task.type: a task that runs a runbook is not created: set create = "never" in [window]'
    if "timeout_seconds" in task:
        yield "task.timeout_seconds: leave it out, as only a Run Command task has it"


def _section(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}
