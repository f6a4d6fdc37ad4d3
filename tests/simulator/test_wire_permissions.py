"""Permissions at the front: an identity policy is enforced for every caller but the world's own story."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from postpatch.simulator import Fault, Mishap, Simulator
from tests.simulator.asking import INVENTORY, code_of, create_window, findings, patch_state, refusal, stack_hosts

# One call a protocol, ours and moto's, with the code under which AWS refuses it.
CALLS: dict[str, tuple[str, dict[str, Any], str]] = {
    "ssm:DescribeInstanceInformation": ("describe_instance_information", {}, "AccessDeniedException"),
    "ssm:PutParameter": ("put_parameter", {"Name": "p", "Value": "v", "Type": "String"}, "AccessDeniedException"),
    "inspector:ListRulesPackages": ("list_rules_packages", {}, "AccessDeniedException"),
    "inspector2:ListFindings": ("list_findings", {}, "AccessDeniedException"),
    "cloudformation:ListStackResources": ("list_stack_resources", {"StackName": "pww"}, "AccessDenied"),
    "autoscaling:DescribeAutoScalingGroups": ("describe_auto_scaling_groups", {}, "AccessDenied"),
    "iam:ListRoles": ("list_roles", {}, "AccessDenied"),
    "ec2:DescribeInstances": ("describe_instances", {}, "UnauthorizedOperation"),
}
WINDOWS = "arn:aws:ssm:*:*:maintenancewindow/"


@pytest.fixture
def client(aws: Simulator) -> Callable[[str], Any]:
    """Make clients of somebody who looks at the world."""
    return aws.session().client


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """Make a policy of statements; each allows, on everything, unless it says otherwise."""
    filled = [{"Effect": "Allow", "Resource": "*"} | statement for statement in statements]
    return {"Version": "2012-10-17", "Statement": filled}


def allow(*actions: str, resource: str | list[str] = "*") -> dict[str, Any]:
    """Make a policy that allows some actions."""
    return policy({"Action": list(actions), "Resource": resource})


@pytest.mark.parametrize("name", CALLS)
def test_what_is_not_allowed_is_refused_by_name(aws: Simulator, client: Callable[[str], Any], name: str) -> None:
    """An action that no statement allows is refused under the service's own code, and AWS's words name it."""
    method, params, code = CALLS[name]
    aws.restrict(allow(*CALLS.keys() - {name}))
    before = aws.now()
    error = refusal(getattr(client(name.partition(":")[0]), method), **params)["Error"]
    assert error["Code"] == code
    assert f"{aws.account}:user/moto is not authorized to perform: {name}" in error["Message"]
    assert error["Message"].endswith(f"because no identity-based policy allows the {name} action")
    assert (aws.now() - before).total_seconds() == 1


@pytest.mark.parametrize("name", CALLS)
def test_what_is_allowed_passes(aws: Simulator, client: Callable[[str], Any], name: str) -> None:
    """An action that a statement allows is answered as ever, and no other is."""
    method, params, _ = CALLS[name]
    aws.restrict(allow(name))
    assert getattr(client(name.partition(":")[0]), method)(**params)
    for other, (refused, given, code) in CALLS.items():
        if other != name:
            assert code_of(getattr(client(other.partition(":")[0]), refused), **given) == code


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        ("inspector2:ListFindings", True),
        ("inspector2:listfindings", True),
        ("inspector2:List*", True),
        ("inspector2:*ings", True),
        ("inspector2:ListFinding?", True),
        ("inspector2:*", True),
        ("*", True),
        ("inspector2:ListFinding", False),
        ("inspector2:ListFindings?", False),
        ("inspector2:Get*", False),
        ("inspector:*", False),
        ("ssm:*", False),
    ],
)
def test_wildcards_in_actions(aws: Simulator, client: Callable[[str], Any], action: str, allowed: bool) -> None:
    """An action is matched whole, in any case, with * and ?."""
    aws.restrict(allow(action))
    call = client("inspector2").list_findings
    if allowed:
        assert call()["findings"]
    else:
        assert code_of(call) == "AccessDeniedException"


def test_a_deny_wins(aws: Simulator, client: Callable[[str], Any]) -> None:
    """An explicit deny stands, whatever else allows the action, and the words say that it is one."""
    aws.restrict(policy({"Action": "*"}, {"Effect": "Deny", "Action": "inspector2:List*"}))
    error = refusal(client("inspector2").list_findings)["Error"]
    assert error["Message"].endswith("with an explicit deny in an identity-based policy")
    assert client("ssm").describe_instance_information()["InstanceInformationList"]


@pytest.mark.parametrize("statement", [{"Action": "ec2:RunInstances"}, {"Effect": "Deny", "Action": "*"}])
def test_who_one_is_may_always_be_asked(
    aws: Simulator, client: Callable[[str], Any], statement: dict[str, Any]
) -> None:
    """GetCallerIdentity needs no permission, and no deny takes it away."""
    aws.restrict(policy(statement))
    assert client("sts").get_caller_identity()["Account"] == aws.account


def test_the_story_goes_on(aws: Simulator) -> None:
    """The world's own clients may do everything."""
    aws.restrict(allow("ssm:ListCommands"))
    assert findings(aws)
    aws.remediate()
    assert {patch_state(aws, host)["Operation"] for host in stack_hosts(aws)} == {"Install"}


