"""Questions about the red team's host where it runs another system than Amazon Linux."""

from datetime import timedelta
from typing import Any

from postpatch.simulator import Simulator, World
from postpatch.simulator.worlds import other_systems, workshop
from tests.simulator.asking import Make, equals, findings, patches

WINDOWS, LINUX = "InvokeInspectorSsmPlugin-do-not-delete", "InspectorInventoryCollection-do-not-delete"


def launch(make: Make, facts: str, *, without: str = "") -> Simulator:
    """Launch the workshop with a red team's host of a system; `without` is an update not released yet."""

    def deploy(aws: Simulator) -> None:
        other_systems.deploy(aws, facts, without=without)

    return make(World(facts, facts, frozenset(), deploy, other_systems.install_patches))


def host_id(aws: Simulator) -> str:
    """Return the id of the host of the other system."""
    return workshop.red_team_host(aws).instance_id


def vulnerable(aws: Simulator, status: str = "ACTIVE") -> dict[str, dict[str, Any]]:
    """Return the host's findings about packages, by vulnerability id."""
    kind = equals("PACKAGE_VULNERABILITY")
    found = findings(aws, status, resourceId=equals(host_id(aws)), findingType=kind)
    return {finding["packageVulnerabilityDetails"]["vulnerabilityId"]: finding for finding in found}


def scan(aws: Simulator, name: str = LINUX) -> None:
    """Start the association that has the host scanned, and wait for Inspector."""
    ssm = aws.client("ssm")
    filters = [{"key": "AssociationName", "value": name}]
    association = ssm.list_associations(AssociationFilterList=filters)["Associations"][0]["AssociationId"]
    ssm.start_associations_once(AssociationIds=[association])
    aws.clock.advance(timedelta(minutes=10))


def states(aws: Simulator) -> dict[str, str]:
    """Return the states of the host's patches by KBId."""
    return {row["KBId"]: row["State"] for row in patches(aws, host_id(aws))}
