"""What AWS's published commands need to exist, and how they are typed."""

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

OWN_BASELINE = "arn:aws:ssm:us-east-1:075727635805:patchbaseline/pb-09ca3fb51f0412ec3"  # AWS's own, for Windows
_DONE = ("Success", "Failed")


@pytest.fixture
def typed(cli_here: Any) -> Callable[[Any, str], Any]:
    """Return what runs one command line against a server, parsed as a shell and the CLI parse it."""

    def run(server: Any, command: str) -> Any:
        # Between double quotes a shell takes the backslash off a dollar sign; shlex leaves it.
        program, *words = shlex.split(command.replace("\\$", "$"))
        assert program == "aws"
        return cli_here(server).run(words)

    return run


@dataclass(frozen=True)
class Stage:
    """Ids that exist, and how published ones are replaced by them: each pattern's first group is replaced."""

    server: Any
    table: tuple[tuple[str, str], ...]
    hosts: tuple[str, ...] = ()

    def set_in(self, command: str) -> str:
        """Put ids that exist in the place of the published ones."""
        for pattern, real in self.table:
            command = re.sub(pattern, lambda found, real=real: found[0].replace(found[1], real), command)
        named = list(dict.fromkeys(re.findall(r"\bi-[0-9a-zA-Z]{8,}", command)))
        for published, host in zip(named, self.hosts, strict=False):
            command = command.replace(published, host)
        return command


def _until(ended: Callable[[], bool]) -> None:
    for _ in range(200):
        if ended():
            return
    pytest.fail("it did not end")


