"""`[task]` and `[[task.beside]]`: what patches the hosts, and what else the maintenance window may run."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from postpatch.policy.section import Name, Section, Text, Uuid, shaped

SERVICE_LINKED = "service-linked"
# What it stands for, after the account (Systems Manager user guide, "Using service-linked roles for Systems Manager").
LINKED_ROLE = "role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"
RUN_COMMAND: Final = "RUN_COMMAND"
AUTOMATION: Final = "AUTOMATION"
DEFAULT_VERSION = "$DEFAULT"  # what a task without a version runs (botocore: MaintenanceWindowRunCommandParameters)
_RUN_PATCH_BASELINE = "AWS-RunPatchBaseline"
# botocore shapes MaxConcurrency, DocumentVersion and MaxErrors
_Concurrency = Annotated[
    str, shaped(r"[1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%", "a number from 1 on, or a percentage from 1% to 100%")
]
_Version = Annotated[str, shaped(r"[$]LATEST|[$]DEFAULT|[1-9][0-9]*", "$LATEST, $DEFAULT or the number of a version")]
_Errors = Annotated[
    str, shaped(r"[1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%", "a number from 0 on, or a percentage from 0% to 100%")
]
_Role = Annotated[
    str,
    shaped(
        r"service-linked|arn:[a-z-]+:iam::\d{12}:role/.+",
        "service-linked, or the ARN of a role, such as arn:aws:iam::123456789012:role/patching",
    ),
]


class BesideTask(Section):
    """A task that the window may have beside the patching task, by name or id; it need not exist.

    `runs` is its document or ARN, `priority` its order: the lower runs first, and equal ones run at the same time.
    `parameters` are all that it may have, for RUN_COMMAND and AUTOMATION; those of other types are not judged.
    """

    name: Name | None = None
    id: Uuid | None = None
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
    """The window's patching task, or what an association runs.

    `type` is what `document` is: a Run Command document, or an Automation runbook, whose task must exist and has no
    `timeout_seconds`. That a runbook patched a host is shown by the commands that it sends; where it sends no
    AWS-RunPatchBaseline, by `[patching] evidence`.
    Limits: botocore shapes RegisterTaskWithMaintenanceWindowRequest and CreateAssociationRequest. `id` picks the
    window's patching task; without `name` it may have any. Only a window's task has `priority` and
    `cutoff_behavior`, and must have them beside `max_errors`; it may have `timeout_seconds`.
    """

    name: Name | None = None
    id: Uuid | None = None
    type: Literal["RUN_COMMAND", "AUTOMATION"] = RUN_COMMAND
    document: Text
    parameters: dict[Text, list[str]]
    max_concurrency: _Concurrency
    max_errors: _Errors | None = None
    priority: Annotated[int, Field(ge=0)] | None = None
    timeout_seconds: Annotated[int, Field(ge=30, le=2_592_000)] | None = None
    cutoff_behavior: Literal["CONTINUE_TASK", "CANCEL_TASK"] | None = None
    document_version: _Version = DEFAULT_VERSION
    service_role: _Role | None = None
    beside: list[BesideTask] = Field(default_factory=list)

    @property
    def command(self) -> str:
        """Return the Run Command document whose runs show an installation: `document`, or what a runbook sends."""
        return self.document if self.type == RUN_COMMAND else _RUN_PATCH_BASELINE

    @field_validator("parameters")
    @classmethod
    def _installs(cls, parameters: dict[str, list[str]], info: ValidationInfo) -> dict[str, list[str]]:
        patches = str(info.data.get("document", "")).endswith(_RUN_PATCH_BASELINE)
        if patches and parameters.get("Operation") != ["Install"]:
            raise PydanticCustomError(
                "operation", 'must hold Operation = ["Install"]: any other operation patches nothing'
            )
        return parameters
