"""Which hosts a target selects: by ids, tags, a tag's key, a resource group, or as managed nodes."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from postpatch.aws.selection import selected_ids
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.simulator import Simulator

HostsNamed = Callable[[str], list[str]]


@pytest.fixture
def group(aws: Simulator) -> Iterator[str]:
    """Create a resource group of the web nodes by their tag."""
    client = aws.client("resource-groups")
    query = {"ResourceTypeFilters": ["AWS::EC2::Instance"], "TagFilters": [{"Key": "Name", "Values": ["pww-node"]}]}
    client.create_group(Name="web", ResourceQuery={"Type": "TAG_FILTERS_1_0", "Query": json.dumps(query)})
    yield "web"
    client.delete_group(Group="web")


def test_the_members_of_a_resource_group(connection: Connection, group: str, hosts_named: HostsNamed) -> None:
    """The instances that the group's query selects; a group that does not exist selects none."""
    assert selected_ids(connection, [(("resource-groups:Name", (group,)),)]) == tuple(hosts_named("pww-node"))
    assert selected_ids(connection, [(("resource-groups:Name", ("other",)),)]) == ()


def test_every_managed_node(connection: Connection, aws: Simulator, hosts_named: HostsNamed) -> None:
    """`*` is each node that Systems Manager manages, whosoever it is."""
    managed = {host.instance_id for host in aws.fleet.hosts() if host.managed}
    found = selected_ids(connection, [(("InstanceIds", ("*",)),)])
    assert set(found) == managed > set(hosts_named("pww-node"))


def test_ids_and_tags_of_several_targets(connection: Connection, hosts_named: HostsNamed) -> None:
    """Each target adds its hosts; all tags of one must match."""
    nodes, red = hosts_named("pww-node"), hosts_named("pww-RedTeamHost")
    by_tags = (("tag:Name", ("pww-node",)), ("tag:aws:cloudformation:stack-name", ("pww",)))
    assert selected_ids(connection, [by_tags, (("InstanceIds", tuple(red)),)]) == tuple(sorted(nodes + red))
    assert selected_ids(connection, [(("tag:Name", ("pww-node",)), ("tag:Team", ("billing",)))]) == ()


def test_a_group_whose_query_fails_could_not_be_checked(
    connect: Callable[..., Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query of a stack that is gone has no members that anyone could count on."""
    connection = connect()

    class Pages:
        def paginate(self, **_: Any) -> list[dict[str, Any]]:
            return [{"Resources": [], "QueryErrors": [{"ErrorCode": "CLOUDFORMATION_STACK_NOT_EXISTING"}]}]

    class Client:
        def get_paginator(self, _: str) -> Pages:
            return Pages()

    monkeypatch.setattr(connection, "client", lambda _: Client())
    with pytest.raises(CouldNotCheck, match="resource group web: CLOUDFORMATION_STACK_NOT_EXISTING"):
        selected_ids(connection, [(("resource-groups:Name", ("web",)),)])