def test_a_service_may_do_its_work(aws: Simulator, client: Callable[[str], Any]) -> None:
    """What moto does behind the front is not checked, although AWS lets CloudFormation do only what its caller may."""
    aws.restrict(allow("cloudformation:CreateStack"))
    template = {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}}}}
    client("cloudformation").create_stack(StackName="mine", TemplateBody=json.dumps(template))
    assert "10.1.0.0/16" in [vpc["CidrBlock"] for vpc in aws.client("ec2").describe_vpcs()["Vpcs"]]


def test_the_last_policy_is_the_one(aws: Simulator, client: Callable[[str], Any]) -> None:
    """A policy takes the place of the one before it."""
    aws.restrict(allow("ssm:ListCommands"))
    aws.restrict(allow("ssm:ListAssociations"))
    assert client("ssm").list_associations()["Associations"]
    assert code_of(client("ssm").list_commands) == "AccessDeniedException"


def test_a_policy_on_some_windows(aws: Simulator, client: Callable[[str], Any]) -> None:
    """Where a request tells its window, only the windows that the resource matches may be looked at."""
    mine, other = create_window(aws, Name="mine"), create_window(aws, Name="other")
    aws.restrict(allow("ssm:GetMaintenanceWindow", resource=[WINDOWS + mine]))
    assert client("ssm").get_maintenance_window(WindowId=mine)["Name"] == "mine"
    error = refusal(client("ssm").get_maintenance_window, WindowId=other)["Error"]
    arn = f"arn:aws:ssm:us-east-1:{aws.account}:maintenancewindow/{other}"
    assert f"perform: ssm:GetMaintenanceWindow on resource: {arn} because" in error["Message"]


def test_each_of_several_resources_must_be_allowed(aws: Simulator, client: Callable[[str], Any]) -> None:
    """A call that concerns three hosts is refused where one of them is not allowed."""
    first, second, third = stack_hosts(aws)
    arn = f"arn:aws:ec2:us-east-1:{aws.account}:instance/"
    aws.restrict(allow("ssm:DescribeInstancePatchStates", resource=[arn + first, arn + second]))
    call = client("ssm").describe_instance_patch_states
    assert "InstancePatchStates" in call(InstanceIds=[first, second])
    assert third in refusal(call, InstanceIds=[first, second, third])["Error"]["Message"]


def test_a_deny_on_a_resource(aws: Simulator, client: Callable[[str], Any]) -> None:
    """A resource may be denied out of all that are allowed."""
    mine, other = create_window(aws, Name="mine"), create_window(aws, Name="other")
    denied = {"Effect": "Deny", "Action": "ssm:DeleteMaintenanceWindow", "Resource": WINDOWS + mine}
    aws.restrict(policy({"Action": "*"}, denied))
    assert "explicit deny" in refusal(client("ssm").delete_maintenance_window, WindowId=mine)["Error"]["Message"]
    assert client("ssm").delete_maintenance_window(WindowId=other)["WindowId"] == other


