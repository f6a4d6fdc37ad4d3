"""The connection's clock is AWS's: what this machine takes for the time decides nothing."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from postpatch.aws import session
from postpatch.aws.session import Connection, answered_at, asking
from postpatch.errors import CouldNotCheck

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CALLER = (
    b"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn>"
    b"<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
REFUSED = b"<ErrorResponse><Error><Code>%s</Code><Message>no</Message></Error></ErrorResponse>"


class Body:
    """The raw body of an answer."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: object) -> list[bytes]:
        """Return its parts."""
        return [self._content]


@pytest.fixture
def dated():
    """Return what makes a connection to an AWS that answers with a status, a body, and a Date header or none."""

    def make(*dates: str, status: int = 200, body: bytes = CALLER) -> Connection:
        left = [*dates]
        own = boto3.Session("key", "secret", region_name="us-east-1")

        def answer(request, **_):
            headers = {"Date": left.pop(0)} if left else {}
            return AWSResponse(request.url, status, headers, Body(body))

        own.events.register("before-send", answer)
        return Connection(own)

    return make


@pytest.mark.parametrize("wrong", [timedelta(days=-3), timedelta(0), timedelta(days=3)])
def test_its_clock_is_that_of_awss_last_answer(monkeypatch, dated, wrong):
    """A baseline that a slow clock dates too early would let an older patching pass for a later one."""
    monkeypatch.setattr(session, "_utc_now", lambda: NOW + wrong)
    later = NOW + timedelta(minutes=1)
    connection = dated(format_datetime(NOW, usegmt=True), format_datetime(later, usegmt=True), "tomorrow")
    assert connection.clock() == NOW + wrong  # nothing was asked yet
    for moment in (NOW, later, later, later):
        connection.caller()
        assert connection.clock() == moment


def test_an_answer_without_a_date_is_dated_by_the_clock(dated):
    """Of this machine, as long as AWS has not said any."""
    connection = dated()
    before = datetime.now(UTC)
    answer = connection.client("sts").get_caller_identity()
    assert before <= answered_at(connection, answer) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        (timedelta(minutes=-6), b"SignatureDoesNotMatch", "Correct this machine's clock"),
        (timedelta(days=1), b"InvalidSignatureException", "Correct this machine's clock"),
        (timedelta(minutes=1), b"SignatureDoesNotMatch", "Correct the cause"),
        (timedelta(days=1), b"AccessDenied", "Allow sts:|Allow GetCallerIdentity"),
    ],
)
def test_a_clock_that_is_too_wrong_to_sign_is_named(monkeypatch, dated, wrong, code, words):
    """AWS refuses what such a clock signed; the next step is not the credentials."""
    monkeypatch.setattr(session, "_utc_now", lambda: NOW + wrong)
    connection = dated(format_datetime(NOW, usegmt=True), status=403, body=REFUSED % code)
    with pytest.raises(CouldNotCheck, match=words) as raised, asking("who the caller is"):
        connection.client("sts").get_caller_identity()
    assert isinstance(raised.value.__cause__, ClientError)
