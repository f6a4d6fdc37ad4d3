"""Credentials from where botocore itself asks AWS for them: a profile's role, a pipeline's identity."""

import threading

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck, NotAllowed
from postpatch.text import credentials
from tests.aws.test_clock import CALLER, Body

ROLE = "arn:aws:iam::123456789012:role/verifier"
CONFIG = f"""
[profile with-role]
role_arn = {ROLE}
source_profile = base
region = us-east-1
[profile base]
aws_access_key_id = TESTKEYOFNOBODY00001
aws_secret_access_key = nobodys/Secret+Key/0123456789abcdefghijk
aws_session_token = FwoGZXIvYXdzEBYaDnobodysSessionToken0123456789
"""
GIVEN = (
    "<Credentials><AccessKeyId>ASIAQ3EGTEST7Z2XKV4N</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>"
    "<SessionToken>{}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
)
SECRET, TOKEN = "aB3" * 14, "tO7kEn" * 20


@pytest.fixture
def of_source(monkeypatch, tmp_path):
    """Return what makes a connection that has its credentials from a source, and the operations that are sent."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(credentials, "_known", set())
    (tmp_path / "config").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "token").write_text("header.payload.signature", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    sent = []

    def make(refuse="", **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, str(tmp_path / value) if value == "token" else value)
        session = boto3.Session(region_name="us-east-1")

        def answer(request, **_):
            body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
            operation = body.split("Action=")[1].split("&")[0]
            sent.append(operation)
            if operation == refuse:
                token = request.headers.get("X-Amz-Security-Token", b"")
                words = f"<ErrorResponse><Error><Code>No</Code><Message>{token!r}</Message></Error></ErrorResponse>"
                return AWSResponse(request.url, 403, {}, Body(words.encode()))
            if operation == "GetCallerIdentity":
                return AWSResponse(request.url, 200, {}, Body(CALLER))
            given = GIVEN.format(SECRET, TOKEN)
            result = f"<{operation}Response><{operation}Result>{given}</{operation}Result></{operation}Response>"
            return AWSResponse(request.url, 200, {}, Body(result.encode()))

        connection = Connection(session)
        session.events.register("before-send", answer)
        return connection, sent

    return make


SOURCES = {
    "AssumeRole": {"AWS_PROFILE": "with-role"},
    "AssumeRoleWithWebIdentity": {"AWS_WEB_IDENTITY_TOKEN_FILE": "token", "AWS_ROLE_ARN": ROLE},
}


@pytest.mark.parametrize("source", SOURCES)
def test_botocore_may_fetch_credentials(of_source, source):
    """It is no call of the suite, which refuses its own; what it got is used, and known for a credential."""
    connection, sent = of_source(**SOURCES[source])
    thread = threading.Thread(target=connection.caller, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "botocore waits for itself"
    assert sent == [source, "GetCallerIdentity"]
    assert connection.calls == {"sts:GetCallerIdentity": 1}
    assert SECRET not in credentials.redacted(f"{SECRET} and {TOKEN}")
    with pytest.raises(NotAllowed):
        connection.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="x")


def test_what_refuses_them_repeats_nothing(of_source):
    """The token of the profile that may take the role is left out too, although the run does not use it."""
    connection, _ = of_source(refuse="AssumeRole", **SOURCES["AssumeRole"])
    with pytest.raises(CouldNotCheck) as raised:
        connection.caller()
    assert "nobodysSessionToken" not in f"{raised.value} {raised.value.__cause__}"
    assert credentials.INSTEAD in str(raised.value)
