"""`[task]` and `[[task.beside]]`: what patches the hosts, and what else the maintenance window may run."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from postpatch.policy.section import Section, Text

SERVICE_LINKED = "service-linked"
DEFAULT_VERSION = "$DEFAULT"  # what a task without a version runs (botocore: MaintenanceWindowRunCommandParameters)
_RUN_PATCH_BASELINE = "AWS-RunPatchBaseline"
# botocore shapes MaintenanceWindowName, MaintenanceWindowTaskId, MaxConcurrency, DocumentVersion and MaxErrors
_Name = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_\-.]{3,128}$")]
_Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
_CONCURRENCY = r"^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$"
_VERSION = r"^([$]LATEST|[$]DEFAULT|[1-9][0-9]*)$"
_ERRORS = r"^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$"


class BesideTask(Section):
    """A task that the window may have beside the patching task, by name or id; it need not exist.

    `runs` is its document or ARN, `priority` its order: the lower runs first, and equal ones run at the same time.
    `parameters` are all that it may have, for RUN_COMMAND and AUTOMATION; those of other types are not judged.
    """

    name: _Name | None = None
    id: _Id | None = None
    type: Literal["RUN_COMMAND", "AUTOMATION", "LAMBDA", "STEP_FUNCTIONS"] = "RUN_COMMAND"
    runs: Text
    priority: Annotated[int, Field(ge=0)]
    parameters: dict[Text, list[str]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if (self.name is None) == (self.id is None):
            raise PydanticCustomError("beside", "give exactly one of name, id")
        if self.parameters and not self.has_parameters:
            raise PydanticCustomError("beside", "parameters of a task of this type are not read: leave them out")
        return self

    @property
    def has_parameters(self) -> bool:
        """Return whether a task of this type has parameters that are judged."""
        return self.type in ("RUN_COMMAND", "AUTOMATION")


class TaskPolicy(Section):
    """The Run Command task, or what an association runs.

    Limits: botocore shapes RegisterTaskWithMaintenanceWindowRequest and CreateAssociationRequest. `id` picks the
    window's patching task; without `name` it may have any. Only a window's task has `priority` and
    `cutoff_behavior`, and must have them beside `max_errors`; it may have `timeout_seconds`.
    """

    name: _Name | None = None
    id: _Id | None = None
    document: Text
    parameters: dict[Text, list[str]]
    max_concurrency: Annotated[str, StringConstraints(pattern=_CONCURRENCY)]
    max_errors: Annotated[str, StringConstraints(pattern=_ERRORS)] | None = None
    priority: Annotated[int, Field(ge=0)] | None = None
    timeout_seconds: Annotated[int, Field(ge=30, le=2_592_000)] | None = None
    cutoff_behavior: Literal["CONTINUE_TASK", "CANCEL_TASK"] | None = None
    document_version: Annotated[str, StringConstraints(pattern=_VERSION)] = DEFAULT_VERSION
    service_role: (
        Annotated[str, StringConstraints(pattern=r"^(service-linked|arn:[a-z-]+:iam::\d{12}:role/.+)$")] | None
    ) = None
    beside: list[BesideTask] = Field(default_factory=list)

    @field_validator("parameters")
    @classmethod
    def _installs(cls, parameters: dict[str, list[str]], info: ValidationInfo) -> dict[str, list[str]]:
        patches = str(info.data.get("document", "")).endswith(_RUN_PATCH_BASELINE)
        if patches and parameters.get("Operation") != ["Install"]:
            raise PydanticCustomError(
                "operation", 'must hold Operation = ["Install"]: any other operation patches nothing'
            )
        return parameters
