"""As `workshop`, but the stack has resources that own hosts of their own, which carry no tag of the stack.

A node group of EKS, an EC2 and a Spot fleet, an environment of Elastic Beanstalk and one of AWS Batch, and a cluster of
EMR: nobody patched their hosts, and the window does not select them.
"""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop

if TYPE_CHECKING:
    from ..simulator import Simulator

OWNERS = """
  ShopCluster:
    Type: AWS::EKS::Cluster
    Properties:
      Name: shop
      RoleArn: !GetAtt NodeRole.Arn
      ResourcesVpcConfig: {SubnetIds: [!Ref PrivateSubnet]}
  WorkerTemplate:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateName: workers
      LaunchTemplateData: {ImageId: !Ref ImageId, InstanceType: !Ref InstanceSize}
  Workers:
    Type: AWS::EKS::Nodegroup
    Properties:
      ClusterName: !Ref ShopCluster
      NodegroupName: workers
      NodeRole: !GetAtt NodeRole.Arn
      Subnets: [!Ref PrivateSubnet]
      ScalingConfig: {MinSize: 1, MaxSize: 1, DesiredSize: 1}
      LaunchTemplate: {Id: !Ref WorkerTemplate}
  Capacity:
    Type: AWS::ECS::CapacityProvider
    Properties:
      Name: shop
      AutoScalingGroupProvider: {AutoScalingGroupArn: !Ref NodeGroup}
  Fleet:
    Type: AWS::EC2::EC2Fleet
    Properties:
      LaunchTemplateConfigs:
        - LaunchTemplateSpecification: {LaunchTemplateId: !Ref WorkerTemplate, Version: "1"}
      TargetCapacitySpecification: {TotalTargetCapacity: 1, DefaultTargetCapacityType: on-demand}
  SpotFleet:
    Type: AWS::EC2::SpotFleet
    Properties:
      SpotFleetRequestConfigData:
        IamFleetRole: !GetAtt NodeRole.Arn
        TargetCapacity: 1
        AllocationStrategy: lowestPrice
        SpotPrice: "1"
        LaunchSpecifications:
          - {ImageId: !Ref ImageId, InstanceType: t3.small, SubnetId: !Ref PrivateSubnet, WeightedCapacity: 1}
  Shop:
    Type: AWS::ElasticBeanstalk::Application
    Properties: {ApplicationName: shop}
  ShopEnvironment:
    Type: AWS::ElasticBeanstalk::Environment
    Properties:
      ApplicationName: !Ref Shop
      EnvironmentName: shop-prod
      OptionSettings:
        - {Namespace: aws:autoscaling:launchconfiguration, OptionName: ImageId, Value: !Ref ImageId}
        - {Namespace: aws:autoscaling:asg, OptionName: MinSize, Value: "1"}
        - {Namespace: aws:ec2:vpc, OptionName: Subnets, Value: !Ref PrivateSubnet}
  Sums:
    Type: AWS::Batch::ComputeEnvironment
    Properties:
      Type: MANAGED
      ServiceRole: !GetAtt NodeRole.Arn
      ComputeResources:
        Type: EC2
        ImageId: !Ref ImageId
        MinvCpus: 2
        MaxvCpus: 2
        DesiredvCpus: 2
        InstanceTypes: [t3.small]
        InstanceRole: !GetAtt NodeProfile.Arn
        SecurityGroupIds: [!Ref NodeSecurityGroup]
        Subnets: [!Ref PrivateSubnet]
  Statistics:
    Type: AWS::EMR::Cluster
    Properties:
      Name: statistics
      JobFlowRole: EMR_EC2_DefaultRole
      ServiceRole: EMR_DefaultRole
      ReleaseLabel: emr-7.1.0
      CustomAmiId: !Ref ImageId
      Instances:
        Ec2SubnetId: !Ref PrivateSubnet
        MasterInstanceGroup: {InstanceCount: 1, InstanceType: m5.xlarge}
"""


def deploy(aws: "Simulator") -> None:
    """Build the workshop, with resources in its stack that own hosts."""
    workshop.deploy(aws, "" if aws.world.fixed else OWNERS)


WORLD = World(
    name="unseen-hosts",
    story="The stack's node group, fleets, environments and cluster own hosts without its tag: nobody patched them.",
    red=frozenset({"PATCH-1", "PATCH-2", "FIND-4", "TGT-2"}),
    deploy=deploy,
    remediate=workshop.install_patches,
)
