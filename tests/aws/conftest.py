"""The embedded AWS, a connection to it, and two ways to have it misbehave."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from postpatch.aws.session import Connection
from postpatch.model import Scope
from postpatch.simulator import Simulator, worlds

EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def aws() -> Iterator[Simulator]:
    """Give the tutorial's world at the moment of the baseline, to one module; none of its answers may be broken."""
    simulator = Simulator(worlds()["workshop"], EVENING)
    yield simulator
    assert simulator.front.broken == []


@pytest.fixture(scope="module")
def connection(aws: Simulator) -> Connection:
    """Connect to the embedded AWS as a simulated run does: by its clock, without sleeping."""
    return Connection(aws.session(), clock=aws.now, poll_seconds=0)


@pytest.fixture
def connect(aws: Simulator) -> Callable[..., Connection]:
    """Make a connection of its own, for a test that counts calls, reads only, or has AWS misbehave."""
    return lambda **changes: Connection(aws.session(), **({"clock": aws.now, "poll_seconds": 0} | changes))


@pytest.fixture(scope="module")
def pww() -> Scope:
    """Return the tutorial's scope."""
    return Scope("stack", ("pww",))


@pytest.fixture(scope="module")
def hosts_named(aws: Simulator) -> Callable[[str], list[str]]:
    """Tell the ids of the hosts with a Name tag, sorted."""

    def named(name: str) -> list[str]:
        pages = aws.client("ec2").get_paginator("describe_instances")
        found = pages.paginate(Filters=[{"Name": "tag:Name", "Values": [name]}])
        return sorted(one["InstanceId"] for page in found for row in page["Reservations"] for one in row["Instances"])

    return named


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Give the whole answer at once, as urllib3 would."""
        yield self._content


def _refusal(service: str, code: str) -> bytes:
    words = f"AWS's own words of {code}"
    error = f"<Error><Code>{code}</Code><Message>{words}</Message></Error>"
    if service == "ec2":
        return f"<Response><Errors>{error}</Errors><RequestID>r</RequestID></Response>".encode()
    if service in ("sts", "cloudformation", "auto-scaling", "iam", "elastic-beanstalk"):
        return f"<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>".encode()
    return json.dumps({"__type": code, "message": words}).encode()


@pytest.fixture
def refuse() -> Callable[..., list[str]]:
    """Have AWS refuse an operation (`service.Operation`) on the wire; return the addresses it was sent to.

    It answers rightly the first `after` times, then refuses, `times` in a row or for good.
    """

    def refusing(
        connection: Connection, operation: str, code: str, status: int = 400, *, after: int = 0, times: int = 1_000
    ) -> list[str]:
        sent: list[str] = []

        def before_send(request: Any, **_: Any) -> AWSResponse | None:
            sent.append(request.url)
            if not after < len(sent) <= after + times:
                return None
            headers: Any = {"x-amzn-ErrorType": code}
            return AWSResponse(request.url, status, headers, _Body(_refusal(operation.partition(".")[0], code)))

        connection.session.events.register_first(f"before-send.{operation}", before_send)
        return sent

    return refusing


@pytest.fixture
def rewrite() -> Callable[[Connection, str, Callable[[dict[str, Any]], None]], None]:
    """Have `change` alter each answer of an operation (`service.Operation`) in place."""

    def rewriting(connection: Connection, operation: str, change: Callable[[dict[str, Any]], None]) -> None:
        connection.session.events.register(f"after-call.{operation}", lambda parsed, **_: change(parsed))

    return rewriting
