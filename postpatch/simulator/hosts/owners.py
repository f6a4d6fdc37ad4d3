"""Resources of a stack that own instances, for those types that moto's CloudFormation does not know.

Each is made of what AWS makes it of: a managed node group and a Beanstalk environment have an Auto Scaling group of
their own, and a fleet launches from its template. Importing this module makes the types known to moto.
Physical ids: AWS CloudFormation user guide, return values of each type. Tags that a service writes on its instances:
EKS, EC2 Fleet, Elastic Beanstalk, AWS Batch and Amazon EMR user guides; none of them is CloudFormation's own.
"""

from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup, FakeLaunchConfiguration, autoscaling_backends
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends
from moto.eks.models import eks_backends
from moto.elasticbeanstalk.models import eb_backends

_Properties = dict[str, Any]


class _Owner:
    """One resource of a template, with the physical id that CloudFormation lists."""

    kind = ""

    def __init__(self, physical_id: str) -> None:
        self._physical_id = physical_id

    @property
    def physical_resource_id(self) -> str:
        """Name the resource as ListStackResources does."""
        return self._physical_id

    @classmethod
    def cloudformation_type(cls) -> str:
        """Name the type, as templates do."""
        return cls.kind

    @staticmethod
    def cloudformation_name_type() -> str:
        """Say that no property names the resource for moto."""
        return ""

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str, **_: Any
    ) -> "_Owner":
        """Create the resource as a template describes it."""
        return cls(cls.make(resource_name, cloudformation_json.get("Properties", {}), account_id, region_name))

    @classmethod
    def make(cls, name: str, properties: _Properties, account: str, region: str) -> str:
        """Make what the resource consists of, and return its physical id."""
        raise NotImplementedError


class EksCluster(_Owner, CloudFormationModel):
    """`AWS::EKS::Cluster`, which owns no instance itself."""

    kind = "AWS::EKS::Cluster"

    @classmethod
    def make(cls, name: str, properties: _Properties, account: str, region: str) -> str:
        """Create the cluster; its physical id is its name."""
        named = properties.get("Name", name)
        network = properties.get("ResourcesVpcConfig", {})
        eks_backends[account][region].create_cluster(
            name=named,
            role_arn=properties["RoleArn"],
            resources_vpc_config={"subnetIds": network.get("SubnetIds", [])},
        )
        return str(named)


class Nodegroup(_Owner, CloudFormationModel):
    """`AWS::EKS::Nodegroup`: an Auto Scaling group that `eks:DescribeNodegroup` names."""

    kind = "AWS::EKS::Nodegroup"

    @classmethod
    def make(cls, name: str, properties: _Properties, account: str, region: str) -> str:
        """Create the node group and its Auto Scaling group; the physical id is `cluster/node group`."""
        cluster, named = properties["ClusterName"], properties.get("NodegroupName", name)
        sizes = properties.get("ScalingConfig", {})
        made: Any = eks_backends[account][region].create_nodegroup(
            cluster_name=cluster,
            nodegroup_name=named,
            node_role=properties["NodeRole"],
            subnets=properties["Subnets"],
            scaling_config={key[0].lower() + key[1:]: int(value) for key, value in sizes.items()},
        )
        group = made.resources["autoScalingGroups"][0]["name"]
        tags = {"eks:cluster-name": cluster, "eks:nodegroup-name": named, "aws:eks:cluster-name": cluster}
        launched = {
            "LaunchTemplate": _template(properties["LaunchTemplate"]),
            "VPCZoneIdentifier": properties["Subnets"],
        }
        _group(
            group, launched, sizes.get("MinSize"), sizes.get("MaxSize"), sizes.get("DesiredSize"), tags, account, region
        )
        return f"{cluster}/{named}"


class Ec2Fleet(_Owner, CloudFormationModel):
    """`AWS::EC2::EC2Fleet`: instances that `ec2:DescribeFleetInstances` lists."""

    kind = "AWS::EC2::EC2Fleet"

    @classmethod
    def make(cls, name: str, properties: _Properties, account: str, region: str) -> str:  # noqa: ARG003 - a fleet has no name
        """Create the fleet; its physical id is its id."""
        configs = [
            {"LaunchTemplateSpecification": config["LaunchTemplateSpecification"]}
            for config in properties["LaunchTemplateConfigs"]
        ]
        fleet = ec2_backends[account][region].create_fleet(
            on_demand_options={},
            spot_options={},
            target_capacity_specification=properties["TargetCapacitySpecification"],
            launch_template_configs=configs,
            excess_capacity_termination_policy="termination",
            replace_unhealthy_instances=False,
            terminate_instances_with_expiration=False,
            fleet_type=properties.get("Type", "maintain"),
            valid_from=None,
            valid_until=None,
            tag_specifications=[],
        )
        for launched in fleet.on_demand_instances:
            launched["instance"].add_tags({"aws:ec2:fleet-id": fleet.id})
        return str(fleet.id)


