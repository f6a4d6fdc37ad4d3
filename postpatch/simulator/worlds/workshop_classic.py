"""The tutorial as it was written: Amazon Linux 2, and Inspector Classic with the Assess phase's template."""

from typing import TYPE_CHECKING

from ..deployment import STACK_TAG
from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..hosts.ec2 import Instance
    from ..hosts.host import Host
    from ..simulator import Simulator

IMAGE = "ami-009d6802948d06e52"  # amzn2-ami-hvm-2.0.20181114-x86_64-gp2 in us-east-1
FACTS = "amazon-linux-2"
TEMPLATE = "pww template"
DURATION = 900

# A fresh Amazon Linux 2, as far as the Security Best Practices look: cloud-init turns passwords off, and the lines of
# PermitRootLogin, minlen and the credits are comments.
FRESH_AL2: dict[str, str] = {
    "sshd.Protocol": "2",
    "sshd.PasswordAuthentication": "no",
    "login.PASS_MAX_DAYS": "99999",
    "sysctl.kernel.randomize_va_space": "2",
    "cpu.nx": "enabled",
    "file./bin.mode": "0555",
    "file./sbin.mode": "0555",
    "file./usr/bin.mode": "0555",
    "file./usr/sbin.mode": "0555",
    "file./etc.mode": "0755",
}
# What the user data of each host installs from repositories that are not Amazon's own (the template's UserData).
NODE_EXTRAS = ("httpd", "httpd-filesystem", "httpd-tools", "nodejs")


def deploy(aws: "Simulator") -> None:
    """Launch the workshop's stack on Amazon Linux 2, a stranger beside it, and set Inspector Classic up."""
    aws.know_image(IMAGE, FACTS)
    aws.know_image(workshop.IMAGE)
    aws.fleet.prepare = user_data
    workshop.create_stack(aws, ImageId=IMAGE, InstanceSize="t2.small")
    workshop.launch_stranger(aws)
    set_inspector_up(aws)


def user_data(host: "Host", instance: "Instance") -> None:
    """Set a new host up as its user data does; the red team takes passwords, and runs no web application."""
    from ..hosts.settings import FRESH_AL2023

    if host.platform != "AMAZON_LINUX_2":
        host.settings = dict(FRESH_AL2023)
        return
    host.settings = dict(FRESH_AL2)
    if instance.tags.get("Name") == "pww-RedTeamHost":
        host.settings["sshd.PasswordAuthentication"] = "yes"
        host.remove(*NODE_EXTRAS)


def set_inspector_up(aws: "Simulator") -> None:
    """Create what the tutorial's template creates: a target by the stack's tag, and the assessment template."""
    inspector = aws.client("inspector")
    group = inspector.create_resource_group(resourceGroupTags=[{"key": STACK_TAG, "value": aws.deployment.stack}])
    target = inspector.create_assessment_target(
        assessmentTargetName=f"InspectorTarget-{aws.deployment.stack}", resourceGroupArn=group["resourceGroupArn"]
    )
    inspector.create_assessment_template(
        assessmentTargetArn=target["assessmentTargetArn"],
        assessmentTemplateName=TEMPLATE,
        durationInSeconds=DURATION,
        rulesPackageArns=rules_packages(aws, "Common Vulnerabilities and Exposures", "Security Best Practices"),
    )


def rules_packages(aws: "Simulator", *names: str) -> list[str]:
    """Find the ARNs of rules packages by name."""
    inspector = aws.client("inspector")
    arns = inspector.list_rules_packages()["rulesPackageArns"]
    known = inspector.describe_rules_packages(rulesPackageArns=arns)["rulesPackages"]
    return [package["arn"] for name in names for package in known if package["name"] == name]


def install_patches(aws: "Simulator") -> None:
    """Patch the stack's hosts as the Remediate phase says: baseline pww for Amazon Linux 2, scan and install."""
    workshop.approve_everything(aws, OperatingSystem="AMAZON_LINUX_2")
    workshop.run_patch_baseline(aws, "Install")


WORLD = World(
    name="workshop-classic",
    story="The tutorial word for word: Amazon Linux 2 and Inspector Classic; patched last night, root login remains.",
    red=frozenset(),
    deploy=deploy,
    remediate=install_patches,
    engine="classic",
)
