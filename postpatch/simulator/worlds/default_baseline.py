"""The hosts are patched by AWS's own default baseline, which the policy names; it held two fixes back.

AWS-AmazonLinux2023DefaultPatchBaseline approves security patches that are Critical or Important, and bug fixes, seven
days after their release. One fix is of medium severity, one is three days old, and a third was due and is installed.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..disclosures import disclose
from ..world import World
from . import workshop
from .patched_by import let_inspector_scan

if TYPE_CHECKING:
    from ..simulator import Simulator

NAME = "AWS-AmazonLinux2023DefaultPatchBaseline"
FILTERED_OUT, DUE, TOO_NEW = "CVE-2099-50001", "CVE-2099-50002", "CVE-2099-50003"
FIXED_SUDO = "0:1.9.15-1.p5.amzn2023.0.9"


def deploy(aws: "Simulator") -> None:
    """Build the workshop, bring it up to date, hand it over to AWS's default baseline, and let three fixes come out."""
    up_to_date(aws)
    (default,) = (one for one in _baselines(aws) if one["BaselineName"] == NAME)
    aws.client("ssm").register_default_patch_baseline(BaselineId=default["BaselineId"])
    let_fixes_come_out(aws)


def up_to_date(aws: "Simulator") -> None:
    """Build the workshop and install everything."""
    workshop.deploy(aws)
    workshop.install_patches(aws)


def let_fixes_come_out(aws: "Simulator") -> None:
    """Live through twelve days in which three fixes come out."""
    disclose(aws, FILTERED_OUT, "MEDIUM", {"sudo": FIXED_SUDO})
    aws.clock.advance(timedelta(days=1))
    disclose(aws, DUE, "HIGH", {"openssl-libs": "1:3.0.100-1.amzn2023"})
    aws.clock.advance(timedelta(days=8))
    disclose(aws, TOO_NEW, "HIGH", {"openssh-server": "0:99.0-1.amzn2023"})
    aws.clock.advance(timedelta(days=3))
    let_inspector_scan(aws)


def install_by_default(aws: "Simulator") -> None:
    """Install what the default baseline approves."""
    workshop.run_patch_baseline(aws, "Install")


def _baselines(aws: "Simulator") -> list[dict[str, str]]:
    pages = aws.client("ssm").get_paginator("describe_patch_baselines").paginate()
    return [one for page in pages for one in page["BaselineIdentities"]]


WORLD = World(
    name="default-baseline",
    story="Patched by AWS's default baseline, which the policy names and which holds two fixes back.",
    red=frozenset(),
    deploy=deploy,
    remediate=install_by_default,
    policy={"patching": {"baseline": NAME}},
)
