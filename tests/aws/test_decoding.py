"""Times in answers are read in every form in which AWS writes them, those that are numbers as UTC."""

from datetime import UTC, datetime

import boto3
import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from hypothesis import given
from hypothesis import strategies as st

from postpatch.aws.decoding import _moment
from postpatch.aws.session import Connection

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@given(st.integers(0, 7_000_000_000), st.sampled_from([0, 0.25, 0.5]))
def test_a_time_in_seconds_is_that_moment(seconds: int, part: float):
    """In UTC, with its parts of a second."""
    found = _moment(seconds + part)
    assert (found.tzinfo, found.timestamp()) == (UTC, seconds + part)


@pytest.mark.parametrize(
    "value", ["2026-11-20T12:00:00Z", "2026-11-20T13:00:00+01:00", "Fri, 20 Nov 2026 12:00:00 GMT", "1795176000"]
)
def test_a_time_in_words_is_botocores_to_read(value: str):
    """ISO 8601, an HTTP date, and seconds as a text."""
    assert _moment(value) == NOON


def test_what_is_no_time_is_an_error():
    """It is not passed over."""
    with pytest.raises(ValueError, match="Invalid timestamp"):
        _moment("tomorrow")


class _Body:
    def stream(self) -> list[bytes]:
        return [b'{"Patches": [{"Title": "a", "KBId": "a", "InstalledTime": 1795176000.0}]}']


def test_a_connection_reads_times_so():
    """The clients of a connection use it."""

    def answer(request: AWSRequest, **_: object) -> AWSResponse:
        return AWSResponse(str(request.url), 200, {"Date": "Fri, 20 Nov 2026 12:00:00 GMT"}, _Body())

    connection = Connection(boto3.Session("a" * 20, "b" * 40, region_name="us-east-1"))
    connection.client("ssm").meta.events.register("before-send", answer)
    (patch,) = connection.client("ssm").describe_instance_patches(InstanceId="i-0123456789abcdef0")["Patches"]
    assert (patch["InstalledTime"], patch["InstalledTime"].tzinfo) == (NOON, UTC)
