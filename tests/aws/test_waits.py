"""How many calls are made at once depends on how long AWS is waited for."""

import time
from datetime import UTC, datetime

import boto3
import pytest
from botocore.awsrequest import AWSRequest, AWSResponse

from postpatch.aws.session import Connection
from postpatch.aws.waits import Waits


class _Body:
    def stream(self) -> list[bytes]:
        return [b'{"accounts": []}']


@pytest.mark.parametrize(("seconds", "at_once"), [(0.0, 1), (0.05, 16)], ids=["answers at once", "is waited for"])
def test_more_is_asked_at_once_where_aws_is_waited_for(seconds: float, at_once: int):
    """Threads make a wait shorter; where nothing is waited for, they only take each other's time."""

    def answer(request: AWSRequest, **_: object) -> AWSResponse:
        time.sleep(seconds)
        date = f"{datetime.now(UTC):%a, %d %b %Y %H:%M:%S GMT}"
        return AWSResponse(str(request.url), 200, {"Date": date}, _Body())

    connection = Connection(boto3.Session("a" * 20, "b" * 40, region_name="us-east-1"), at_once=16)
    connection.client("inspector2").meta.events.register("before-send", answer)
    for _ in range(3):
        connection.client("inspector2").batch_get_account_status()
    assert connection.at_once == at_once


def test_work_is_no_wait():
    """A call that keeps the processor busy is not waited for."""
    waits, context = Waits(), dict[str, object]()
    waits.begin(context)
    until = time.thread_time() + 0.1
    while time.thread_time() < until:
        pass
    waits.end(context)
    waits.begin(context)
    waits.end(context)
    assert not waits.are_long
