"""The tutorial, host layer round, walked with the real AWS CLI: each call is one of its steps, with its values."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TEMPLATE = Path(__file__).parents[2] / "postpatch" / "simulator" / "worlds" / "workshop.yaml"
AL2023_IMAGE = "ami-0d7a109bf30624c99"
STACK_TARGET = "Key=tag:aws:cloudformation:stack-name,Values=pww"
INVENTORY = "key=AssociationName,value=InspectorInventoryCollection-do-not-delete"
EVERYTHING = {
    "PatchRules": [
        {
            "PatchFilterGroup": {
                "PatchFilters": [{"Key": key, "Values": ["*"]} for key in ("PRODUCT", "CLASSIFICATION", "SEVERITY")]
            },
            "ApproveAfterDays": 0,
            "ComplianceLevel": "UNSPECIFIED",
            "EnableNonSecurity": True,
        }
    ]
}


def until(ended: Callable[[], Any]) -> Any:
    """Look until there is something, or a truth. A look costs half a simulated minute, and no real one."""
    for _ in range(200):
        if found := ended():
            return found
    return pytest.fail("it did not end")


def build_environment(aws: Any) -> list[str]:
    """Build the environment: the workshop's stack, which this world has from before, is deleted and made anew."""
    aws("cloudformation", "delete-stack", "--stack-name", "pww")
    aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", "pww")
    parameter = f"ParameterKey=ImageId,ParameterValue={AL2023_IMAGE}"
    made = ["--stack-name", "pww", "--template-body", f"file://{TEMPLATE}", "--parameters", parameter]
    aws("cloudformation", "create-stack", *made, "--capabilities", "CAPABILITY_IAM")
    aws("cloudformation", "wait", "stack-create-complete", "--stack-name", "pww")
    return hosts_of_stack(aws)


def hosts_of_stack(aws: Any) -> list[str]:
    """List the running hosts that carry the stack's tag."""
    tagged = ["Name=tag:aws:cloudformation:stack-name,Values=pww", "Name=instance-state-name,Values=running"]
    found = aws("ec2", "describe-instances", "--filters", *tagged, "--query", "Reservations[].Instances[].InstanceId")
    return sorted(found)


def assess_with_inspector(aws: Any, server: Any, hosts: list[str]) -> tuple[int, str]:
    """Have Inspector look again: the inventory association once, and a CIS scan; count the findings that stand."""
    associations = aws("ssm", "list-associations", "--association-filter-list", INVENTORY)["Associations"]
    inventory = associations[0]["AssociationId"]
    aws("ssm", "start-associations-once", "--association-ids", inventory)
    began = aws("ssm", "describe-association-executions", "--association-id", inventory)["AssociationExecutions"][0]
    targets = {"accountIds": ["SELF"], "targetResourceTags": {"aws:cloudformation:stack-name": ["pww"]}}
    scan = ["--scan-name", "pww", "--security-level", "LEVEL_1", "--schedule", "oneTime={}"]
    configuration = aws("inspector2", "create-cis-scan-configuration", *scan, "--targets", json.dumps(targets))
    arn = configuration["scanConfigurationArn"]

    ssm, inspector = server.client("ssm"), server.client("inspector2")
    mine = {"scanConfigurationArnFilters": [{"comparison": "EQUALS", "value": arn}]}
    until(lambda: inspector.list_cis_scans(filterCriteria=mine)["scans"][0]["status"] == "COMPLETED")
    runs = ssm.describe_association_executions(AssociationId=inventory)["AssociationExecutions"]
    assert {run["Status"] for run in runs if run["ExecutionId"] == began["ExecutionId"]} == {"Success"}
    until(lambda: _scanned_since(inspector, hosts, began["CreatedTime"]))

    of_stack = [{"comparison": "EQUALS", "key": "aws:cloudformation:stack-name", "value": "pww"}]
    active = {"findingStatus": [{"comparison": "EQUALS", "value": "ACTIVE"}], "resourceTags": of_stack}
    found = aws("inspector2", "list-findings", "--filter-criteria", json.dumps(active))["findings"]
    assert {finding["resources"][0]["id"] for finding in found} <= set(hosts)
    return len(found), arn


def _scanned_since(inspector: Any, hosts: list[str], moment: str) -> bool:
    rows = inspector.list_coverage(filterCriteria={"scanType": [{"comparison": "EQUALS", "value": "PACKAGE"}]})
    scanned = {row["resourceId"]: row["lastScannedAt"].timestamp() for row in rows["coveredResources"]}
    return all(scanned.get(host, 0) > _seconds(moment) for host in hosts)


