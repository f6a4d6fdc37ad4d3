"""Which managed nodes the targets of a window or an association select, and how many of them a limit allows."""

import math
from typing import Any

from ..hosts.fleet import Fleet
from ..hosts.host import Host
from ..hosts.neighbours import Neighbours

GROUP = "resource-groups:Name"
EVERY_NODE = [{"Key": "InstanceIds", "Values": ["*"]}]


def limit_of(text: str, total: int) -> int:
    """Read MaxConcurrency or MaxErrors, a number or a percentage of the targets, which is rounded down."""
    return math.floor(total * int(text[:-1]) / 100) if text.endswith("%") else int(text)


def select_nodes(fleet: Fleet, neighbours: Neighbours, targets: list[dict[str, Any]]) -> list[Host]:
    """List the running managed nodes that all of `targets` name: ids, tags, or the name of a resource group.

    Source: botocore, shape Target.
    """
    wanted: list[tuple[str, list[str]]] = []
    for entry in targets:
        key, values = str(entry["Key"]), list(entry["Values"])
        if key == GROUP:
            filters = [neighbours.group_filters(name) for name in values]
            wanted += [pair for found in filters for pair in (found if found is not None else [("tag-key", [])])]
        elif (key.lower(), values) != ("instanceids", ["*"]):
            wanted.append((key, values))
    return [host for host in fleet.select_nodes(wanted) if host.managed]
