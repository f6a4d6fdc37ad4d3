"""The workshop with another operating system on the red team's host; no world itself."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..deployment import STACK_TAG
from . import workshop

if TYPE_CHECKING:
    from ..facts import Facts, System
    from ..hosts.host import Host
    from ..simulator import Simulator

# The facts of each system, with an image id of our own and a size that its architecture has.
IMAGES = {
    "almalinux-9": ("ami-0c0ffee0000000901", "t3.small"),
    "debian-12": ("ami-0c0ffee0000000012", "t3.small"),
    "amazon-linux-2": ("ami-0c0ffee0000000002", "t3.small"),
    "amazon-linux-2023/applications": ("ami-0c0ffee0000002023", "t3.small"),
    "debian-13": ("ami-0c0ffee0000000013", "t3.small"),
    "rhel-8": ("ami-0c0ffee0000000800", "t3.small"),
    "rhel-9": ("ami-0c0ffee0000000900", "t3.small"),
    "rhel-9/kernel-64k": ("ami-0c0ffee0000000009", "t4g.small"),
    "rhel-9/kernel-rt": ("ami-0c0ffee0000000902", "t3.small"),
    "rocky-9": ("ami-0c0ffee0000000903", "t3.small"),
    "sles-15": ("ami-0c0ffee0000000015", "t3.small"),
    "ubuntu-22.04": ("ami-0c0ffee0000002204", "t3.small"),
    "ubuntu-22.04/applications": ("ami-0c0ffee0000022041", "t3.small"),
    "ubuntu-24.04": ("ami-0c0ffee0000002404", "t3.small"),
    "ubuntu-24.04/applications": ("ami-0c0ffee0000024041", "t3.small"),
    "windows-server-2019": ("ami-0c0ffee0000002019", "t3.medium"),
    "windows-server-2022": ("ami-0c0ffee0000002022", "t3.medium"),
    "windows-server-2025": ("ami-0c0ffee0000002025", "t3.medium"),
}


def deploy(aws: "Simulator", facts: str, *, without: str = "") -> None:
    """Launch the stack with a red team's host of the system of `facts`.

    `without` is an update of Windows that is not released yet, nor is any that replaces it.
    """
    image, size = IMAGES[facts]
    aws.know_image(image, facts)
    aws.fleet.learn(lambda known: _before(known, without))
    workshop.deploy(aws, RedTeamImageId=image, RedTeamSize=size)


def _before(known: "Facts", update: str) -> "Facts":
    later = known.superseding(update) | {update}
    return replace(known, updates=tuple(one for one in known.updates if one.kb not in later))


def put_back(aws: "Simulator", host: "Host", *names: str) -> None:
    """Install packages of a host as its image had them, now."""
    from ..hosts.host import Package

    for package in aws.fleet.facts(host).packages:
        if package.name in names:
            host.install(Package(package.name, package.evr, package.arch, aws.now()))


def approve_everything(aws: "Simulator", **differently: Any) -> None:
    """Approve every patch at once, of Amazon Linux and of each other system that a host of the stack runs.

    `differently` are parameters of the other systems' patch baselines.
    """
    workshop.approve_everything(aws)
    hosts = aws.fleet.select([(f"tag:{STACK_TAG}", [aws.deployment.stack])])
    others = {host.system.baseline: host.system for host in hosts if host.system.baseline != "AMAZON_LINUX_2023"}
    for name, system in sorted(others.items()):
        rules = {"PatchRules": [everything(system)]}
        workshop.approve_everything(aws, **({"OperatingSystem": name, "ApprovalRules": rules} | differently))


def everything(system: "System") -> dict[str, Any]:
    """Return the rule that approves every patch of a system at once; each system's rules have keys of their own."""
    severity = {"windows": "MSRC_SEVERITY", "dpkg": "PRIORITY"}.get(system.packages, "SEVERITY")
    keys = ("PRODUCT", severity) if system.packages == "dpkg" else ("PRODUCT", "CLASSIFICATION", severity)
    filters = [{"Key": key, "Values": ["*"]} for key in keys]
    rule: dict[str, Any] = {
        "PatchFilterGroup": {"PatchFilters": filters},
        "ComplianceLevel": "UNSPECIFIED",
        "ApproveAfterDays": 0,
    }
    return rule | ({"EnableNonSecurity": True} if system.kind == "Linux" else {})


def install_patches(aws: "Simulator") -> None:
    """Patch all hosts with baselines that approve everything."""
    approve_everything(aws)
    workshop.run_patch_baseline(aws, "Install")
