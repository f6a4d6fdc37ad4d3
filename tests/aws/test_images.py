"""Which image the policy's source names, and how old the images of the hosts are."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from postpatch.aws.images import images
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.model import Host, ImageSource
from postpatch.simulator import Simulator
from postpatch.simulator.hosts.image_builder import Build
from postpatch.simulator.worlds.workshop import IMAGE

ACCOUNT = "123456789012"
NEW, UNKNOWN = "ami-0f00dfeed20261122", "ami-0fffffffffffffff0"
HOSTS = (Host("i-1", image=IMAGE), Host("i-2", image=NEW), Host("i-3", image=NEW))
BUILT = datetime(2026, 11, 20, 20, tzinfo=UTC)

Rewrite = Callable[[Connection, str, Callable[[dict[str, Any]], None]], None]


@pytest.fixture(scope="module", autouse=True)
def built(aws: Simulator) -> None:
    """Build an image, and name it in every way."""
    aws.build_image(NEW)
    ssm, ec2 = aws.client("ssm"), aws.client("ec2")
    ssm.put_parameter(Name="/golden", Value=NEW, Type="String")
    ssm.put_parameter(Name="/secret", Value="hunter2", Type="SecureString")
    ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData={"ImageId": IMAGE})
    ec2.create_launch_template_version(LaunchTemplateName="web", LaunchTemplateData={"ImageId": NEW})
    ec2.create_launch_template(LaunchTemplateName="none", LaunchTemplateData={"InstanceType": "t3.micro"})
    for hours, build in enumerate((("AVAILABLE", IMAGE), ("AVAILABLE", NEW), ("FAILED", ""), ("BUILDING", ""))):
        aws.image_pipelines.built("web", Build(build[0], BUILT + timedelta(hours=hours), build[1]))
    aws.image_pipelines.built("broken", Build("FAILED", BUILT))


@pytest.fixture
def pipeline(aws: Simulator) -> Callable[[str], ImageSource]:
    """Make the source that is a pipeline of a name."""
    return lambda name: ImageSource("pipeline", aws.image_pipelines.arn(name))


@pytest.mark.parametrize(
    ("kind", "value", "proven"),
    [
        ("ami", IMAGE, IMAGE),
        ("ssm_parameter", "/golden", NEW),
        ("launch_template", "web", IMAGE),
        ("launch_template", "web:2", NEW),
        ("launch_template", "web:$Latest", NEW),
    ],
)
def test_each_source_names_an_image(connection: Connection, kind: str, value: str, proven: str) -> None:
    """The image is resolved, and with those of the hosts it has the time at which EC2 says it was created."""
    found = images(connection, ACCOUNT, ImageSource(kind, value), HOSTS)
    assert found.proven == proven
    assert set(found.created) == {IMAGE, NEW}
    assert found.created[IMAGE] < found.created[NEW]
    assert all(moment.tzinfo is UTC for moment in found.created.values())


def test_a_launch_template_by_its_id(aws: Simulator, connection: Connection) -> None:
    """An id serves as well as a name."""
    (row,) = aws.client("ec2").describe_launch_templates(LaunchTemplateNames=["web"])["LaunchTemplates"]
    source = ImageSource("launch_template", f"{row['LaunchTemplateId']}:2")
    assert images(connection, ACCOUNT, source, HOSTS).proven == NEW


def test_a_pipeline_names_its_newest_image_that_is_available(
    aws: Simulator, connection: Connection, pipeline: Callable[[str], ImageSource]
) -> None:
    """Later builds that failed or go on count for nothing, in whatever order and on however many pages they come."""
    aws.pages.at_most = 1
    assert images(connection, ACCOUNT, pipeline("web"), HOSTS).proven == NEW
    aws.pages.at_most = None


def test_of_a_pipeline_s_copies_the_one_of_the_account_counts(
    connect: Callable[..., Connection], rewrite: Rewrite, pipeline: Callable[[str], ImageSource]
) -> None:
    """A distribution to other Regions and accounts leaves ids that no host here can have."""

    def distribute(answer: dict[str, Any]) -> None:
        for row in answer["imageSummaryList"]:
            amis = row["outputResources"]["amis"]
            copies = [
                {"region": "eu-west-1", "image": UNKNOWN},
                {"region": "us-east-1", "image": UNKNOWN, "accountId": "1"},
            ]
            row["outputResources"]["amis"] = [*copies, *amis] if amis else []

    connection = connect()
    rewrite(connection, "imagebuilder.ListImagePipelineImages", distribute)
    assert images(connection, ACCOUNT, pipeline("web"), HOSTS).proven == NEW


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("ami", UNKNOWN, f"does not describe {UNKNOWN} (AMI {UNKNOWN})"),
        ("ssm_parameter", "/absent", "which image SSM parameter /absent names"),
        ("ssm_parameter", "/secret", "the value of /secret is not the id of an AMI"),
        ("launch_template", "absent", "which image launch template absent names"),
        ("launch_template", "none", "none names no image"),
    ],
)
def test_what_names_no_image_is_an_error(connection: Connection, kind: str, value: str, words: str) -> None:
    """The error names the source; a parameter's value is not repeated, for it may be a secret."""
    with pytest.raises(CouldNotCheck) as error:
        images(connection, ACCOUNT, ImageSource(kind, value), HOSTS)
    assert words in str(error.value)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "words"), [("broken", "has no image that is available"), ("absent", "does not exist")]
)
def test_a_pipeline_without_an_image_is_an_error(
    connection: Connection, pipeline: Callable[[str], ImageSource], name: str, words: str
) -> None:
    """A pipeline whose builds all failed, and one that does not exist, prove nothing."""
    with pytest.raises(CouldNotCheck, match=words):
        images(connection, ACCOUNT, pipeline(name), HOSTS)


def test_a_host_s_image_that_cannot_be_read_is_an_error(connection: Connection) -> None:
    """A deregistered image may be older than the proven one: the error names it with a host."""
    with pytest.raises(CouldNotCheck, match=r"does not describe ami-0f+0 \(i-9\) in us-east-1"):
        images(connection, ACCOUNT, ImageSource("ami", NEW), (*HOSTS, Host("i-9", image=UNKNOWN)))
