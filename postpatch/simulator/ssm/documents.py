"""The documents that patch hosts, and what a caller orders by their parameters.

Parameters: Systems Manager user guide, "SSM Command document for patching", one page for each of the three.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ..wire.errors import AwsError

Parameters = Mapping[str, list[str]]
_Allowed = Mapping[str, tuple[str, ...] | None]

# The values that a parameter allows; None: any one.
_BY_ALL: _Allowed = {"Operation": ("Scan", "Install"), "RebootOption": ("RebootIfNeeded", "NoReboot")}
STEP_TIMEOUT = timedelta(hours=2)  # timeoutSeconds of the documents' steps, and StepTimeoutSeconds' default


@dataclass(frozen=True)
class Document:
    """One of AWS's documents that patch.

    `hooks` says whether an installation is split by lifecycle hooks; `reports` whether its result becomes the host's
    patch state: AWS-RunPatchBaselineAssociation records it for its association and overwrites nothing else.
    """

    name: str
    parameters: _Allowed
    required: tuple[str, ...] = ("Operation",)
    hooks: bool = False
    reports: bool = True


@dataclass(frozen=True)
class Order:
    """What one run of a document is to do on each host."""

    document: Document
    operation: str
    reboot_option: str
    snapshot_id: str
    baseline_override: str
    override_list: str
    baseline_tags: str
    hooks: tuple[str, str, str]
    step_timeout: timedelta

    def step(self, kind: str) -> str:
        """Name the step that runs on a host of this kind; each document has one for each."""
        return f"Patch{kind}"


RUN_PATCH_BASELINE = Document(
    "AWS-RunPatchBaseline",
    {
        **_BY_ALL,
        "SnapshotId": None,
        "InstallOverrideList": None,
        "BaselineOverride": None,
        "AssociationId": None,
        "StepTimeoutSeconds": None,
    },
)
WITH_HOOKS = Document(
    "AWS-RunPatchBaselineWithHooks",
    {
        **_BY_ALL,
        "SnapshotId": None,
        "PreInstallHookDocName": None,
        "PostInstallHookDocName": None,
        "OnExitHookDocName": None,
    },
    hooks=True,
)
BY_ASSOCIATION = Document(
    "AWS-RunPatchBaselineAssociation",
    {**_BY_ALL, "AssociationId": None, "InstallOverrideList": None, "BaselineTags": None},
    required=("Operation", "AssociationId"),
    reports=False,
)
DOCUMENTS = {document.name: document for document in (RUN_PATCH_BASELINE, WITH_HOOKS, BY_ASSOCIATION)}
NO_HOOK = "AWS-Noop"


def find_document(name: str, region: str) -> Document:
    """Find a document that patches, by its name or its ARN.

    AWS's documents belong to no account: an ARN with one, or with another Region, names another document.
    Raises AwsError `InvalidDocument` for every other document.
    """
    document = DOCUMENTS.get(plain_name(name, region))
    if document is None:
        raise AwsError("InvalidDocument", f"The simulation runs {', '.join(DOCUMENTS)} only, not {name}")
    return document


def plain_name(name: str, region: str) -> str:
    """Return the name in an ARN of one of AWS's documents; anything else as it is."""
    return name.removeprefix(f"arn:aws:ssm:{region}::document/")


def read_order(document: Document, given: Parameters) -> Order:
    """Read the parameters of a call; AwsError `InvalidParameters` for those that the document does not have."""
    for name, values in given.items():
        if name not in document.parameters:
            raise AwsError("InvalidParameters", f"{document.name} has no parameter {name}")
        allowed = document.parameters[name]
        if len(values) != 1 or (allowed is not None and values[0] not in allowed):
            message = f"Parameter {name} must be one of {', '.join(allowed or ('one value',))}, not {values}"
            raise AwsError("InvalidParameters", message)
    for name in document.required:
        if name not in given:
            raise AwsError("InvalidParameters", f"{document.name} requires the parameter {name}")

    def one(name: str, default: str = "") -> str:
        return given.get(name, [default])[0] or default

    seconds = one("StepTimeoutSeconds")
    return Order(
        document=document,
        operation=one("Operation"),
        reboot_option=one("RebootOption", "RebootIfNeeded"),
        snapshot_id=one("SnapshotId"),
        baseline_override=one("BaselineOverride"),
        override_list=one("InstallOverrideList"),
        baseline_tags=one("BaselineTags"),
        hooks=(
            one("PreInstallHookDocName", NO_HOOK),
            one("PostInstallHookDocName", NO_HOOK),
            one("OnExitHookDocName", NO_HOOK),
        ),
        step_timeout=timedelta(seconds=int(seconds)) if seconds.isdecimal() else STEP_TIMEOUT,
    )