def remediate(aws: Any, server: Any, system: str) -> str:
    """Patch: an own baseline that takes everything, made the default, and AWS-RunPatchBaseline, scan and install."""
    rules = ["--approval-rules", json.dumps(EVERYTHING)]
    baseline = aws("ssm", "create-patch-baseline", "--name", "pww", "--operating-system", system, *rules)["BaselineId"]
    aws("ssm", "register-default-patch-baseline", "--baseline-id", baseline)
    assert aws("ssm", "get-default-patch-baseline", "--operating-system", system)["BaselineId"] == baseline
    sent = aws(
        *("ssm", "send-command", "--document-name", "AWS-RunPatchBaseline", "--targets", STACK_TARGET),
        *("--parameters", "Operation=Install,RebootOption=RebootIfNeeded"),
    )["Command"]["CommandId"]
    ssm = server.client("ssm")
    until(lambda: ssm.list_commands(CommandId=sent)["Commands"][0]["CompletedCount"] == 3)
    # "Look at Run Command's history": done on all three.
    command = aws("ssm", "list-commands", "--command-id", sent)["Commands"][0]
    assert (command["Status"], command["TargetCount"], command["ErrorCount"]) == ("Success", 3, 0)
    return baseline


def create_window(aws: Any) -> tuple[str, str, str]:
    """Create the window, and register its target and its task, with the values of the tutorial's three tables."""
    window = aws(
        *("ssm", "create-maintenance-window", "--name", "pww_mw"),
        *("--schedule", "cron(0 0 */12 * * ? *)", "--duration", "1", "--cutoff", "0"),
        *("--start-date", "2099-12-01T00:00:00Z", "--schedule-timezone", "US/Pacific"),
        "--allow-unassociated-targets",
    )["WindowId"]
    target = aws(
        *("ssm", "register-target-with-maintenance-window", "--window-id", window, "--name", "pww_targets"),
        *("--resource-type", "INSTANCE", "--targets", STACK_TARGET),
    )["WindowTargetId"]
    run = {"RunCommand": {"Parameters": {"Operation": ["Install"]}, "TimeoutSeconds": 600}}
    task = aws(
        *("ssm", "register-task-with-maintenance-window", "--window-id", window, "--name", "pww_task"),
        *("--task-type", "RUN_COMMAND", "--task-arn", "AWS-RunPatchBaseline"),
        *("--targets", f"Key=WindowTargetIds,Values={target}", "--max-concurrency", "1", "--max-errors", "1"),
        *("--priority", "1", "--task-invocation-parameters", json.dumps(run)),
    )["WindowTaskId"]
    return window, target, task


def look_at_window(aws: Any, window: str, target: str, task: str) -> None:
    """Look at what stands: it will first run in 2099, on the stack's hosts, and it installs."""
    shown = aws("ssm", "get-maintenance-window", "--window-id", window)
    assert (shown["Duration"], shown["Cutoff"], shown["AllowUnassociatedTargets"]) == (1, 0, True)
    assert shown["NextExecutionTime"].startswith("2099-12-01T00:00")
    runs = aws("ssm", "describe-maintenance-window-schedule", "--window-id", window, "--max-results", "2")
    assert [run["ExecutionTime"][:13] for run in runs["ScheduledWindowExecutions"][:2]] == [
        "2099-12-01T00",
        "2099-12-01T12",
    ]
    registered = aws("ssm", "describe-maintenance-window-targets", "--window-id", window)["Targets"]
    assert [(one["WindowTargetId"], one["Name"]) for one in registered] == [(target, "pww_targets")]
    shown = aws("ssm", "get-maintenance-window-task", "--window-id", window, "--window-task-id", task)
    assert shown["TaskInvocationParameters"]["RunCommand"]["Parameters"] == {"Operation": ["Install"]}
    assert shown["ServiceRoleArn"].endswith("AWSServiceRoleForAmazonSSM")
    assert aws("ssm", "describe-maintenance-window-executions", "--window-id", window)["WindowExecutions"] == []


