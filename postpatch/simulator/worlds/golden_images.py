"""Fleets that are never patched in place: every host is replaced by one from a newer image that was proven before.

The policy names the proven image, and the delta compares each role before and after. The red worlds bound the green
ones: one host, one role or one image in them is not what was proven.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from ..deployment import Deployment
from ..world import Happening, World
from . import workshop
from .changing_fleets import NEW_IMAGE, NODES_ALONE, replace_all_while_inspector_lags
from .patched_by import launch_from, replace_nodes

if TYPE_CHECKING:
    from ..simulator import Simulator

OLDER_IMAGE = "ami-0f00dfeed20261115"
PARAMETER, PIPELINE, TEMPLATE = "/pww/golden-image", "pww-nodes", "pww-nodes"
TIER = "Tier"
BY_AMI = {"ami": NEW_IMAGE}
BY_TIER = {**BY_AMI, "role": f"tag:{TIER}"}
_PIPELINE_ARN = f"arn:aws:imagebuilder:{Deployment.region}:{Deployment.account}:image-pipeline/{PIPELINE}"


def golden(
    name: str,
    story: str,
    remediate: Happening,
    *red: str,
    image: Mapping[str, str] = BY_AMI,
    deploy: Happening = workshop.deploy,
    errors: frozenset[str] = frozenset(),
) -> World:
    """Return the workshop's nodes under a policy with an `[image]`."""
    policy = {**NODES_ALONE, "image": image}
    return World(name, story, frozenset(red), deploy, remediate, errors=errors, policy=policy)


def deploy_tiers(aws: "Simulator") -> None:
    """Launch the workshop's stack, in which one node serves the web and the other the API."""
    workshop.deploy(aws)
    tag_tiers(aws, "web", "api")


def tag_tiers(aws: "Simulator", *tiers: str) -> None:
    """Tag each node with its tier, as its user data would."""
    for host, tier in zip(workshop.nodes(aws), tiers, strict=True):
        aws.client("ec2").create_tags(Resources=[host.instance_id], Tags=[{"Key": TIER, "Value": tier}])


def replace_by_the_new(aws: "Simulator") -> None:
    """Build an image in the evening, and replace all nodes by hosts from it in the night."""
    aws.build_image(NEW_IMAGE)
    aws.clock.advance(timedelta(hours=1))
    replace_nodes(aws, NEW_IMAGE)


def named_by_a_parameter(aws: "Simulator") -> None:
    """Replace all nodes; the build has written the image's id to a parameter."""
    replace_by_the_new(aws)
    aws.client("ssm").put_parameter(Name=PARAMETER, Value=NEW_IMAGE, Type="String", DataType="aws:ec2:image")


def built_by_a_pipeline(aws: "Simulator") -> None:
    """Replace all nodes by the image of a pipeline, whose later build failed."""
    from ..hosts.image_builder import Build

    aws.image_pipelines.built(PIPELINE, Build("AVAILABLE", aws.now() - timedelta(days=7), workshop.IMAGE))
    replace_by_the_new(aws)
    aws.image_pipelines.built(PIPELINE, Build("AVAILABLE", aws.now(), NEW_IMAGE))
    aws.image_pipelines.built(PIPELINE, Build("FAILED", aws.now() + timedelta(hours=1)))


def named_by_a_template(aws: "Simulator") -> None:
    """Replace all nodes; the default version of a launch template has the image."""
    replace_by_the_new(aws)
    client = aws.client("ec2")
    client.create_launch_template(LaunchTemplateName=TEMPLATE, LaunchTemplateData={"ImageId": workshop.IMAGE})
    client.create_launch_template_version(LaunchTemplateName=TEMPLATE, LaunchTemplateData={"ImageId": NEW_IMAGE})
    client.modify_launch_template(LaunchTemplateName=TEMPLATE, DefaultVersion="2")


def replace_both_tiers(aws: "Simulator") -> None:
    """Replace all nodes; both new ones serve the web, and none the API any more."""
    replace_by_the_new(aws)
    tag_tiers(aws, "web", "api" if aws.world.fixed or not aws.world.red else "web")


