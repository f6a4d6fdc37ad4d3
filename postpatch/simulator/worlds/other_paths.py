"""As `workshop`, but the folder of an application was taken off deep inspection's paths between the two scans.

The finding about the package in it vanished, and nobody updated it.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

FOLDER = "/opt/shop"


def deploy(aws: "Simulator") -> None:
    """Build the workshop, with an application in a folder that deep inspection is told of."""
    from ..hosts.host import LanguagePackage

    workshop.deploy(aws)
    path = f"{FOLDER[1:]}/node_modules/ip/package.json"
    workshop.red_team_host(aws).languages.append(LanguagePackage("NODEPKG", "ip", "2.0.0", path))
    aws.client("inspector2").update_ec2_deep_inspection_configuration(packagePaths=[FOLDER])


def patch_and_forget_the_folder(aws: "Simulator") -> None:
    """Patch as the tutorial says, and leave deep inspection with its default paths."""
    workshop.install_patches(aws)
    if not aws.world.fixed:
        aws.client("inspector2").update_ec2_deep_inspection_configuration(packagePaths=[])


WORLD = World(
    name="other-paths",
    story="A folder was taken off deep inspection's paths: the finding about the package in it vanished.",
    red=frozenset({"SCAN-3"}),
    deploy=deploy,
    remediate=patch_and_forget_the_folder,
)
