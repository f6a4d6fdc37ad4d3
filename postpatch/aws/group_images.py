"""From which machine image the Auto Scaling groups of hosts launch the next ones, and where that image is named.

Sources: botocore's models of autoscaling (DescribeAutoScalingGroups, DescribeLaunchConfigurations) and ec2
(DescribeLaunchTemplateVersions); EC2 user guide, "Use a Systems Manager parameter instead of an AMI ID": such a
template has `resolve:ssm:NAME` in the place of the image.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from postpatch.aws.hosts import batches
from postpatch.aws.session import Connection, asking
from postpatch.model import Host, ImageSource

_BY_PARAMETER = "resolve:ssm:"
_DEFAULT = "$Default"
_NAMES_A_CALL = 50  # botocore: DescribeAutoScalingGroups takes 100 names, DescribeLaunchConfigurations 50


def group_images(connection: Connection, hosts: Iterable[Host]) -> tuple[tuple[ImageSource, str], ...]:
    """Return where the groups of `hosts` name their image, each with the call that shows it; the same source once."""
    groups = sorted({host.group for host in hosts if host.group})
    found: dict[ImageSource, str] = {}
    with asking("which images the hosts' Auto Scaling groups launch"):
        for batch in batches(groups, _NAMES_A_CALL):
            client = connection.client("autoscaling")
            pages = client.get_paginator("describe_auto_scaling_groups").paginate(AutoScalingGroupNames=batch)
            for group in (one for page in pages for one in page["AutoScalingGroups"]):
                for source, shown in _of_group(connection, group):
                    found.setdefault(source, f"{shown} of group {group['AutoScalingGroupName']}")
    return tuple(found.items())


def _of_group(connection: Connection, group: dict[str, Any]) -> Iterator[tuple[ImageSource, str]]:
    mixed = group.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {}).get("LaunchTemplateSpecification")
    if template := group.get("LaunchTemplate") or mixed:
        yield from _of_template(connection, template)
    elif name := group.get("LaunchConfigurationName"):
        client = connection.client("autoscaling")
        rows = client.describe_launch_configurations(LaunchConfigurationNames=[name])["LaunchConfigurations"]
        yield from (
            (ImageSource("ami", row["ImageId"]), f"autoscaling:DescribeLaunchConfigurations {name}") for row in rows
        )


def _of_template(connection: Connection, template: dict[str, Any]) -> Iterator[tuple[ImageSource, str]]:
    version = template.get("Version") or _DEFAULT
    answer = connection.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=template["LaunchTemplateId"], Versions=[version]
    )
    name = template.get("LaunchTemplateName") or template["LaunchTemplateId"]
    for row in answer["LaunchTemplateVersions"]:
        shown = f"ec2:DescribeLaunchTemplateVersions {name} {version}"
        image = row["LaunchTemplateData"].get("ImageId", "")
        if image.startswith(_BY_PARAMETER):
            yield ImageSource("ssm_parameter", image.removeprefix(_BY_PARAMETER)), shown
        elif image:
            yield ImageSource("launch_template", name if version == _DEFAULT else f"{name}:{version}"), shown
