"""The hosts of a fleet's accounts and Regions that Systems Manager does not manage: no run can patch or judge them."""

from collections.abc import Sequence
from dataclasses import dataclass

from postpatch.aws.nodes import MANAGED, UNMANAGED, Node, nodes
from postpatch.aws.session import Connection
from postpatch.fleet.file import NodesSection
from postpatch.fleet.targets import Target

_NOTHING = "Systems Manager lists no node here, managed or not: the unified console may leave it out"


@dataclass(frozen=True)
class ListedHost:
    """A host of an account and Region, and what there is to say of it; without an id, of all of them."""

    account: str
    region: str
    host: str
    reason: str


@dataclass(frozen=True)
class Unmanaged:
    """The hosts that are not managed, or of which that is not known, and those that the fleet's file leaves out."""

    hosts: tuple[ListedHost, ...] = ()
    left_out: tuple[ListedHost, ...] = ()


def unmanaged_of(section: NodesSection, targets: Sequence[Target], connection: Connection) -> Unmanaged:
    """Return the hosts of the targets' accounts and Regions that Systems Manager lists as not managed.

    A target of which it lists no node at all is one of them, for then it says nothing of that target's hosts.
    """
    places = {(target.account, target.region) for target in targets}
    reasons = {one.host: one.reason for one in section.left_out}
    seen, hosts, left_out = set(), [], []
    for node in nodes(connection, UNMANAGED):
        place = (node.account, node.region)
        if place not in places:
            continue
        seen.add(place)
        if node.id in reasons:
            left_out.append(ListedHost(*place, node.id, reasons[node.id]))
        else:
            hosts.append(ListedHost(*place, node.id, f"Systems Manager does not manage it{_as_of(node)}"))
    seen.update((node.account, node.region) for node in nodes(connection, MANAGED))
    hosts += [ListedHost(*place, "", _NOTHING) for place in places - seen]
    return Unmanaged(tuple(sorted(hosts, key=_key)), tuple(sorted(left_out, key=_key)))


def _as_of(node: Node) -> str:
    return f", as of {node.captured_at:%Y-%m-%d %H:%M} UTC" if node.captured_at else ""


def _key(one: ListedHost) -> tuple[str, str, str]:
    return one.account, one.region, one.host
