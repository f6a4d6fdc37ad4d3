"""Machine images: which one the policy's source names now, and when it and those of the hosts were created.

Sources: botocore's models of ec2 (DescribeImages, DescribeLaunchTemplateVersions), ssm (GetParameter) and imagebuilder
(ListImagePipelineImages). A deregistered image is not described any more: it is an error that names it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from postpatch.aws.hosts import batches
from postpatch.aws.session import Connection, asking
from postpatch.errors import CouldNotCheck
from postpatch.model import Host, Images, ImageSource

_AMI = re.compile(r"ami-([0-9a-f]{8}|[0-9a-f]{17})")
_FILTER_VALUES = 200  # EC2's limit of values in one filter
_DEFAULT = "$Default"


def images(connection: Connection, account: str, source: ImageSource, hosts: Iterable[Host]) -> Images:
    """Return the image that is proven for `account`, and when it and the images of `hosts` were created.

    CouldNotCheck if the source names no image, or if EC2 does not describe one of them.
    """
    with asking(f"which image {source} names"):
        proven = _NAMED_BY[source.kind](connection, account, source.value)
    used: dict[str, str] = {proven: str(source)}
    for host in hosts:
        used.setdefault(host.image, host.id)
    with asking("when the hosts' images were created"):
        created = dict(_created(connection, used))
    if lacking := {image: by for image, by in used.items() if image not in created}:
        named = ", ".join(f"{image or 'an unknown image'} ({by})" for image, by in sorted(lacking.items()))
        raise CouldNotCheck(
            "Replace the hosts of images that were deregistered, or share the images with this account: EC2 does not "
            f"describe {named} in {connection.session.region_name}, so their age is not known."
        )
    return Images(proven, created)


def _created(connection: Connection, ids: Iterable[str]) -> Iterator[tuple[str, datetime]]:
    pages = connection.client("ec2").get_paginator("describe_images")
    for batch in batches(sorted(filter(None, ids)), _FILTER_VALUES):
        filters = [{"Name": "image-id", "Values": batch}]
        for page in pages.paginate(Filters=filters, IncludeDeprecated=True, IncludeDisabled=True):
            for row in page["Images"]:
                if moment := row.get("CreationDate"):
                    yield row["ImageId"], datetime.fromisoformat(moment).astimezone(UTC)


def _of_ami(_: Connection, __: str, value: str) -> str:
    return value


def _of_parameter(connection: Connection, _: str, value: str) -> str:
    found = connection.client("ssm").get_parameter(Name=value)["Parameter"]["Value"]
    if not _AMI.fullmatch(found):  # the value may be a secret: it is not repeated
        raise CouldNotCheck(
            f"Correct [image] ssm_parameter in the policy: the value of {value} is not the id of an AMI."
        )
    return str(found)


def _of_pipeline(connection: Connection, account: str, value: str) -> str:
    region = connection.session.region_name
    pages = connection.client("imagebuilder").get_paginator("list_image_pipeline_images")
    newest = (datetime.min.replace(tzinfo=UTC), "")
    for page in pages.paginate(imagePipelineArn=value):
        for row in page.get("imageSummaryList", []):
            if image := _available(row, account, region):
                newest = max(newest, (datetime.fromisoformat(row["dateCreated"]).astimezone(UTC), image))
    if not newest[1]:
        raise CouldNotCheck(f"Run the pipeline {value} first: it has no image that is available in {region}.")
    return newest[1]


def _available(row: Mapping[str, Any], account: str, region: str) -> str:
    # A build is copied to the Regions and accounts of its distribution settings; what is shared is its owner's alone.
    if row.get("state", {}).get("status") != "AVAILABLE":
        return ""
    here = [ami for ami in row.get("outputResources", {}).get("amis", []) if ami.get("region") == region]
    own = [ami for ami in here if ami.get("accountId") == account]
    return next((str(ami["image"]) for ami in own or here if ami.get("image")), "")


def _of_launch_template(connection: Connection, _: str, value: str) -> str:
    name, _, version = value.partition(":")
    key = "LaunchTemplateId" if re.fullmatch("lt-[0-9a-f]+", name) else "LaunchTemplateName"
    # ResolveAlias: a template that names a parameter instead of an image is shown with that parameter's image.
    answer = connection.client("ec2").describe_launch_template_versions(
        Versions=[version or _DEFAULT], ResolveAlias=True, **{key: name}
    )
    found = [row["LaunchTemplateData"].get("ImageId", "") for row in answer["LaunchTemplateVersions"]]
    if len(found) != 1 or not _AMI.fullmatch(found[0]):
        raise CouldNotCheck(f"Correct [image] launch_template in the policy: {value} names no image.")
    return str(found[0])


_NAMED_BY: Mapping[str, Callable[[Connection, str, str], str]] = {
    "ami": _of_ami,
    "ssm_parameter": _of_parameter,
    "pipeline": _of_pipeline,
    "launch_template": _of_launch_template,
}
