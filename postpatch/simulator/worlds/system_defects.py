"""Worlds of any system with one of four defects on its one host; no worlds themselves.

`tests/catalogue/test_system_defects.py` plays every system with every defect, and once with none.
"""

from typing import TYPE_CHECKING, Any

from ..deployment import STACK_TAG
from ..hosts.host import is_kernel
from ..world import World
from . import other_systems, workshop

if TYPE_CHECKING:
    from ..hosts.host import Host
    from ..simulator import Simulator

_FIND_4 = frozenset({"FIND-4"})
# What each defect must turn. A kernel that is not booted yet is found by Inspector too; an update of Windows is not.
DEFECTS = {
    "missed": _FIND_4 | {"PATCH-1", "PATCH-2"},
    "failed": _FIND_4 | {"PATCH-1"},
    "pending-reboot": frozenset({"PATCH-2"}),
    "held-back": _FIND_4,
}
OWN = "amazon-linux-2023"
SYSTEMS = (OWN, *other_systems.IMAGES)


def world_of(system: str, defect: str) -> World:
    """Make the world in which the red team's host runs a system and has a defect; `:fixed` has none."""

    def deploy(aws: "Simulator") -> None:
        if system == OWN:
            workshop.deploy(aws)
        else:
            other_systems.deploy(aws, system)

    red = DEFECTS[defect]
    kernel = any(is_kernel(package.name) for package in _packages(system))
    story = f"On a host of {system} the patching is {defect}."
    return World(f"{system}-{defect}", story, red | _FIND_4 if kernel else red, deploy, lambda aws: _play(aws, defect))


def _packages(system: str) -> Any:
    from ..facts.reading import read_facts

    return read_facts(system).packages


def _play(aws: "Simulator", defect: str) -> None:
    """Patch the stack's hosts with baselines that approve everything, with or without the defect on one of them."""
    host = workshop.red_team_host(aws)
    defect = "" if aws.world.fixed else defect
    one = _lacked(aws, host)
    if defect == "failed":
        host.breaks_on = frozenset({one})
    differently = {"RejectedPatches": [one], "RejectedPatchesAction": "BLOCK"} if defect == "held-back" else {}
    if host.system.baseline == "AMAZON_LINUX_2023":
        workshop.approve_everything(aws, **differently)
    else:
        other_systems.approve_everything(aws, **differently)
    alone, others = _targets([host]), _targets([node for node in _stack(aws) if node is not host])
    workshop.run_patch_baseline(aws, "Install", Targets=others)
    if defect != "missed":
        reboot = {"reboot": "NoReboot"} if defect == "pending-reboot" else {}
        workshop.run_patch_baseline(aws, "Install", Targets=alone, **reboot)


def _stack(aws: "Simulator") -> list["Host"]:
    return list(aws.fleet.select([(f"tag:{STACK_TAG}", [aws.deployment.stack])]))


def _targets(hosts: list["Host"]) -> list[dict[str, Any]]:
    return [{"Key": "InstanceIds", "Values": [host.instance_id for host in hosts]}]


def _lacked(aws: "Simulator", host: "Host") -> str:
    """Name a patch that the host lacks: the newest update of Windows, or a package with a grave flaw, and no kernel."""
    facts, now = aws.fleet.facts(host), aws.now()
    if host.windows:
        known = [update for update in facts.updates if update.released <= now and update.cves]
        return max(known, key=lambda update: update.released).kb
    return next(
        package.name
        for package in host.installed()
        if not is_kernel(package.name)
        and any(
            one.released <= now
            and not one.subscription
            and package.evr < one.fixes[package.name]
            # What a patch baseline holds back fails at once only from HIGH on.
            and any(facts.vulnerabilities[cve].severity in ("HIGH", "CRITICAL") for cve in one.cves)
            for one in facts.advisories_for.get(package.name, ())
        )
    )
