"""The instances that wait, stopped or hibernated, in the warm pools of the hosts' Auto Scaling groups."""

from collections.abc import Iterable

from postpatch.aws.session import Connection, asking
from postpatch.model import Host

# botocore: autoscaling, shape LifecycleState. An instance in Warmed:Running runs, and is judged like any other.
_WAITING = frozenset({"Warmed:Stopped", "Warmed:Hibernated"})


def waiting_in_warm_pools(connection: Connection, hosts: Iterable[Host]) -> tuple[str, ...]:
    """Return the ids of the instances that wait in a warm pool of a group of `hosts`, in order; one call a group."""
    pages = connection.client("autoscaling").get_paginator("describe_warm_pool")
    groups = sorted({host.group for host in hosts if host.group})
    found: list[str] = []
    with asking("which hosts wait in a warm pool"):
        for group in groups:
            for page in pages.paginate(AutoScalingGroupName=group):
                found += [one["InstanceId"] for one in page["Instances"] if one["LifecycleState"] in _WAITING]
    return tuple(sorted(found))
