"""As `workshop`, but the stack has an EKS node group too: two hosts without the stack's tag, which nobody patches.

EKS makes the node group's Auto Scaling group, so that its hosts carry EKS's tags and not CloudFormation's.
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


WORLD = World(
    name="nodegroup",
    story="The stack has an EKS node group whose two hosts carry no stack tag: nobody patches them.",
    red=frozenset({"PATCH-1", "PATCH-2", "FIND-4", "TGT-2"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
