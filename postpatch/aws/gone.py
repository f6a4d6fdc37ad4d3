"""Hosts that no longer exist: what failed on them nobody can do again."""

from collections.abc import Iterable

from postpatch.aws.hosts import PRESENT, hosts_by_id
from postpatch.aws.patch_manager import managed_hosts
from postpatch.aws.session import Connection
from postpatch.model import is_hybrid


def gone(connection: Connection, ids: Iterable[str]) -> tuple[str, ...]:
    """Return, in order, those of `ids` that EC2 no longer has, and the hybrid nodes that are no longer registered.

    EC2 knows no hybrid node at all. No call is made for no ids.
    """
    wanted = set(ids)
    nodes = {one for one in wanted if is_hybrid(one)}
    present = {host.id for host in hosts_by_id(connection, wanted - nodes) if host.state in PRESENT}
    present |= {node.host for node in managed_hosts(connection, nodes)}
    return tuple(sorted(wanted - present))
