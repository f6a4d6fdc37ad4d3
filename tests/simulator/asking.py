"""Questions that the tests ask of a simulated AWS, through boto3 like anybody else."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from postpatch.simulator import Simulator, World
from postpatch.simulator.wire.front import Ours

BEGINS = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
STACK_TAG = "aws:cloudformation:stack-name"
INVENTORY = "InspectorInventoryCollection-do-not-delete"
Make = Callable[[str | World], Simulator]
TUTORIAL_WINDOW: dict[str, Any] = {
    "Name": "pww_mw",
    "Schedule": "cron(0 0 */12 * * ? *)",
    "Duration": 1,
    "Cutoff": 0,
    "StartDate": "2099-12-01T00:00:00Z",
    "ScheduleTimezone": "US/Pacific",
    "AllowUnassociatedTargets": True,
}


def findings(aws: Simulator, status: str = "ACTIVE", **criteria: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """List all findings of a status, with further filter criteria."""
    wanted = {"findingStatus": [{"comparison": "EQUALS", "value": status}], **criteria}
    pages = aws.client("inspector2").get_paginator("list_findings").paginate(filterCriteria=wanted)
    return [finding for page in pages for finding in page["findings"]]


def of_stack() -> list[dict[str, str]]:
    """Make the filter entry of the workshop's stack."""
    return [{"comparison": "EQUALS", "key": STACK_TAG, "value": "pww"}]


def equals(value: str) -> list[dict[str, str]]:
    """Make a string filter of one value."""
    return [{"comparison": "EQUALS", "value": value}]


def stack_hosts(aws: Simulator) -> list[str]:
    """List the ids of the stack's hosts."""
    pages = aws.client("ec2").get_paginator("describe_instances")
    found = pages.paginate(Filters=[{"Name": f"tag:{STACK_TAG}", "Values": ["pww"]}])
    return [instance["InstanceId"] for page in found for r in page["Reservations"] for instance in r["Instances"]]


def named(aws: Simulator, name: str) -> list[str]:
    """List the ids of the hosts with a Name tag."""
    found = aws.client("ec2").describe_instances(Filters=[{"Name": "tag:Name", "Values": [name]}])
    return [instance["InstanceId"] for r in found["Reservations"] for instance in r["Instances"]]


def launch_inventory(aws: Simulator) -> str:
    """Start Inspector's inventory association and return its id."""
    ssm = aws.client("ssm")
    found = ssm.list_associations(AssociationFilterList=[{"key": "AssociationName", "value": INVENTORY}])
    association = str(found["Associations"][0]["AssociationId"])
    ssm.start_associations_once(AssociationIds=[association])
    return association


def package_rows(aws: Simulator) -> list[dict[str, Any]]:
    """List the PACKAGE rows of the coverage."""
    criteria = {"scanType": equals("PACKAGE")}
    rows: list[dict[str, Any]] = aws.client("inspector2").list_coverage(filterCriteria=criteria)["coveredResources"]
    return rows


def rescan(aws: Simulator) -> None:
    """Launch the inventory and look at the coverage until everything is scanned anew."""
    began = aws.now()
    launch_inventory(aws)
    for _ in range(20):
        if all(row["lastScannedAt"] > began for row in package_rows(aws)):
            return
    pytest.fail("no rescan came")


def patch(
    aws: Simulator, operation: str = "Install", document: str = "AWS-RunPatchBaseline", **parameters: str
) -> dict[str, Any]:
    """Run a document that patches on the stack's hosts until it is done, and return the command."""
    ssm = aws.client("ssm")
    given = {"Operation": [operation]} | {name: [value] for name, value in parameters.items()}
    sent = ssm.send_command(
        DocumentName=document,
        Targets=[{"Key": f"tag:{STACK_TAG}", "Values": ["pww"]}],
        Parameters=given,
    )["Command"]
    for _ in range(200):
        command: dict[str, Any] = ssm.list_commands(CommandId=sent["CommandId"])["Commands"][0]
        if command["Status"] not in ("Pending", "InProgress"):
            return command
    return pytest.fail("the command did not end")


def everything_baseline(aws: Simulator, **changes: Any) -> str:
    """Create a baseline that approves all at once, as the tutorial does, and make it the default."""
    ssm = aws.client("ssm")
    rule = {
        "PatchFilterGroup": {"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}]},
        "ApproveAfterDays": 0,
        "EnableNonSecurity": True,
    }
    given = {"Name": "pww", "OperatingSystem": "AMAZON_LINUX_2023", "ApprovalRules": {"PatchRules": [rule]}} | changes
    baseline = str(ssm.create_patch_baseline(**given)["BaselineId"])
    ssm.register_default_patch_baseline(BaselineId=baseline)
    return baseline


def patch_state(aws: Simulator, host: str) -> dict[str, Any]:
    """Tell the patch state of one host."""
    state: dict[str, Any] = aws.client("ssm").describe_instance_patch_states(InstanceIds=[host])["InstancePatchStates"][
        0
    ]
    return state


def patches(aws: Simulator, host: str, state: str | None = None) -> list[dict[str, Any]]:
    """List the patches of one host, of one state or all."""
    filters = [{"Key": "State", "Values": [state]}] if state else []
    pages = aws.client("ssm").get_paginator("describe_instance_patches").paginate(InstanceId=host, Filters=filters)
    return [row for page in pages for row in page["Patches"]]


def ours(aws: Simulator) -> Ours:
    """Find the step of the front that answers what we simulate ourselves."""
    return next(step for step in aws.front.steps if isinstance(step, Ours))


def create_window(aws: Simulator, **changes: Any) -> str:
    """Create the tutorial's window, with changes; a change to None leaves the member out."""
    given = {name: value for name, value in (TUTORIAL_WINDOW | changes).items() if value is not None}
    return str(aws.client("ssm").create_maintenance_window(**given)["WindowId"])


def refusal(call: Any, **params: Any) -> dict[str, Any]:
    """Make a call that AWS must refuse, and return the whole error answer."""
    with pytest.raises(ClientError) as refused:
        call(**params)
    response: dict[str, Any] = refused.value.response
    return response


def code_of(call: Any, **params: Any) -> str:
    """Make a call that AWS must refuse, and return the error's code."""
    return str(refusal(call, **params)["Error"]["Code"])


def put_object(aws: Simulator, bucket: str, key: str, body: str) -> str:
    """Put a file into a bucket, which is made if need be, and return its path."""
    s3 = aws.client("s3")
    if bucket not in [known["Name"] for known in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=key, Body=body.encode())
    return f"s3://{bucket}/{key}"
