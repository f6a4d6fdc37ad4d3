"""As `workshop`, but the nodes were up to date, and the red team's host runs Windows and got no command.

It lacks updates. In the second scan a query of Inspector's plugin ran out of time, so that it does not report one of
them.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import other_systems, workshop
from .patched_by import let_inspector_scan

if TYPE_CHECKING:
    from ..hosts.host import Host
    from ..simulator import Simulator

UPDATE = "KB5044281"


def deploy(aws: "Simulator") -> None:
    """Launch the stack with a Windows host, and patch the nodes before the baseline."""
    other_systems.deploy(aws, "windows-server-2022")
    other_systems.approve_everything(aws)
    _patch(aws, *workshop.nodes(aws))
    let_inspector_scan(aws)


def forget_windows(aws: "Simulator") -> None:
    """Patch the nodes, on which nothing is left to install, and fixed the Windows host as well."""
    if aws.world.fixed:
        _patch(aws, *workshop.nodes(aws), workshop.red_team_host(aws))
        return
    _patch(aws, *workshop.nodes(aws))
    aws.scanner.timed_out.add(UPDATE)


def _patch(aws: "Simulator", *hosts: "Host") -> None:
    ids = [host.instance_id for host in hosts]
    workshop.run_patch_baseline(aws, "Install", Targets=[{"Key": "InstanceIds", "Values": ids}])


WORLD = World(
    name="windows-timed-out",
    story="A Windows host was not patched, and Inspector's plugin ran out of time for one of its updates.",
    red=frozenset({"PATCH-1", "PATCH-2", "FIND-1", "FIND-4"}),
    deploy=deploy,
    remediate=forget_windows,
)
