"""The workshop with another operating system on the red team's host; no world itself."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

# The facts of each system, with an image id of our own and a size that its architecture has.
_IMAGES = {
    "rhel-9/kernel-64k": ("ami-0c0ffee0000000009", "t4g.small"),
    "ubuntu-22.04": ("ami-0c0ffee0000002204", "t3.small"),
    "windows-server-2022": ("ami-0c0ffee0000002022", "t3.medium"),
}


def deploy(aws: "Simulator", facts: str, *, without: str = "") -> None:
    """Launch the stack with a red team's host of the system of `facts`; `without` is an update not released yet."""
    image, size = _IMAGES[facts]
    aws.know_image(image, facts)
    aws.fleet.learn(lambda known: replace(known, updates=tuple(one for one in known.updates if one.kb != without)))
    workshop.deploy(aws, RedTeamImageId=image, RedTeamSize=size)


def approve_everything(aws: "Simulator") -> None:
    """Approve every patch at once, of Amazon Linux and of the red team's system."""
    workshop.approve_everything(aws)
    system = workshop.red_team_host(aws).system
    severity = "MSRC_SEVERITY" if system.kind == "Windows" else "PRIORITY" if system.packages == "dpkg" else "SEVERITY"
    keys = ("PRODUCT", severity) if system.packages == "dpkg" else ("PRODUCT", "CLASSIFICATION", severity)
    filters = [{"Key": key, "Values": ["*"]} for key in keys]
    rule: dict[str, Any] = {
        "PatchFilterGroup": {"PatchFilters": filters},
        "ComplianceLevel": "UNSPECIFIED",
        "ApproveAfterDays": 0,
    }
    if system.kind == "Linux":
        rule["EnableNonSecurity"] = True
    rules = {"PatchRules": [rule]}
    workshop.approve_everything(aws, OperatingSystem=system.baseline, ApprovalRules=rules)


def install_patches(aws: "Simulator") -> None:
    """Patch all three hosts with baselines that approve everything."""
    approve_everything(aws)
    workshop.run_patch_baseline(aws, "Install")
