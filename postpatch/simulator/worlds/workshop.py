"""The tutorial's own world: three old hosts, patched properly, with honest leftovers."""

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..world import World

if TYPE_CHECKING:
    from ..hosts.ec2 import Instance
    from ..hosts.host import Host
    from ..simulator import Simulator

STACK = "pww"
IMAGE = "ami-0d7a109bf30624c99"


def deploy(aws: "Simulator") -> None:
    """Launch the workshop's stack from an old image, and a stranger's host beside it."""
    deploy_with(aws, "")


def deploy_with(aws: "Simulator", resources: str) -> None:
    """Launch the workshop with further resources in its template: YAML, indented as they are there."""
    aws.know_image(IMAGE)
    aws.fleet.prepare = lambda host, instance: user_data(aws, host, instance)
    template = files(__package__).joinpath("workshop.yaml").read_text(encoding="utf-8")
    aws.client("cloudformation").create_stack(
        StackName=STACK,
        TemplateBody=template.replace("\nOutputs:\n", f"{resources}\nOutputs:\n"),
        Parameters=[{"ParameterKey": "ImageId", "ParameterValue": IMAGE}],
        Capabilities=["CAPABILITY_IAM"],
    )
    launch_stranger(aws)


def user_data(aws: "Simulator", host: "Host", instance: "Instance") -> None:
    """Set a new host up as its user data does; the red team opens root login on theirs."""
    from ..hosts.fleet import install_language_packages
    from ..hosts.settings import FRESH_AL2023

    host.settings = dict(FRESH_AL2023)
    if instance.tags.get("Name") == "pww-RedTeamHost":
        host.settings["sshd.PermitRootLogin"] = "yes"
        host.settings["sshd.PasswordAuthentication"] = "yes"
        install_language_packages(host, aws.fleet.facts(host))


def launch_stranger(aws: "Simulator") -> None:
    """Launch a host of somebody else: same image, other tags, outside the stack."""
    aws.client("ec2").run_instances(
        ImageId=IMAGE,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[
            {
                "ResourceType": "instance",
                "Tags": [{"Key": "Name", "Value": "billing-batch"}, {"Key": "Team", "Value": "billing"}],
            }
        ],
    )


def nodes(aws: "Simulator") -> list["Host"]:
    """Find the running web nodes, those of the Auto Scaling group."""
    return aws.fleet.select([("tag:Name", ["pww-node"])])


def red_team_host(aws: "Simulator") -> "Host":
    """Find the red team's host, which stands alone."""
    return aws.fleet.select([("tag:Name", ["pww-RedTeamHost"])])[0]


def install_patches(aws: "Simulator") -> None:
    """Patch the stack's hosts as the tutorial's Remediate phase says: own baseline, scan and install, reboot."""
    approve_everything(aws)
    run_patch_baseline(aws, "Install")


def approve_everything(aws: "Simulator", **differently: Any) -> None:
    """Create the tutorial's patch baseline, which approves every patch at once, and make it the default."""
    ssm = aws.client("ssm")
    everything = [{"Key": key, "Values": ["*"]} for key in ("PRODUCT", "CLASSIFICATION", "SEVERITY")]
    baseline: dict[str, Any] = {
        "Name": STACK,
        "OperatingSystem": "AMAZON_LINUX_2023",
        "ApprovalRules": {
            "PatchRules": [
                {
                    "PatchFilterGroup": {"PatchFilters": everything},
                    "ComplianceLevel": "UNSPECIFIED",
                    "ApproveAfterDays": 0,
                    "EnableNonSecurity": True,
                }
            ]
        },
    }
    created = ssm.create_patch_baseline(**(baseline | differently))
    ssm.register_default_patch_baseline(BaselineId=created["BaselineId"])


def run_patch_baseline(aws: "Simulator", operation: str, reboot: str = "RebootIfNeeded", **differently: Any) -> None:
    """Send AWS-RunPatchBaseline to the stack's hosts, and look at it until it is done."""
    ssm = aws.client("ssm")
    sent: dict[str, Any] = {
        "DocumentName": "AWS-RunPatchBaseline",
        "Targets": [{"Key": "tag:aws:cloudformation:stack-name", "Values": [STACK]}],
        "Parameters": {"Operation": [operation], "RebootOption": [reboot]},
    }
    command = ssm.send_command(**(sent | differently))["Command"]
    while command["Status"] in ("Pending", "InProgress"):
        invocations = ssm.list_command_invocations(CommandId=command["CommandId"])["CommandInvocations"]
        if all(invocation["Status"] not in ("Pending", "InProgress") for invocation in invocations):
            command = ssm.list_commands(CommandId=command["CommandId"])["Commands"][0]


WORLD = World(
    name="workshop",
    story="The tutorial: three old hosts were patched last night; what is left has honest reasons.",
    red=frozenset(),
    deploy=deploy,
    remediate=install_patches,
)
