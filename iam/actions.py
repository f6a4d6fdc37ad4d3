"""Each IAM action that the suite needs: what for, on which resources, and what AWS asks for beside it.

Which actions are needed is not written here: the rehearsals tell. An action has the name of its operation, which holds
for every operation of the suite (Service Authorization Reference, "API operations" of each service).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from postpatch.aws.maintenance_window import OURS

EVERYTHING = ("*",)
# Resource types: Service Authorization Reference. An identity policy reaches no further than its own account.
_WINDOWS = ("arn:aws:ssm:*:*:maintenancewindow/*",)
_TARGETS = ("arn:aws:ssm:*:*:windowtarget/*",)
_TASKS = ("arn:aws:ssm:*:*:windowtask/*",)
_ASSOCIATIONS = ("arn:aws:ssm:*:*:association/*",)
_BASELINES = ("arn:aws:ssm:*:*:patchbaseline/*",)
_NODES = ("arn:aws:ec2:*:*:instance/*", "arn:aws:ssm:*:*:managed-instance/*")
_STACKS = ("arn:aws:cloudformation:*:*:stack/*",)
_PARAMETERS = ("arn:aws:ssm:*:*:parameter/*",)
_ROLES = ("arn:aws:iam::*:role/*",)
_CIS_SCANS = ("arn:aws:inspector2:*:*:owner/*/cis-configuration/*",)
_REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference"
_USER_GUIDE = "https://docs.aws.amazon.com/systems-manager/latest/userguide"


@dataclass(frozen=True)
class Read:
    """An action that changes nothing.

    `resources` are the narrowest that AWS supports for it and the simulation can prove.
    """

    why: str
    resources: tuple[str, ...] = EVERYTHING


@dataclass(frozen=True)
class Grant:
    """On what an action that changes something is allowed, and under which condition; `sid` names the statement."""

    sid: str
    resources: tuple[str, ...]
    condition: Mapping[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Write:
    """An action that changes something, and all that must be granted for it."""

    why: str
    grants: tuple[Grant, ...]

    @property
    def resources(self) -> tuple[str, ...]:
        """Return what it may change."""
        return tuple(arn for grant in self.grants for arn in grant.resources)


@dataclass(frozen=True)
class Beside:
    """An action that AWS asks for beside `needed_by`, of which no simulation can prove anything.

    `source` is where AWS says so, or what makes it likely. One that is `optional` may be left out: the run says then
    what it did not check.
    """

    action: str
    needed_by: str
    resources: tuple[str, ...]
    why: str
    source: str
    condition: Mapping[str, Mapping[str, Any]] | None = None
    optional: bool = False


# Condition keys: Service Authorization Reference. What is created carries our mark; only what carries it is changed.
_MARKED: Mapping[str, Mapping[str, Any]] = {"StringEquals": {f"aws:RequestTag/{OURS['Key']}": OURS["Value"]}}
_START = (Grant("Start", _ASSOCIATIONS),)
_CREATE_WINDOW = (Grant("CreateMarkedWindows", EVERYTHING, _MARKED),)
_CREATE_SCAN = (Grant("CreateMarkedScans", _CIS_SCANS, _MARKED),)
_OUR_WINDOWS = Grant("ChangeOurWindows", _WINDOWS, {"StringEquals": {f"ssm:resourceTag/{OURS['Key']}": OURS["Value"]}})
_OUR_SCANS = (Grant("DeleteOurScans", _CIS_SCANS, {"StringEquals": {f"aws:ResourceTag/{OURS['Key']}": OURS["Value"]}}),)
# Targets and tasks carry no tags; that of their window decides.
_PARTS = Grant("RemoveParts", _TARGETS + _TASKS)

ACTIONS: Mapping[str, Read | Write] = {
    # Which hosts are in scope.
    "autoscaling:DescribeAutoScalingGroups": Read("the hosts of the stack's Auto Scaling groups"),
    "autoscaling:DescribeWarmPool": Read(
        "the hosts that wait in the groups' warm pools, if the policy leaves them out"
    ),
    "batch:DescribeComputeEnvironments": Read("the ECS cluster of the stack's compute environments"),
    "cloudformation:ListStackResources": Read("what the stack owns", _STACKS),
    "ec2:DescribeFleetInstances": Read("the hosts of the stack's EC2 fleets"),
    "ec2:DescribeFleets": Read("the type of the stack's EC2 fleets, and the hosts of those that launch once"),
    "ec2:DescribeSpotFleetInstances": Read("the hosts of the stack's Spot fleets"),
    "ecs:DescribeCapacityProviders": Read("whether ECS launches instances for the stack's capacity providers"),
    "ecs:DescribeContainerInstances": Read("the hosts of a compute environment's ECS cluster"),
    "ecs:ListContainerInstances": Read("the container instances of a compute environment's ECS cluster"),
    "eks:DescribeCluster": Read("whether EKS launches nodes of its own for the stack's clusters"),
    "eks:DescribeNodegroup": Read("the Auto Scaling groups of the stack's node groups"),
    "elasticbeanstalk:DescribeEnvironmentResources": Read("the hosts of the stack's Elastic Beanstalk environments"),
    "elasticmapreduce:ListInstances": Read("the hosts of the stack's EMR clusters"),
    "ec2:DescribeInstances": Read("the hosts themselves, their tags and states"),
    # Which image they must come from.
    "ec2:DescribeImages": Read("how old the hosts' images are, with `[image]`"),
    "ec2:DescribeLaunchTemplateVersions": Read("the image of `[image] launch_template`"),
    "imagebuilder:ListImagePipelineImages": Read("the newest image of `[image] pipeline`"),
    "ssm:GetParameter": Read("the image in `[image] ssm_parameter`; narrow it to that parameter", _PARAMETERS),
    # What Inspector found, and when it looked.
    "inspector2:BatchGetAccountStatus": Read("whether Inspector scans EC2 in this account"),
    "inspector2:BatchGetFindingDetails": Read(
        "which vulnerabilities CISA's catalogue holds, for `[gate] exploited_max`"
    ),
    "inspector2:GetCisScanResultDetails": Read("each CIS check on each host"),
    "inspector2:GetConfiguration": Read("since when the account has the VM scanner"),
    "inspector2:GetEc2DeepInspectionConfiguration": Read("whether deep inspection is on, and in which paths"),
    "inspector2:ListCisScanResultsAggregatedByTargetResource": Read("which hosts the CIS scan covered"),
    "inspector2:ListCisScans": Read("how far the CIS scan is"),
    "inspector2:ListCoverage": Read("when each host was last scanned, and why not"),
    "inspector2:ListFilters": Read("the suppression rules, and when they were made"),
    "inspector2:ListFindings": Read("the findings"),
    # What patching did.
    "ssm:DescribeAvailablePatches": Read("which patches a baseline with a delay or a filter could approve"),
    "ssm:DescribeInstanceInformation": Read("which hosts Systems Manager reaches"),
    "ssm:DescribeInstancePatches": Read("what was installed on a host, and what is missing", _NODES),
    "ssm:DescribeInstancePatchStates": Read("each host's last patch operation", _NODES),
    "ssm:GetPatchBaseline": Read("what the patch baseline approves and rejects", _BASELINES),
    "ssm:ListCommandInvocations": Read("how AWS-RunPatchBaseline ended on each host"),
    "ssm:ListCommands": Read("when AWS-RunPatchBaseline was run, and with which parameters"),
    "ssm:ListInventoryEntries": Read("when the inventory of an unchanged host was captured"),
    # The recurring window.
    "cloudwatch:DescribeAlarms": Read("whether an alarm stops the window's task"),
    "iam:GetRole": Read("whether the role of the window's task exists", _ROLES),
    "ssm:DescribeMaintenanceWindowExecutions": Read("when the window opened", _WINDOWS),
    "ssm:DescribeMaintenanceWindowExecutionTasks": Read("what the window's newest execution ran"),
    "ssm:DescribeMaintenanceWindowExecutionTaskInvocations": Read("how that ended"),
    "ssm:DescribeMaintenanceWindows": Read("the windows of the policy's name"),
    "ssm:DescribeMaintenanceWindowSchedule": Read("when the window fires next"),
    "ssm:DescribeMaintenanceWindowTargets": Read("the window's targets", _WINDOWS),
    "ssm:DescribeMaintenanceWindowTasks": Read("the window's tasks", _WINDOWS),
    "ssm:GetMaintenanceWindow": Read("the window's schedule, duration and cutoff", _WINDOWS),
    "ssm:GetMaintenanceWindowTask": Read("what the window's task installs", _WINDOWS),
    "ssm:CreateMaintenanceWindow": Write("creates the window if none of its name exists", _CREATE_WINDOW),
    "ssm:RegisterTargetWithMaintenanceWindow": Write(
        "registers the target in a window that was just created", (_OUR_WINDOWS,)
    ),
    "ssm:RegisterTaskWithMaintenanceWindow": Write(
        "registers the task in a window that was just created", (_OUR_WINDOWS,)
    ),
    "resource-groups:ListGroupResources": Read("the hosts of a resource group that the target selects"),
    "s3:GetObject": Read("what a patch policy's own copy of its baseline approves"),
    "ssm-quicksetup:GetConfigurationManager": Read("what a patch policy of Quick Setup says"),
    "ssm-quicksetup:ListConfigurationManagers": Read("the patch policies of Quick Setup"),
    # The assessment.
    "ssm:DescribeAssociation": Read("what an association that patches is to do"),
    "ssm:DescribeAssociationExecutions": Read(
        "how far the inventory is, and the runs of associations that patch", _ASSOCIATIONS
    ),
    "ssm:DescribeAssociationExecutionTargets": Read("the hosts of these executions", _ASSOCIATIONS),
    "ssm:ListAssociations": Read("Inspector's inventory association, and those that patch"),
    "ssm:StartAssociationsOnce": Write("has the inventory captured, on every host that the association covers", _START),
    "inspector2:CreateCisScanConfiguration": Write("starts a one-time CIS scan of the scope", _CREATE_SCAN),
    # Clean-up.
    "inspector2:ListCisScanConfigurations": Read("the CIS scan configurations that the suite created"),
    "ssm:ListTagsForResource": Read("whether the suite created a window", _WINDOWS),
    "inspector2:DeleteCisScanConfiguration": Write(
        "deletes a CIS scan configuration that the suite created", _OUR_SCANS
    ),
    "ssm:DeleteMaintenanceWindow": Write("deletes a window that the suite created", (_OUR_WINDOWS,)),
    "ssm:DeregisterTargetFromMaintenanceWindow": Write(
        "removes a target that the suite created from its window", (_OUR_WINDOWS, _PARTS)
    ),
    "ssm:DeregisterTaskFromMaintenanceWindow": Write(
        "removes a task that the suite created from its window", (_OUR_WINDOWS, _PARTS)
    ),
}

BESIDE = (
    Beside(
        "iam:CreateServiceLinkedRole",
        "ssm:RegisterTaskWithMaintenanceWindow",
        ("arn:aws:iam::*:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM",),
        "lets Systems Manager create its service-linked role, if the account has none and the policy names no role",
        f"{_USER_GUIDE}/using-service-linked-roles-service-action-1.html, "
        "and `ServiceRoleArn` in the API reference of RegisterTaskWithMaintenanceWindow",
        {"StringEquals": {"iam:AWSServiceName": "ssm.amazonaws.com"}},
    ),
    Beside(
        "iam:SimulatePrincipalPolicy",
        "inspector2:CreateCisScanConfiguration",
        ("arn:aws:iam::*:role/*", "arn:aws:iam::*:user/*"),
        "checks before the first write that the caller may do all that is planned; without it the run says so",
        f"{_REFERENCE}/list_awsidentityandaccessmanagement.html",
        optional=True,
    ),
)
# Only with `[patching] rescan = true`: a file of its own, for a command is more than a look.
RESCAN = Beside(
    "ssm:SendCommand",
    "ssm:DescribeInstancePatches",
    ("arn:aws:ssm:*::document/AWS-RunPatchBaseline", "arn:aws:ec2:*:*:instance/*"),
    "has Patch Manager list the patches again (Operation Scan), if an older list leaves a cause open",
    f"{_REFERENCE}/list_awssystemsmanager.html: `document` and `instance` are the action's resource types",
)
# Only with `[inspector] start_vm_scanner = true`: a file of its own, for such a command can do anything on its hosts.
START_VM_SCANNER = Beside(
    "ssm:SendCommand",
    "inspector2:ListCoverage",
    (
        "arn:aws:ssm:*::document/AWS-RunShellScript",
        "arn:aws:ssm:*::document/AWS-RunPowerShellScript",
        "arn:aws:ec2:*:*:instance/*",
    ),
    "starts the VM Scanner on hosts that it scans; a caller who may do that can run any command there as root",
    f"{_REFERENCE}/list_awssystemsmanager.html: `document` and `instance` are the action's resource types",
)
# Only where packs are kept in S3: files of their own, for they name that bucket, and who reads it need not write.
_S3_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_S3_ACTIONS = f"{_S3_GUIDE}/using-with-s3-policy-actions.html"
_EVIDENCE = ("arn:aws:s3:::example-patch-evidence",)
_PACKS = ("arn:aws:s3:::example-patch-evidence/*",)
STORE = (
    Beside(
        "s3:PutObject",
        "pytest -m verify --store",
        _PACKS,
        "puts the files of a pack into S3, where none of that name is",
        f"{_S3_ACTIONS}; {_S3_GUIDE}/conditional-writes.html",
    ),
    Beside(
        "s3:GetObject",
        "pytest -m verify --store",
        _PACKS,
        "compares a file that is there already, as after a call that was repeated; without it that is an error",
        f"{_S3_ACTIONS}: HeadObject needs it",
        optional=True,
    ),
)
FETCH = (
    Beside(
        "s3:ListBucket", "postpatch gather s3://…", _EVIDENCE, "which packs are in S3", f"{_S3_ACTIONS}: ListObjectsV2"
    ),
    Beside("s3:GetObject", "postpatch gather s3://…", _PACKS, "reads the packs that are in S3", _S3_ACTIONS),
)
# Only with `[notify]`: a file of its own, for it names the topic.
NOTIFY = (
    Beside(
        "sns:Publish",
        "inspector2:ListFindings",
        ("arn:aws:sns:us-east-1:123456789012:patching",),
        "publishes the verdict to the topic that `[notify]` names",
        f"{_REFERENCE}/list_amazonsns.html: `topic` is the action's resource type",
    ),
    Beside(
        "securityhub:BatchImportFindings",
        "inspector2:ListFindings",
        ("arn:aws:securityhub:*:*:product/*/default",),
        "imports the verdict into Security Hub, with `[notify] security_hub`",
        f"{_REFERENCE}/list_awssecurityhub.html: `product` is the action's resource type",
    ),
)
# Only where the policy's [task] names a role of the account's own: a file of its own, for it names that role.
PASS_ROLE = Beside(
    "iam:PassRole",
    "ssm:RegisterTaskWithMaintenanceWindow",
    ("arn:aws:iam::123456789012:role/pww-maintenance-window",),
    "hands the task's own role to Systems Manager",
    f"{_USER_GUIDE}/sysman-maintenance-permissions.html",
    {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
)
# Only where AWS refuses to create with tags without it, which it does not say for these: a file of its own, for with
# it the caller can mark what is somebody else's as ours.
_TAGS_ALONE: Mapping[str, Mapping[str, Any]] = {**_MARKED, "ForAllValues:StringEquals": {"aws:TagKeys": [OURS["Key"]]}}
TAGGING = (
    Beside(
        "inspector2:TagResource",
        "inspector2:CreateCisScanConfiguration",
        _CIS_SCANS,
        "marks the CIS scan configuration as ours, if creating with tags needs it",
        f"{_REFERENCE}/list_amazoninspector2.html has both actions and `aws:RequestTag` on the first; "
        "that creating with tags needs the second is AWS's rule for other services, not stated for this one",
        _TAGS_ALONE,
    ),
    Beside(
        "ssm:AddTagsToResource",
        "ssm:CreateMaintenanceWindow",
        _WINDOWS,
        "marks the window as ours, if creating with tags needs it",
        f"{_REFERENCE}/list_awssystemsmanager.html has both actions and `aws:RequestTag` on the first; "
        "that creating with tags needs the second is AWS's rule for other services, not stated for this one",
        _TAGS_ALONE,
    ),
)
