"""What is told of each call: its operation, time, request id, status, attempts and error, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from postpatch.aws.session import Connection
from postpatch.model import Call
from postpatch.simulator import Simulator

TOKEN = "IQoJb3JpZ2luX2VjEDoaCXVzLWVhc3QtMSJHMEUCI"  # noqa: S105 - nobody's


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass between retries."""
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.fixture
def noting(connect: Callable[..., Connection]) -> tuple[Connection, list[Call]]:
    """Return a connection, and the calls that it told of so far."""
    told: list[Call] = []
    return connect(on_call=told.append), told


def test_a_call_is_told_as_it_is_answered(noting: tuple[Connection, list[Call]], aws: Simulator) -> None:
    """Operation, request id and status are AWS's; the time is the connection's own."""
    connection, told = noting
    answer = connection.client("inspector2").list_findings(maxResults=1)
    request = answer["ResponseMetadata"]["RequestId"]
    assert told == [Call("inspector2:ListFindings", aws.now(), request, 200, 1)]
    assert request


def test_each_page_is_a_call(noting: tuple[Connection, list[Call]]) -> None:
    """What is counted is what was told."""
    connection, told = noting
    pages = list(connection.client("inspector2").get_paginator("list_findings").paginate(maxResults=50))
    assert len(told) == len(pages) == connection.calls["inspector2:ListFindings"] > 2


@pytest.mark.usefixtures("impatient")
def test_a_call_that_was_repeated_is_told_once(
    noting: tuple[Connection, list[Call]], refuse: Callable[..., list[str]]
) -> None:
    """Throttled twice, answered at last: one call of three attempts, without an error."""
    connection, told = noting
    refuse(connection, "inspector2.ListFindings", "ThrottlingException", 429, times=2)
    connection.client("inspector2").list_findings(maxResults=1)
    assert [(call.attempts, call.status, call.error) for call in told] == [(3, 200, "")]


def test_a_refusal_is_told_with_its_code(
    noting: tuple[Connection, list[Call]], refuse: Callable[..., list[str]]
) -> None:
    """A refused call is told like any other, with AWS's code."""
    connection, told = noting
    refuse(connection, "ssm.ListCommands", "AccessDeniedException")
    with pytest.raises(ClientError):
        connection.client("ssm").list_commands()
    assert [(call.operation, call.status, call.error) for call in told] == [
        ("ssm:ListCommands", 400, "AccessDeniedException")
    ]


@pytest.mark.usefixtures("impatient")
def test_a_call_without_an_answer_is_told_too(noting: tuple[Connection, list[Call]]) -> None:
    """Where nothing answered, the call stands with its attempts and what happened instead of an answer."""
    connection, told = noting

    def unplugged(request: Any, **_: Any) -> None:
        raise EndpointConnectionError(endpoint_url=request.url)

    connection.session.events.register_first("before-send", unplugged)
    with pytest.raises(EndpointConnectionError):
        connection.client("sts").get_caller_identity()
    assert [(call.operation, call.request_id, call.status, call.attempts, call.error) for call in told] == [
        ("sts:GetCallerIdentity", "", None, 8, "EndpointConnectionError")
    ]


def test_a_refusal_that_repeats_a_credential_loses_it(
    noting: tuple[Connection, list[Call]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS's message of a wrong signature holds the security token: it does not reach the error."""
    connection, _ = noting
    credentials = connection.session.get_credentials()
    assert credentials is not None
    monkeypatch.setattr(credentials, "token", TOKEN)

    def refuse(parsed: dict[str, Any], http_response: Any, **_: Any) -> None:
        http_response.status_code = 403
        parsed["Error"] = {"Code": "SignatureDoesNotMatch", "Message": f"x-amz-security-token:{TOKEN}\nhost"}

    connection.session.events.register_first("after-call.sts.GetCallerIdentity", refuse)
    with pytest.raises(ClientError, match=r"x-amz-security-token:\(a credential, left out\)") as error:
        connection.client("sts").get_caller_identity()
    assert TOKEN not in str(error.value)