def keep_one(aws: "Simulator") -> None:
    """Replace the nodes by hosts from the new image, but for one that somebody protected."""
    aws.build_image(NEW_IMAGE)
    aws.clock.advance(timedelta(hours=1))
    if aws.world.fixed:
        replace_nodes(aws, NEW_IMAGE)
        return
    launch_from(aws, NEW_IMAGE)
    aws.client("autoscaling").terminate_instance_in_auto_scaling_group(
        InstanceId=workshop.nodes(aws)[0].instance_id, ShouldDecrementDesiredCapacity=False
    )


def roll_out_the_older(aws: "Simulator") -> None:
    """Build two images, of which the later one is proven, and roll out the earlier one."""
    aws.build_image(OLDER_IMAGE)
    aws.clock.advance(timedelta(hours=1))
    aws.build_image(NEW_IMAGE)
    replace_nodes(aws, NEW_IMAGE if aws.world.fixed else OLDER_IMAGE)


def roll_back(aws: "Simulator") -> None:
    """Build an image, and replace all nodes by hosts from the image of a year ago."""
    aws.build_image(NEW_IMAGE)
    aws.clock.advance(timedelta(hours=1))
    replace_nodes(aws, NEW_IMAGE if aws.world.fixed else workshop.IMAGE)


def replace_by_the_stale(aws: "Simulator") -> None:
    """Replace all nodes by hosts from an image that was proven two months ago."""
    aws.build_image(NEW_IMAGE, ago=timedelta(0) if aws.world.fixed else timedelta(days=60))
    replace_nodes(aws, NEW_IMAGE)


def replace_and_deregister(aws: "Simulator") -> None:
    """Replace all nodes by hosts from an image that is deregistered while they run."""
    aws.build_image(OLDER_IMAGE)
    aws.build_image(NEW_IMAGE)
    replace_nodes(aws, NEW_IMAGE if aws.world.fixed else OLDER_IMAGE)
    aws.client("ec2").deregister_image(ImageId=OLDER_IMAGE)


WORLDS = (
    golden("golden-image", "Every host was replaced by one from the image that an SSM parameter names.",
           named_by_a_parameter, image={"ssm_parameter": PARAMETER}),
    golden("golden-image-pipeline", "The hosts come from the newest image of an Image Builder pipeline.",
           built_by_a_pipeline, image={"pipeline": _PIPELINE_ARN}),
    golden("golden-image-template", "The hosts come from the image of a launch template's default version.",
           named_by_a_template, image={"launch_template": TEMPLATE}),
    golden("golden-image-tiers", "The hosts of two roles were replaced, each compared with its own.",
           replace_both_tiers, image=BY_TIER, deploy=deploy_tiers),
    golden("golden-image-one-old", "One host was not replaced, and runs the image of a year ago.",
           keep_one, "SCAN-3", "PATCH-1", "PATCH-2", "FIND-1", "FIND-4"),
    golden("golden-image-older", "Every host was replaced by one from an image older than the proven one.",
           roll_out_the_older, "SCAN-3"),
    golden("golden-image-rolled-back", "A year-old image was proven again, and every host was replaced by one from it.",
           roll_back, "SCAN-3", "FIND-1", "FIND-3"),
    golden("golden-image-stale", "Every host was replaced by one from an image that was proven two months ago.",
           replace_by_the_stale, "PATCH-1"),
    golden("golden-image-role-gone", "No host serves the role of one that was replaced.",
           replace_both_tiers, "SCAN-3", image=BY_TIER, deploy=deploy_tiers),
    golden("golden-image-unscanned", "Every host was replaced by one from the proven image, and never scanned.",
           replace_all_while_inspector_lags, "SCAN-1", "SCAN-2",
           errors=frozenset({"SCAN-3", *(f"FIND-{number}" for number in range(1, 7))})),
    golden("golden-image-unknown", "The hosts' image was deregistered: nobody can say how old it is.",
           replace_and_deregister, errors=frozenset({"SCAN-3", "PATCH-1", "PATCH-2", "FIND-1", "FIND-2", "FIND-3"})),
)  # fmt: skip
