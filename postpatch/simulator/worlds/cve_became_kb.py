"""As `windows-kb-missing`, but Inspector changed in between: before it reported each CVE, now it reports the update.

All its CVEs are related vulnerabilities of the one finding, and nothing was installed.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import windows_kb_missing, workshop

if TYPE_CHECKING:
    from ..simulator import Simulator


def deploy(aws: "Simulator") -> None:
    """Launch the stack with a Windows host, which Inspector reports by CVE."""
    aws.scanner.by_update = False
    windows_kb_missing.deploy(aws)


def install_and_change(aws: "Simulator") -> None:
    """Patch and scan as in the other world, and have Inspector report by update from then on."""
    windows_kb_missing.install_and_scan(aws)
    aws.scanner.by_update = True
    workshop.have_scanned(aws, windows=True)


WORLD = World(
    name="cve-became-kb",
    story="All CVEs of a Windows host became one finding of an update; nothing was installed.",
    red=frozenset({"FIND-4", "FIND-5"}),
    deploy=deploy,
    remediate=install_and_change,
)
