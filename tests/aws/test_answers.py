"""An answer that cannot be read is an error that could not be checked, and nobody reads it in our words."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postpatch.aws.answers import Unreadable
from postpatch.aws.session import Connection, asking
from postpatch.errors import CouldNotCheck
from postpatch.text import credentials

FOREIGN = "<html>proxy: tell nobody <br> {"
SECRET = "kV9x/Qm2+LrT7yZpW4dNc8JbH1fGs6EuR0aXoKiY"  # noqa: S105 - nobody's


class Body:
    """Stands in for urllib3's response."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Give it at once."""
        yield self.content


@pytest.fixture
def answer(connect: Callable[..., Connection], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Connection]:
    """Return what makes a connection on which every call is answered with the same status, body and headers."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(credentials, "_known", {SECRET})

    now: dict[str, Any] = {}
    connection = connect()
    connection.session.events.register_first(
        "before-send",
        lambda request, **_: AWSResponse(request.url, now["status"], now["headers"], Body(now["body"])),
    )

    def answering(status: int, body: bytes, **headers: str) -> Connection:
        now.update(status=status, body=body, headers=headers)
        return connection

    return answering


CALLS = [("sts", "get_caller_identity"), ("ec2", "describe_instances"), ("inspector2", "list_findings"),
         ("ssm", "describe_maintenance_windows")]  # fmt: skip
BODIES = [FOREIGN.encode(), b"", b"[]", b'{"findings": [', b"[" * 100_000, b'{"findings": [], "a": "\\ud800b"}']


@pytest.mark.parametrize(("service", "call"), CALLS)
@pytest.mark.parametrize("status", [200, 403, 503])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_what_is_no_answer_is_an_error(
    answer: Callable[..., Connection], service: str, call: str, status: int, body: bytes
) -> None:
    """Whatever came with whatever status: could not be checked; an empty list is never made of it."""
    connection = answer(status, body)
    with pytest.raises(CouldNotCheck) as refused, asking("for anything"):
        getattr(connection.client(service), call)()
    assert "tell nobody" not in str(refused.value)
    cause = refused.value.__cause__
    assert isinstance(cause, (Unreadable, ClientError))
    assert "tell nobody" not in repr(cause) + repr(getattr(cause, "response", ""))
    (told,) = connection.calls
    assert told.endswith(call.title().replace("_", ""))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=40), st.sampled_from([200, 400]))
def test_no_body_breaks_it(answer: Callable[..., Connection], body: bytes, status: int) -> None:
    """Any bytes are an answer of the service's protocol, or an error in the suite's words."""
    connection = answer(status, body)
    try:
        with asking("for findings"):
            found = connection.client("inspector2").list_findings()
    except CouldNotCheck:
        return
    assert isinstance(json.loads(body), dict)
    assert status == 200
    assert "ResponseMetadata" in found


def test_a_good_answer_holds_no_credential(answer: Callable[..., Connection]) -> None:
    """Of an answer that repeats a credential each text is redacted, and the rest is left as it is."""
    found = {"findings": [{"title": f"leaked {SECRET.lower()}!", "severity": "HIGH", "description": "plain"}]}
    (got,) = answer(200, json.dumps(found).encode()).client("inspector2").list_findings()["findings"]
    assert got == {"title": f"leaked {credentials.INSTEAD}!", "severity": "HIGH", "description": "plain"}


def test_a_header_holds_no_credential(answer: Callable[..., Connection]) -> None:
    """The request's id, which is stored with each call, is redacted as well."""
    got = answer(200, b'{"findings": []}', **{"x-amzn-requestid": SECRET}).client("inspector2").list_findings()
    assert SECRET not in repr(got)
