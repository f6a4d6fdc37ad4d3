"""The one operation of Elastic Beanstalk that moto lacks: which instances an environment has."""

from typing import Any

from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.reading import Params


class BeanstalkOperations:
    """Answer what callers ask about environments."""

    def __init__(self, account: str, region: str) -> None:
        self._account, self._region = account, region

    def operations(self) -> Operations:
        """Name the operation that this class answers."""
        return {"DescribeEnvironmentResources": self.describe_resources}

    def describe_resources(self, params: Params) -> dict[str, Any]:
        """Tell the Auto Scaling group and the instances of an environment, by its name."""
        from .owners import environment_resources

        name = params.get("EnvironmentName", "")
        found = environment_resources(self._account, self._region, name)
        if found is None:
            raise AwsError("InvalidParameterValue", f"No Environment found for EnvironmentName = '{name}'.")
        return {"EnvironmentResources": found}
