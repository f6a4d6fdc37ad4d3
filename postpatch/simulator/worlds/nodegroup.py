"""As `workshop`, but the stack has an EKS node group too: two hosts without the stack's tag, which nobody patches.

EKS makes the node group's Auto Scaling group, so that its hosts carry EKS's tags and not CloudFormation's. In
`karpenter` a controller in the cluster launched a host, which marks it with the cluster's name.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

NODES = """
  WorkerTemplate:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateName: pww-workers
      LaunchTemplateData:
        ImageId: !Ref ImageId
        InstanceType: !Ref InstanceSize
  Cluster:
    Type: AWS::EKS::Cluster
    Properties:
      Name: pww-cluster
      RoleArn: !GetAtt NodeRole.Arn
      ResourcesVpcConfig:
        SubnetIds: [!Ref PrivateSubnet]
  Workers:
    Type: AWS::EKS::Nodegroup
    Properties:
      ClusterName: !Ref Cluster
      NodegroupName: pww-workers
      NodeRole: !GetAtt NodeRole.Arn
      Subnets: [!Ref PrivateSubnet]
      ScalingConfig: {MinSize: 0, MaxSize: 4, DesiredSize: %s}
      LaunchTemplate: {Id: !Ref WorkerTemplate}
"""


def deploy(aws: "Simulator") -> None:
    """Build the workshop with a node group of two hosts; without the defect it has none just now."""
    workshop.deploy(aws, NODES % (0 if aws.world.fixed else 2))


def deploy_launching(aws: "Simulator") -> None:
    """Build the workshop with an empty node group; a controller in the cluster launches a host, or in another one."""
    workshop.deploy(aws, NODES % 0)
    cluster = "other" if aws.world.fixed else "pww-cluster"
    tags = [{"Key": f"kubernetes.io/cluster/{cluster}", "Value": "owned"}]
    aws.client("ec2").run_instances(
        ImageId=workshop.IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )  # fmt: skip


WORLDS = (
    World(
        name="nodegroup",
        story="The stack has an EKS node group whose two hosts carry no stack tag: nobody patches them.",
        red=frozenset({"PATCH-1", "PATCH-2", "FIND-4", "TGT-2"}),
        deploy=deploy,
        remediate=workshop.install_patches,
    ),
    World(
        name="karpenter",
        story="A controller in the stack's EKS cluster launched a host that is no resource of any stack.",
        red=frozenset({"PATCH-1", "PATCH-2", "FIND-4", "TGT-2"}),
        deploy=deploy_launching,
        remediate=workshop.install_patches,
    ),
)
