"""Hybrid nodes as Systems Manager lists them: by the tag of the scope, and by what a target selects."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from postpatch.aws.hosts import hosts_in_scope
from postpatch.aws.hybrid import hybrid_in_scope, require_nodes_alone
from postpatch.aws.patch_manager import managed_hosts
from postpatch.aws.selection import selected_ids
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.model import Scope, ScopeMembers
from postpatch.simulator import Deployment, Simulator, worlds
from tests.aws.conftest import EVENING

WEB = Scope("tag", ("web",), "Role")


@pytest.fixture(scope="module")
def aws() -> Iterator[Simulator]:
    """Give the world with two hybrid nodes, whose hosts have their tag."""
    simulator = Simulator(worlds()["hybrid-nodes"], EVENING, Deployment(tags={"Role": "web"}))
    yield simulator
    assert simulator.front.broken == []


def test_nodes_with_the_tag_are_in_scope(connection: Connection) -> None:
    """They have the name of their activation and their ping status; no instance of EC2 is among them."""
    nodes = hybrid_in_scope(connection, WEB)
    assert {(node.name, node.state) for node in nodes} == {("branch-1", "Online"), ("branch-2", "Online")}
    assert [node.id for node in nodes] == sorted(node.id for node in nodes)
    assert all(node.id.startswith("mi-") for node in nodes)
    assert not {host.id for host in hosts_in_scope(connection, WEB, ScopeMembers(()))} & {node.id for node in nodes}
    assert {one.host for one in managed_hosts(connection, [node.id for node in nodes])} == {node.id for node in nodes}


def test_no_node_with_the_tag_is_an_error(connection: Connection) -> None:
    """An empty list proves nothing."""
    with pytest.raises(
        CouldNotCheck, match=r"Correct .scope. in the policy, or leave out hybrid = true: .* no hybrid node"
    ):
        hybrid_in_scope(connection, replace(WEB, values=("database",)))


def test_nodes_alone_need_a_policy_that_says_so(aws: Simulator, connection: Connection) -> None:
    """A scope without EC2 instances any more is not silently one of hybrid nodes alone, nor is one with any."""
    aws.fleet.activate(aws.fleet.nodes()[-1].image_id, "branch-3", {"Role": "till"})
    tills = replace(WEB, values=("till",))
    assert len(hybrid_in_scope(connection, tills)) == 1
    with pytest.raises(CouldNotCheck, match='write hybrid = "only" if hybrid nodes alone are to be judged'):
        hosts_in_scope(connection, tills, ScopeMembers(()), hybrid=True)
    require_nodes_alone(connection, tills)
    with pytest.raises(CouldNotCheck, match=r"Write hybrid = true in .scope. of the policy, so that these are judged"):
        require_nodes_alone(connection, WEB)
    with pytest.raises(CouldNotCheck, match="has no hybrid node"):
        require_nodes_alone(connection, replace(WEB, values=("database",)))


@pytest.mark.parametrize(
    "selectors",
    [
        pytest.param([("tag:Role", ("web",))], id="tag"),
        pytest.param([("tag-key", ("Role",)), ("tag:Role", ("web",))], id="key-and-tag"),
        pytest.param([("InstanceIds", ("*",))], id="every-node"),
    ],
)
def test_a_target_selects_nodes_only_where_the_policy_has_them(
    connection: Connection, selectors: list[tuple[str, tuple[str, ...]]]
) -> None:
    """Without `hybrid` only instances of EC2 are returned; with it the nodes that the same keys select, too."""
    nodes = {node.id for node in hybrid_in_scope(connection, WEB)}
    without, both = (set(selected_ids(connection, [tuple(selectors)], hybrid=hybrid)) for hybrid in (False, True))
    assert without
    assert not any(one.startswith("mi-") for one in without)
    assert nodes <= both
    assert without < both


def test_a_target_selects_nodes_by_their_ids(connection: Connection) -> None:
    """Ids of hybrid nodes are selected as they are named."""
    node = hybrid_in_scope(connection, WEB)[0].id
    assert selected_ids(connection, [(("InstanceIds", (node,)),)], hybrid=True) == (node,)
    assert selected_ids(connection, [(("InstanceIds", (node,)),)]) == ()