def test_how_each_request_tells_its_resource(aws: Simulator, client: Callable[[str], Any]) -> None:
    """The ARN of each resource is made of what the request carries."""
    ssm, inspector2, window = client("ssm"), client("inspector2"), create_window(aws)
    host = stack_hosts(aws)[0]
    filters = [{"key": "AssociationName", "value": INVENTORY}]
    association = aws.client("ssm").list_associations(AssociationFilterList=filters)["Associations"][0]["AssociationId"]
    here = f"us-east-1:{aws.account}"
    theirs = "arn:aws:ssm:us-east-1:075727635805:patchbaseline/pb-0123456789abcdef0"
    scan = f"arn:aws:inspector2:{here}:owner/{aws.account}/cis-configuration/"
    schedule, target = {"oneTime": {}}, {"accountIds": ["SELF"], "targetResourceTags": {"a": ["b"]}}
    task, part = {"WindowId": window, "WindowTaskId": "1" * 36}, {"WindowId": window, "WindowTargetId": "2" * 36}
    made = {"scanName": "s", "securityLevel": "LEVEL_1", "schedule": schedule, "targets": target}
    rows: list[tuple[Any, dict[str, Any], str]] = [
        (client("cloudformation").list_stack_resources, {"StackName": "pww"}, f"cloudformation:{here}:stack/pww/*"),
        (ssm.start_associations_once, {"AssociationIds": [association]}, f"ssm:{here}:association/{association}"),
        (ssm.describe_association_executions, {"AssociationId": association}, f"ssm:{here}:association/{association}"),
        (ssm.describe_instance_patches, {"InstanceId": host}, f"ec2:{here}:instance/{host}"),
        (ssm.describe_instance_patches, {"InstanceId": "mi-" + "0" * 17}, f"ssm:{here}:managed-instance/mi-"),
        (ssm.get_patch_baseline, {"BaselineId": "pb-" + "0" * 17}, f"ssm:{here}:patchbaseline/pb-0"),
        (ssm.get_patch_baseline, {"BaselineId": theirs}, theirs.removeprefix("arn:aws:")),
        (
            ssm.list_tags_for_resource,
            {"ResourceType": "MaintenanceWindow", "ResourceId": window},
            f"ssm:{here}:maintenancewindow/{window}",
        ),
        (ssm.deregister_task_from_maintenance_window, task, f"ssm:{here}:maintenancewindow/{window}"),
        (inspector2.create_cis_scan_configuration, made, scan.removeprefix("arn:aws:") + "*"),
        (
            inspector2.delete_cis_scan_configuration,
            {"scanConfigurationArn": scan + "1" * 36},
            scan.removeprefix("arn:aws:") + "1" * 36,
        ),
    ]
    aws.restrict(allow("ssm:ListCommands"))
    for call, params, arn in rows:
        assert f"on resource: arn:aws:{arn}" in refusal(call, **params)["Error"]["Message"]
    # What concerns two resources needs both.
    aws.restrict(allow("ssm:DeregisterTargetFromMaintenanceWindow", resource=WINDOWS + "*"))
    error = refusal(ssm.deregister_target_from_maintenance_window, **part)["Error"]
    assert f"windowtarget/{'2' * 36}" in error["Message"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "Version"),
    ({"Version": "2008-10-17", "Statement": []}, "Version"),
    ({"Version": "2012-10-17"}, "at least one statement"),
    ({"Version": "2012-10-17", "Statement": [], "Statements": []}, "Version"),
    (policy({"Action": "ssm:ListCommands", "Condition": {"Bool": {}}}), "condition Bool is not simulated"),
    (policy({"NotAction": "ssm:ListCommands"}), "NotAction is not simulated"),
    (policy({"Sid": "Reads", "Action": "*", "Principal": "*"}), "Reads: Principal is not simulated"),
    (policy({"Action": "*", "NotResource": "*"}), "NotResource is not simulated"),
    (policy({"Action": "*", "Effect": "allow"}), "Effect is Allow or Deny"),
    (policy({"Action": []}), "at least one Action"),
    (policy({"Action": "*", "Resource": []}), "at least one Action and one Resource"),
    (policy({"Action": "ListCommands"}), "'ListCommands' is no action"),
    (policy({"Action": "ssm:List Commands"}), "is no action"),
    (policy({"Action": "SSM:ListCommands"}), "is no action"),
    (policy({"Action": "ssm:GetMaintenanceWindow", "Resource": "mw-1"}), "neither"),
    (policy({"Action": "ssm:GetMaintenanceWindow", "Resource": "arn:aws:ssm:*:*:x/${aws:username}"}), "variables"),
    (policy({"Action": "ssm:ListCommands", "Resource": WINDOWS + "*"}), "resource of ssm:ListCommands"),
    (policy({"Action": "ssm:*", "Resource": WINDOWS + "*"}), "resource of ssm:\\*"),
]


@pytest.mark.parametrize(("document", "why"), REFUSED)
def test_what_is_not_simulated_is_refused_loudly(
    aws: Simulator, client: Callable[[str], Any], document: dict[str, Any], why: str
) -> None:
    """A policy that would mean something else in IAM than here is refused, and nothing is enforced."""
    with pytest.raises(ValueError, match=why):
        aws.restrict(document)
    assert client("ssm").describe_instance_information()["InstanceInformationList"]


def test_one_statement_need_not_be_a_list(aws: Simulator, client: Callable[[str], Any]) -> None:
    """As in IAM, one statement, one action and one resource may stand for a list of one."""
    text = '{"Version":"2012-10-17","Id":"x","Statement":{"Effect":"Allow","Action":"ssm:ListCommands","Resource":"*"}}'
    aws.restrict(json.loads(text))
    assert "Commands" in client("ssm").list_commands()
    assert code_of(client("ssm").list_associations) == "AccessDeniedException"


def test_what_tells_no_action_needs_all_of_a_service(aws: Simulator, client: Callable[[str], Any]) -> None:
    """S3's requests do not tell their action: nothing narrower than all of S3 lets them pass."""
    aws.restrict(allow("s3:ListAllMyBuckets", "s3:ListBuckets"))
    assert code_of(client("s3").list_buckets) == "AccessDenied"
    aws.restrict(allow("s3:*"))
    assert client("s3").list_buckets()["Buckets"] == []


def test_a_denied_call_meets_no_fault(aws: Simulator, client: Callable[[str], Any]) -> None:
    """Who may not call does not reach what would have gone wrong."""
    injected = aws.inject(Fault("ssm:ListCommands", Mishap.THROTTLED))
    aws.restrict(allow("ssm:ListAssociations"))
    assert code_of(client("ssm").list_commands) == "AccessDeniedException"
    assert injected.met == 0