@pytest.fixture(scope="session")
def scanned(served: Any) -> tuple[str, tuple[str, ...]]:
    """Scan the tagged hosts of the served world with Patch Manager; return the command and the hosts."""
    ssm, ec2 = served.client("ssm"), served.client("ec2")
    found = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["pww-node"]}])
    hosts = tuple(i["InstanceId"] for r in found["Reservations"] for i in r["Instances"])
    tags = {"DEV": "yes", "Patch Group": "Production"}
    ec2.create_tags(Resources=list(hosts), Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    sent = ssm.send_command(
        DocumentName="AWS-RunPatchBaseline", InstanceIds=list(hosts), Parameters={"Operation": ["Scan"]}
    )["Command"]["CommandId"]
    _until(lambda: ssm.list_commands(CommandId=sent)["Commands"][0]["Status"] in _DONE)
    return sent, hosts


@pytest.fixture
def systems_manager(served: Any, scanned: tuple[str, tuple[str, ...]]) -> Iterator[Stage]:
    """Set up a window with targets and tasks like the published ones, and a patch baseline."""
    command, hosts = scanned
    ssm = served.client("ssm")
    window = ssm.create_maintenance_window(
        Name="My-First-Maintenance-Window",
        Schedule="cron(0 16 ? * TUE *)",
        Duration=4,
        Cutoff=1,
        AllowUnassociatedTargets=True,
    )["WindowId"]
    target = ssm.register_target_with_maintenance_window(
        WindowId=window,
        ResourceType="INSTANCE",
        Targets=[{"Key": "InstanceIds", "Values": list(hosts)}],
        OwnerInformation="CostCenter1",
        Name="ExampleTarget",
    )["WindowTargetId"]
    tasks = [
        ssm.register_task_with_maintenance_window(
            WindowId=window,
            TaskType="RUN_COMMAND",
            TaskArn="AWS-RunPowerShellScript",
            Targets=[{"Key": "WindowTargetIds", "Values": [target]}],
            TaskInvocationParameters={
                "RunCommand": {"Comment": "", "TimeoutSeconds": 600, "Parameters": {"commands": ["echo Hello"]}}
            },
            Priority=priority,
            MaxConcurrency="1",
            MaxErrors="1",
            Name="ExampleTask",
            Description="Hello",
        )["WindowTaskId"]
        for priority in (1, 3)
    ]
    # The published answers are of baselines with a rule, and with a description.
    rule = {
        "PatchFilterGroup": {"PatchFilters": [{"Key": "MSRC_SEVERITY", "Values": ["Critical"]}]},
        "ComplianceLevel": "CRITICAL",
        "ApproveAfterDays": 5,
    }
    baseline = ssm.create_patch_baseline(
        Name="WindowsPatching", Description="Patches", ApprovalRules={"PatchRules": [rule]}
    )["BaselineId"]
    grouped = ssm.create_patch_baseline(Name="ProdPatching", Description="Patches")["BaselineId"]
    ssm.register_patch_baseline_for_patch_group(BaselineId=grouped, PatchGroup="DEV")
    yield Stage(
        served,
        (
            (r"(arn:aws:ssm:us-east-2:733109147000:patchbaseline/pb-\w+)", OWN_BASELINE),
            (r"(pb-0ca44a362fEXAMPLE)", grouped),
            (r"(?<!/)(\bpb-(?!" + grouped[3:] + r")\w+)", baseline),
            (r"(\bmw-\w{16,17})\b(?!-)", window),
            (r"--window-target-id \"?([\w-]+)", target),
            (r"WindowTargetIds,Values=([\w-]+)", target),
            (r"--window-task-id \"?([\w-]+)", tasks[0]),
            (r"deregister-patch-baseline-for-patch-group --patch-group \"(Production)", "DEV"),
            (r"--command-id \"?([\w-]+)", command),
            # The hosts run one document, and it is not the one of the example.
            (r"send-command .*(AWS-RunShellScript)", "AWS-RunPatchBaseline"),
            (r"send-command .*(commands=\[.echo HelloWorld.\])", "Operation=Scan"),
            # Nothing is installed yet but what came with the image.
            (r"describe-instance-patches .*(Values=Installed)\b", "Values=InstalledOther"),
            # What the client makes of the answer is not in the published one either.
            (r"( --query .*)", ""),
        ),
        hosts,
    )
    for standing in ssm.describe_maintenance_windows()["WindowIdentities"]:
        ssm.delete_maintenance_window(WindowId=standing["WindowId"])
    ssm.register_default_patch_baseline(BaselineId=OWN_BASELINE)
    for group in ssm.describe_patch_groups()["Mappings"]:
        ssm.deregister_patch_baseline_for_patch_group(
            BaselineId=group["BaselineIdentity"]["BaselineId"], PatchGroup=group["PatchGroup"]
        )
    for made in (baseline, grouped):
        ssm.delete_patch_baseline(BaselineId=made)  # no error where the command did so


@pytest.fixture(scope="session")
def inspector(serving: Any, sealed: dict[str, str]) -> Iterator[Stage]:
    """Have Inspector Classic assess the tutorial's hosts once, with a template that has a tag."""
    with serving("workshop-classic", sealed) as server:
        client = server.client("inspector")
        template = client.list_assessment_templates()["assessmentTemplateArns"][0]
        client.set_tags_for_resource(resourceArn=template, tags=[{"key": "Name", "value": "Example"}])
        run = client.start_assessment_run(assessmentTemplateArn=template)["assessmentRunArn"]

        def ended() -> bool:
            described = client.describe_assessment_runs(assessmentRunArns=[run])["assessmentRuns"]
            return bool(described[0]["state"] == "COMPLETED")

        _until(ended)
        target = template.partition("/template/")[0]
        group = client.describe_assessment_targets(assessmentTargetArns=[target])["assessmentTargets"][0]
        yield Stage(
            server,
            (
                (r"(arn:aws:inspector:us-west-2:\S+?/finding/[\w-]+)", client.list_findings()["findingArns"][0]),
                (r"(arn:aws:inspector:us-west-2:\S+?/run/[\w-]+)", run),
                (r"(arn:aws:inspector:us-west-2:\S+?/template/[\w-]+)", template),
                (r"(arn:aws:inspector:us-west-2:\d+:target/[\w-]+)", target),
                (r"(arn:aws:inspector:us-west-2:\d+:resourcegroup/[\w-]+)", group["resourceGroupArn"]),
                (
                    r"(arn:aws:inspector:us-west-2:\d+:rulespackage/[\w-]+)",
                    client.list_rules_packages()["rulesPackageArns"][0],
                ),
            ),
        )


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Callable[[str], Stage]:
    """Return what sets the stage for a service."""
    fixtures = {"ssm": "systems_manager", "inspector": "inspector", "inspector2": "suppressed"}

    def set_up(service: str) -> Stage:
        ready: Stage = request.getfixturevalue(fixtures[service])
        return ready

    return set_up


@pytest.fixture
def suppressed(served: Any) -> Iterator[Stage]:
    """Have a suppression rule stand, and a member account."""
    client = served.client("inspector2")
    client.associate_member(accountId="123456789012")
    criteria = {"resourceType": [{"comparison": "EQUALS", "value": "AWS_LAMBDA_FUNCTION"}]}
    rule = client.create_filter(
        name="ExampleSuppressionRule", action="SUPPRESS", filterCriteria=criteria, description="None", reason="None"
    )["arn"]
    yield Stage(served, ((r"(arn:aws:inspector2:us-west-2:\d+:owner/o-\w+/filter/\w+)", rule),))
    for standing in client.list_filters()["filters"]:
        client.delete_filter(arn=standing["arn"])
