"""The tutorial's own world: three old hosts, patched properly, with honest leftovers."""

import json
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..world import World
from .patched_by import stack_targets

if TYPE_CHECKING:
    from ..hosts.ec2 import Instance
    from ..hosts.host import Host
    from ..simulator import Simulator

IMAGE = "ami-0d7a109bf30624c99"
_AFTER_THE_RESOURCES = "\nOutputs:\n"


def deploy(aws: "Simulator", more: str = "", **parameters: str) -> None:
    """Launch the workshop's stack from an old image, and a stranger's host beside it.

    `more` are further resources (YAML), `parameters` the values of the template's other parameters.
    """
    aws.know_image(IMAGE)
    aws.fleet.prepare = lambda host, instance: user_data(aws, host, instance)
    create_stack(aws, more, ImageId=IMAGE, **parameters)
    launch_stranger(aws)


def create_stack(aws: "Simulator", more: str = "", **parameters: str) -> None:
    """Create the workshop's stack, under the names of the deployment; its hosts get the deployment's tags.

    `more` are further resources, in YAML.
    """
    group, tags = aws.deployment.group, aws.deployment.tags
    values = parameters | ({"GroupName": group} if group else {})
    aws.client("cloudformation").create_stack(
        StackName=aws.deployment.stack,
        TemplateBody=_template(more),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()],
        Capabilities=["CAPABILITY_IAM"],
        # A tag of a resource's own, such as Name, is stronger than the stack's.
        Tags=[{"Key": key, "Value": tags[key]} for key in sorted(tags) if key != "Name"],
    )


@cache
def _template(more: str) -> str:
    # moto reads YAML by code in Python, which takes a third of the time that a world needs to begin. It reads what
    # YAML refuses as JSON: a tab in front does that.
    from moto.cloudformation.models import Stack

    text = files(__package__).joinpath("workshop.yaml").read_text(encoding="utf-8")
    text = text.replace(_AFTER_THE_RESOURCES, f"{more}{_AFTER_THE_RESOURCES}")
    return "\t" + json.dumps(Stack.parse_template(text), default=str)


def user_data(aws: "Simulator", host: "Host", instance: "Instance") -> None:
    """Set a new host up as its user data does; the red team opens remote login on theirs."""
    from ..hosts.fleet import install_language_packages
    from ..hosts.settings import FRESH_AL2023, FRESH_WINDOWS

    opened = instance.tags.get("Name") == "pww-RedTeamHost"
    if host.windows:
        # What root login over SSH is to Linux: a session that asks for no password before it is opened.
        host.settings = FRESH_WINDOWS | ({"windows.NetworkLevelAuthentication": "Disabled"} if opened else {})
        return
    host.settings = dict(FRESH_AL2023)
    if opened:
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
        "Name": aws.deployment.baseline,
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
        "Targets": stack_targets(aws),
        "Parameters": {"Operation": [operation], "RebootOption": [reboot]},
    }
    command = ssm.send_command(**(sent | differently))["Command"]
    while command["Status"] in ("Pending", "InProgress"):
        invocations = ssm.list_command_invocations(CommandId=command["CommandId"])["CommandInvocations"]
        if all(invocation["Status"] not in ("Pending", "InProgress") for invocation in invocations):
            command = ssm.list_commands(CommandId=command["CommandId"])["Commands"][0]


def have_scanned(aws: "Simulator", *, windows: bool = False) -> None:
    """Start the association that has Linux or Windows hosts scanned, and wait until Inspector has read the result."""
    from ..ssm.associations import INVENTORY, WINDOWS_PLUGIN

    ssm = aws.client("ssm")
    filters = [{"key": "AssociationName", "value": WINDOWS_PLUGIN if windows else INVENTORY}]
    [found] = ssm.list_associations(AssociationFilterList=filters)["Associations"]
    ssm.start_associations_once(AssociationIds=[found["AssociationId"]])
    aws.clock.advance(timedelta(minutes=10))


WORLD = World(
    name="workshop",
    story="The tutorial: three old hosts were patched last night; what is left has honest reasons.",
    red=frozenset(),
    deploy=deploy,
    remediate=install_patches,
)
