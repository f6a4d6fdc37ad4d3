"""CloudFormation's stacks as moto keeps them, with what moto leaves undone when a stack comes and goes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any


class Stacks:
    """Look at one Region's stacks in moto, and mend them."""

    def __init__(self, stacks: Any, ec2: Any) -> None:
        self._stacks, self._ec2 = stacks, ec2

    def all(self) -> list[Any]:
        """List the stacks that stand."""
        return list(self._stacks.stacks.values())

    def created(self, name: str, at: datetime) -> None:
        """Put right what a stack was made without: its time, which moto takes from the real clock, and more below."""
        for stack in self._named(name):
            stack.creation_time = at.replace(tzinfo=None)
            self._put_behind_security_groups(stack)

    def release(self, name: str) -> None:
        """Delete the route tables of a stack that is to be deleted; moto forgets them, and so keeps the network."""
        for stack in self._named(name):
            for resource in self._resources(stack, "AWS::EC2::RouteTable"):
                table = self._ec2.route_tables.get(resource.physical_resource_id)
                if table is not None:
                    table._associations.clear()  # moto has no public name for them
                    self._ec2.delete_route_table(table.id)

    def _put_behind_security_groups(self, stack: Any) -> None:
        # moto ignores the SecurityGroupIds of an instance in a template.
        from moto.cloudformation.parsing import clean_json

        for resource in self._resources(stack, "AWS::EC2::Instance"):
            properties = stack.template_dict["Resources"][resource.logical_resource_id].get("Properties", {})
            groups = clean_json(properties.get("SecurityGroupIds"), stack.resource_map)
            if groups:
                self._ec2.modify_instance_security_groups(resource.physical_resource_id, groups)

    @staticmethod
    def _resources(stack: Any, kind: str) -> Iterator[Any]:
        for name, written in stack.template_dict["Resources"].items():
            if written["Type"] == kind and name in stack.resource_map:
                yield stack.resource_map[name]

    def _named(self, name: str) -> list[Any]:
        return [stack for stack in self.all() if name in (stack.name, stack.stack_id)]
