"""As `workshop`, but the red team's host runs Windows, and what it takes its updates from lacks the month's update.

Nobody approved it in WSUS: Patch Manager installs what it is offered, and its nightly Scan lists nothing as missing.
The site has the update build revision inventoried, by the association that Inspector uses.
"""

import json
from typing import TYPE_CHECKING

from ..world import World
from . import other_systems, workshop
from .windows_kb_missing import NOT_RELEASED, UPDATE, install_and_scan

if TYPE_CHECKING:
    from ..simulator import Simulator

# "aws ssm create-association": examples of the parameter windowsRegistry (Systems Manager user guide, Inventory).
_REVISION = {
    "Path": r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion",
    "Recursive": False,
    "ValueNames": ["UBR"],
}


def deploy(aws: "Simulator") -> None:
    """Launch the stack with a Windows host that is not offered the latest update, and have its revision inventoried."""
    other_systems.deploy(aws, "windows-server-2022", without=NOT_RELEASED)
    workshop.red_team_host(aws).not_offered = frozenset() if aws.world.fixed else frozenset({UPDATE})
    inventory_revision(aws)


def inventory_revision(aws: "Simulator") -> None:
    """Have the update build revision of Windows hosts captured with each inventory from now on."""
    from ..ssm.associations import INVENTORY

    ssm = aws.client("ssm")
    named = [{"key": "AssociationName", "value": INVENTORY}]
    (association,) = ssm.list_associations(AssociationFilterList=named)["Associations"]
    ssm.update_association(
        AssociationId=association["AssociationId"],
        AssociationName=INVENTORY,
        Name=association["Name"],
        Targets=association["Targets"],
        ScheduleExpression=association["ScheduleExpression"],
        Parameters={"applications": ["Enabled"], "windowsRegistry": [json.dumps([_REVISION])]},
    )


WORLD = World(
    name="windows-not-offered",
    story="WSUS does not offer a Windows host the month's update; the site inventories the build of its hosts.",
    red=frozenset({"FIND-4"}),
    deploy=deploy,
    remediate=install_and_scan,
)
