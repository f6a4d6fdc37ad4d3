"""The warm pool of an Auto Scaling group, whose instances moto neither launches nor lists."""

from typing import Any

from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.reading import Params

_STOPPED = ("Stopped", "Hibernated")


class WarmPoolOperations:
    """Answer what callers ask about warm pools.

    Sources: EC2 Auto Scaling user guide, "Decrease latency for applications that have long boot times using warm
    pools": the pool has as many instances as MinSize says, or as the group's maximum, or MaxGroupPreparedCapacity,
    exceeds its desired capacity; botocore: DescribeWarmPool and LifecycleState.
    """

    def __init__(self, account: str, region: str) -> None:
        self._account, self._region = account, region

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {"PutWarmPool": self.put, "DescribeWarmPool": self.describe}

    def put(self, params: Params) -> dict[str, Any]:
        """Launch a pool's instances and take them to its state; a pool that is there is not changed."""
        group = self._group(params["AutoScalingGroupName"])
        if "WarmPoolConfiguration" in self.describe(params):
            raise AwsError("NotImplemented", "the simulated AWS does not change a warm pool", status=501)
        most = params.get("MaxGroupPreparedCapacity")
        group.put_warm_pool(most, params.get("MinSize"), params.get("PoolState"), None)
        prepared = group.max_size if most in (None, -1) else most
        number = max(group.warm_pool.min_size, prepared - group.desired_capacity)
        launched = len(group.instance_states)
        if number:
            group.replace_autoscaling_group_instances(number, group.get_propagated_tags())
        # The pool's instances are beside the group's own.
        pooled = group.warm_pool.instance_states = group.instance_states[launched:]
        del group.instance_states[launched:]
        if group.warm_pool.pool_state in _STOPPED:
            for state in pooled:
                state.instance.stop()
        return {}

    def describe(self, params: Params) -> dict[str, Any]:
        """List a group's warm pool and its instances; without one there is neither."""
        group = self._group(params["AutoScalingGroupName"])
        pool = group.warm_pool
        if pool is None:
            return {"Instances": []}
        given = {
            "MaxGroupPreparedCapacity": pool.max_group_prepared_capacity,
            "MinSize": pool.min_size,
            "PoolState": pool.pool_state,
        }
        instances = [
            {
                "InstanceId": state.instance.id,
                "AvailabilityZone": state.availability_zone,
                "LifecycleState": f"Warmed:{pool.pool_state}",
                "HealthStatus": "Healthy",
                "ProtectedFromScaleIn": False,
            }
            for state in pool.instance_states
        ]
        known = {name: value for name, value in given.items() if value is not None}
        return {"WarmPoolConfiguration": known, "Instances": instances}

    def _group(self, name: str) -> Any:
        from moto.autoscaling.models import autoscaling_backends

        found = autoscaling_backends[self._account][self._region].autoscaling_groups.get(name)
        if found is None:
            raise AwsError("ValidationError", f"AutoScalingGroup name not found - {name}")
        return found
