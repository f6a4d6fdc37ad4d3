"""Which hosts wait in the warm pools of the hosts' Auto Scaling groups."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from postpatch.aws.hosts import hosts_by_selectors
from postpatch.aws.session import Connection
from postpatch.aws.warm_pools import waiting_in_warm_pools
from postpatch.model import Host
from postpatch.simulator import Simulator, worlds
from postpatch.simulator.worlds.patched_by import group_of_nodes
from tests.commands.test_from_account import EVENING


def nodes(aws: Simulator) -> tuple[Connection, dict[str, Host]]:
    """Return the hosts with the tag of the group's nodes, those of its warm pool too."""
    connection = Connection(aws.session(), clock=aws.now, poll_seconds=0, read_only=True)
    return connection, {host.id: host for host in hosts_by_selectors(connection, [("tag:Name", ("pww-node",))])}


@pytest.mark.parametrize(
    ("world", "state", "number"),
    [("warm-pool", "stopped", 1), ("warm-pool-hibernated", "stopped", 1), ("warm-pool-running", "running", 0)],
)
def test_only_those_that_do_not_run_wait(world: str, state: str, number: int) -> None:
    """A stopped or hibernated instance of the pool waits; one that the pool keeps running does not."""
    aws = Simulator(worlds()[world], EVENING)
    connection, hosts = nodes(aws)
    in_service = aws.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]["Instances"]
    (pooled,) = hosts.keys() - {one["InstanceId"] for one in in_service}
    assert (len(hosts), hosts[pooled].state) == (3, state)
    assert waiting_in_warm_pools(connection, hosts.values()) == (pooled,) * number


def test_a_group_without_a_pool_and_hosts_without_a_group() -> None:
    """There is nothing to wait in."""
    aws = Simulator(worlds()["workshop"], EVENING)
    connection, hosts = nodes(aws)
    assert waiting_in_warm_pools(connection, hosts.values()) == ()
    assert waiting_in_warm_pools(connection, [Host("i-0123456789abcdef0")]) == ()


@pytest.mark.parametrize(
    ("pool", "number"),
    [({}, 2), ({"MinSize": 3}, 3), ({"MaxGroupPreparedCapacity": 3}, 1), ({"MaxGroupPreparedCapacity": -1}, 2)],
    ids=["by-the-maximum", "at-least", "by-its-capacity", "unset-again"],
)
def test_a_pool_is_as_large_as_aws_says(pool: dict[str, Any], number: int) -> None:
    """What the group may still grow by, or its prepared capacity, or more if MinSize says so."""
    aws = Simulator(worlds()["workshop"], EVENING)
    client, group = aws.client("autoscaling"), group_of_nodes(aws)
    client.update_auto_scaling_group(AutoScalingGroupName=group, MaxSize=4)
    client.put_warm_pool(AutoScalingGroupName=group, **pool)
    answer = client.describe_warm_pool(AutoScalingGroupName=group)
    assert [one["LifecycleState"] for one in answer["Instances"]] == ["Warmed:Stopped"] * number
    with pytest.raises(ClientError, match="AutoScalingGroup name not found"):
        client.describe_warm_pool(AutoScalingGroupName="other")
