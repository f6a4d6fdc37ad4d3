"""CloudFormation's stacks as moto keeps them, with what moto leaves undone when a stack comes and goes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any


class Stacks:
    """Look at one Region's stacks in moto, and fix them."""

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
            self._launch_from_their_images(stack)

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

    def _launch_from_their_images(self, stack: Any) -> None:
        """Give the instances of compute environments and EMR clusters the image of the template, and their tags.

        moto launches both from images of its own, and registers no container instance (AWS Batch user guide, "Compute
        environments": its instances are container instances of the ECS cluster that ecsClusterArn names).
        """
        from moto.ecs.models import ecs_backends

        containers = ecs_backends[self._stacks.account_id][self._stacks.region_name]
        for environment in self._resources(stack, "AWS::Batch::ComputeEnvironment"):
            for instance in environment.instances:
                instance.image_id = environment.compute_resources["imageId"]
                instance.add_tags({"aws:batch:compute-environment": environment.name})
                containers.register_container_instance(environment.ecs_name, instance.id)
        for cluster in self._resources(stack, "AWS::EMR::Cluster"):
            self._launch_cluster(stack, cluster)
            for member in cluster.ec2_instances:
                member.ec2_instance.image_id = cluster.custom_ami_id
                member.ec2_instance.add_tags(
                    {
                        "aws:elasticmapreduce:job-flow-id": cluster.id,
                        "aws:elasticmapreduce:instance-group-role": member.instance_group.role,
                    }
                )
        for fleet in self._resources(stack, "AWS::EC2::SpotFleet"):
            for request in fleet.spot_requests:
                request.instance.add_tags({"aws:ec2spot:fleet-request-id": fleet.id})

    def _launch_cluster(self, stack: Any, cluster: Any) -> None:
        """Launch the instance groups of an EMR cluster in a template, which moto leaves out."""
        instances = stack.template_dict["Resources"][cluster.logical_resource_id]["Properties"]["Instances"]
        for role, named in (("MASTER", "MasterInstanceGroup"), ("CORE", "CoreInstanceGroup")):
            if named in instances:
                count, kind = int(instances[named]["InstanceCount"]), instances[named]["InstanceType"]
                asked = {"instance_count": count, "instance_role": role, "instance_type": kind}
                (group,) = cluster.emr_backend.add_instance_groups(cluster.id, [asked])
                launched = {"instance_count": count, "instance_type": kind}
                cluster.emr_backend.run_instances(cluster.id, launched, group)

    @staticmethod
    def _resources(stack: Any, kind: str) -> Iterator[Any]:
        for name, written in stack.template_dict["Resources"].items():
            if written["Type"] == kind and name in stack.resource_map:
                yield stack.resource_map[name]

    def _named(self, name: str) -> list[Any]:
        return [stack for stack in self.all() if name in (stack.name, stack.stack_id)]