class CapacityProvider(_Owner, CloudFormationModel):
    """`AWS::ECS::CapacityProvider` of an Auto Scaling group, which is a resource of its own."""

    kind = "AWS::ECS::CapacityProvider"

    @classmethod
    def make(cls, name: str, properties: _Properties, account: str, region: str) -> str:
        """Create the capacity provider; its physical id is its name."""
        named = properties.get("Name", name)
        given = {"autoScalingGroupArn": properties["AutoScalingGroupProvider"]["AutoScalingGroupArn"]}
        ecs_backends[account][region].create_capacity_provider(named, given, [])
        return str(named)


class BeanstalkApplication(_Owner, CloudFormationModel):
    """`AWS::ElasticBeanstalk::Application`, which owns no instance itself."""

    kind = "AWS::ElasticBeanstalk::Application"

    @classmethod
    def make(cls, name: str, properties: _Properties, account: str, region: str) -> str:
        """Create the application; its physical id is its name."""
        named = properties.get("ApplicationName", name)
        eb_backends[account][region].create_application(application_name=named)
        return str(named)


class BeanstalkEnvironment(_Owner, CloudFormationModel):
    """`AWS::ElasticBeanstalk::Environment`: an Auto Scaling group that DescribeEnvironmentResources names."""

    kind = "AWS::ElasticBeanstalk::Environment"

    @classmethod
    def make(cls, name: str, properties: _Properties, account: str, region: str) -> str:
        """Create the environment and its Auto Scaling group; the physical id is the environment's name."""
        named = properties.get("EnvironmentName", name)
        backend = eb_backends[account][region]
        made: Any = backend.create_environment(backend.applications[properties["ApplicationName"]], named, "", {})
        set_to = {entry["OptionName"]: entry["Value"] for entry in properties.get("OptionSettings", [])}
        launch = f"awseb-{named}-config"
        FakeLaunchConfiguration.create_from_cloudformation_json(
            launch, {"Properties": {"ImageId": set_to["ImageId"], "InstanceType": "t3.small"}}, account, region
        )
        made.autoscaling_group = f"awseb-{named}-group"
        tags = {"elasticbeanstalk:environment-name": named, "Name": named}
        launched = {"LaunchConfigurationName": launch, "VPCZoneIdentifier": set_to["Subnets"].split(",")}
        least = set_to.get("MinSize", "1")
        _group(made.autoscaling_group, launched, least, set_to.get("MaxSize", "4"), least, tags, account, region)
        return str(named)


def environment_resources(account: str, region: str, name: str) -> dict[str, Any] | None:
    """Tell the Auto Scaling group and the instances of a Beanstalk environment; nothing if there is none such."""
    found = [one for one in eb_backends[account][region].describe_environments() if one.environment_name == name]
    group = getattr(found[0], "autoscaling_group", None) if found else None
    if group is None:
        return None
    members = autoscaling_backends[account][region].autoscaling_groups[group].instance_states
    return {
        "EnvironmentName": name,
        "AutoScalingGroups": [{"Name": group}],
        "Instances": [{"Id": state.instance.id} for state in members],
    }


def _group(
    name: str,
    launched: _Properties,
    least: Any,
    most: Any,
    desired: Any,
    tags: dict[str, str],
    account: str,
    region: str,
) -> None:
    propagated = [{"Key": key, "Value": value, "PropagateAtLaunch": True} for key, value in tags.items()]
    sizes = {"MinSize": str(least or 0), "MaxSize": str(most or 1), "DesiredCapacity": str(desired or 0)}
    properties = {**launched, **sizes, "Tags": propagated}
    FakeAutoScalingGroup.create_from_cloudformation_json(name, {"Properties": properties}, account, region)


def _template(given: _Properties) -> _Properties:
    named = {"LaunchTemplateId": given["Id"]} if "Id" in given else {"LaunchTemplateName": given["Name"]}
    return {**named, "Version": str(given.get("Version", "$Default"))}


for _cached in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
    _cached.cache_clear()  # whoever asked before did not know of these types