def clean_up(aws: Any, system: str, baseline: str, window: tuple[str, str, str]) -> None:
    """Clean up: AWS's own baseline is the default again, the stack goes, and the window that the tutorial forgets."""
    assert "ResourceInUseException" in aws.refused("ssm", "delete-patch-baseline", "--baseline-id", baseline)
    own = ["--filters", "Key=OWNER,Values=AWS", f"Key=OPERATING_SYSTEM,Values={system}"]
    predefined = aws("ssm", "describe-patch-baselines", *own)["BaselineIdentities"][0]["BaselineId"]
    aws("ssm", "register-default-patch-baseline", "--baseline-id", predefined)
    aws("ssm", "delete-patch-baseline", "--baseline-id", baseline)
    aws("cloudformation", "delete-stack", "--stack-name", "pww")
    aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", "pww")
    window_id, target, task = window
    safely = ["--window-id", window_id, "--window-target-id", target, "--safe"]
    assert "TargetInUseException" in aws.refused("ssm", "deregister-target-from-maintenance-window", *safely)
    aws("ssm", "deregister-task-from-maintenance-window", "--window-id", window_id, "--window-task-id", task)
    aws("ssm", "deregister-target-from-maintenance-window", *safely)
    aws("ssm", "delete-maintenance-window", "--window-id", window_id)

    assert aws("ssm", "describe-patch-baselines", "--filters", "Key=OWNER,Values=Self")["BaselineIdentities"] == []
    assert aws("ssm", "describe-maintenance-windows")["WindowIdentities"] == []
    assert hosts_of_stack(aws) == []


def _seconds(moment: Any) -> float:
    from botocore.utils import parse_timestamp

    return float(parse_timestamp(moment).timestamp())


def test_the_tutorial_is_walked_with_the_cli(serve, cli, cli_here):
    """Every phase, with Inspector as it is today: fewer findings after patching, and nothing is left behind.

    What the tutorial creates is typed in processes of their own; the rest takes the same CLI in this one.
    """
    server = serve("workshop")
    typed, aws = cli(server), cli_here(server)
    hosts = build_environment(typed)
    assert len(hosts) == 3
    before, first = assess_with_inspector(aws, server, hosts)
    baseline = remediate(aws, server, "AMAZON_LINUX_2023")
    # The tutorial's Verify phase: assess, set the window up meanwhile, compare.
    window = create_window(typed)
    look_at_window(aws, *window)
    after, second = assess_with_inspector(aws, server, hosts)
    assert 0 < after < before
    for configuration in (first, second):
        aws("inspector2", "delete-cis-scan-configuration", "--scan-configuration-arn", configuration)
    assert aws("inspector2", "list-cis-scan-configurations")["scanConfigurations"] == []
    clean_up(aws, "AMAZON_LINUX_2023", baseline, window)


def run_assessment(aws: Any, server: Any, template: str) -> str:
    """Run the Assess phase's template, and wait for "Analysis complete", fifteen simulated minutes later."""
    run = aws("inspector", "start-assessment-run", "--assessment-template-arn", template)["assessmentRunArn"]
    inspector = server.client("inspector")

    def complete() -> bool:
        described = inspector.describe_assessment_runs(assessmentRunArns=[run])
        return bool(described["assessmentRuns"][0]["state"] == "COMPLETED")

    until(complete)
    return str(run)


def findings_of(aws: Any, run: str, *rules: str) -> list[str]:
    """List the findings of a run, or those of some of its rules."""
    by_rule = ["--filter", json.dumps({"ruleNames": list(rules)})] if rules else []
    found: list[str] = aws("inspector", "list-findings", "--assessment-run-arns", run, *by_rule)["findingArns"]
    return found


def test_the_tutorial_is_walked_with_the_cli_and_inspector_classic(serve, cli_here):
    """From the Assess phase's template, which this world has, word for word: 117 findings, fewer, and root login."""
    server = serve("workshop-classic")
    aws = cli_here(server)
    templates = aws("inspector", "list-assessment-templates")["assessmentTemplateArns"]
    described = aws("inspector", "describe-assessment-templates", "--assessment-template-arns", *templates)
    template = described["assessmentTemplates"][0]
    assert template["durationInSeconds"] == 900
    first = run_assessment(aws, server, template["arn"])
    baseline = remediate(aws, server, "AMAZON_LINUX_2")
    second = run_assessment(aws, server, template["arn"])
    window = create_window(aws)
    before, after = findings_of(aws, first), findings_of(aws, second)
    assert len(before) == 117
    assert 0 < len(after) < len(before)
    # "Take a look at the entries that were not patched": a configuration, which no patch fixes.
    root = findings_of(aws, second, "Disable root login over SSH")
    assert len(root) == len(findings_of(aws, first, "Disable root login over SSH")) > 0
    shown = aws("inspector", "describe-findings", "--finding-arns", root[0])["findings"][0]
    assert "log in with root credentials over SSH" in shown["title"]

    for run in (first, second):
        aws("inspector", "delete-assessment-run", "--assessment-run-arn", run)
    aws("inspector", "delete-assessment-template", "--assessment-template-arn", template["arn"])
    aws("inspector", "delete-assessment-target", "--assessment-target-arn", template["assessmentTargetArn"])
    assert aws("inspector", "list-assessment-targets")["assessmentTargetArns"] == []
    clean_up(aws, "AMAZON_LINUX_2", baseline, window)
