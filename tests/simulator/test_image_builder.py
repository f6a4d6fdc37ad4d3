"""EC2 Image Builder, as far as it tells which images a pipeline made."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from postpatch.simulator import Simulator, worlds
from postpatch.simulator.hosts.image_builder import Build

EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def aws() -> Simulator:
    """Give a world in which a pipeline built four images, of which one failed."""
    aws = Simulator(worlds()["workshop"], EVENING)
    for day, status in enumerate(("AVAILABLE", "FAILED", "AVAILABLE", "BUILDING")):
        image = f"ami-0000000{day}" if status == "AVAILABLE" else ""
        aws.image_pipelines.built("web", Build(status, EVENING + timedelta(days=day), image))
    return aws


def test_each_build_is_listed_page_by_page(aws: Simulator) -> None:
    """Every build has its state and date, and an AMI of this account and Region if it has one at all."""
    pages = aws.client("imagebuilder").get_paginator("list_image_pipeline_images")
    found = list(pages.paginate(imagePipelineArn=aws.image_pipelines.arn("web"), maxResults=3))
    assert [len(page["imageSummaryList"]) for page in found] == [3, 1]
    rows = [row for page in found for row in page["imageSummaryList"]]
    assert [row["state"]["status"] for row in rows] == ["AVAILABLE", "FAILED", "AVAILABLE", "BUILDING"]
    amis = [[(ami["image"], ami["region"], ami["accountId"]) for ami in row["outputResources"]["amis"]] for row in rows]
    assert amis == [[("ami-00000000", aws.region, aws.account)], [], [("ami-00000002", aws.region, aws.account)], []]
    assert rows[0]["dateCreated"] == "2026-11-20T21:00:00.000Z"


def test_a_pipeline_that_does_not_exist_is_refused(aws: Simulator) -> None:
    """The error is the one of the operation's model."""
    with pytest.raises(ClientError) as error:
        aws.client("imagebuilder").list_image_pipeline_images(imagePipelineArn=aws.image_pipelines.arn("absent"))
    assert error.value.response["Error"]["Code"] == "ResourceNotFoundException"
