"""The connection: what may be sent, what is counted, and what AWS's refusals say."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError
from botocore.hooks import HierarchicalEmitter
from botocore.session import get_session

from postpatch.aws.fetched_credentials import watch_for_credentials
from postpatch.aws.session import SCAN_PATCHES, WRITES, Connection, asking
from postpatch.aws.vm_scanner import START_COMMANDS
from postpatch.errors import CouldNotCheck, NotAllowed
from postpatch.model import Caller
from postpatch.simulator import Simulator
from postpatch.text.credentials import redacted

Connect = Callable[..., Connection]
Refuse = Callable[..., list[str]]

FOREIGN = [
    ("ssm", "SendCommand"),
    ("ssm", "DeleteMaintenanceWindow"),
    ("ssm", "UpdateMaintenanceWindow"),
    ("ssm", "CreateAssociation"),
    ("inspector2", "CreateFilter"),
    ("inspector2", "UpdateEc2DeepInspectionConfiguration"),
    ("inspector2", "Disable"),
    ("ec2", "TerminateInstances"),
    ("ec2", "RebootInstances"),
    ("cloudformation", "DeleteStack"),
    ("autoscaling", "SetDesiredCapacity"),
    ("sts", "AssumeRole"),
]


def call(connection: Connection, service: str, operation: str, **params: object) -> Any:
    """Call an operation by its API name."""
    return getattr(connection.client(service), xform_name(operation))(**params)


@pytest.fixture
def sent(aws: Simulator) -> Iterator[list[str]]:
    """Remember every request that reaches the embedded AWS."""
    seen: list[str] = []
    steps = list(aws.front.steps)
    aws.front.steps.insert(0, lambda request, forward: seen.append(request.path) or forward(request))
    yield seen
    aws.front.steps[:] = steps


@pytest.fixture(scope="module")
def reader(aws: Simulator) -> Connection:
    """Return a connection that only reads; nothing of what it refuses is counted."""
    return Connection(aws.session(), read_only=True, clock=aws.now)


@pytest.mark.parametrize("write", sorted(WRITES))
def test_reading_only_refuses_each_write_before_it_is_sent(reader: Connection, sent: list[str], write: str) -> None:
    """Each of the suite's own writes is refused by a connection that only reads, and nothing is sent nor counted."""
    with pytest.raises(NotAllowed, match=f"{write} changes something in AWS, which reading only does not do"):
        call(reader, *write.split(":"))
    assert (sent, reader.calls) == ([], {})


@pytest.mark.parametrize("write", sorted(WRITES))
def test_the_suites_own_writes_are_allowed(connection: Connection, write: str) -> None:
    """A connection that may write lets each of the suite's writes through, as far as botocore's own validation."""
    with pytest.raises(ParamValidationError):
        call(connection, *write.split(":"))


@pytest.mark.parametrize(
    ("document", "operation", "sent_it"),
    [
        pytest.param("AWS-RunPatchBaseline", ["Scan"], True, id="scan"),
        pytest.param("AWS-RunPatchBaseline", ["Install"], False, id="install"),
        pytest.param("AWS-RunPatchBaseline", None, False, id="no-operation"),
        pytest.param("AWS-RunShellScript", ["Scan"], False, id="another-document"),
    ],
)
def test_a_command_may_only_scan_patches(
    aws: Simulator, sent: list[str], document: str, operation: list[str] | None, *, sent_it: bool
) -> None:
    """Where the policy allows a command, it is AWS-RunPatchBaseline with Operation Scan alone, and not when reading."""
    parameters = {"Operation": operation} if operation else {}
    for read_only in (False, True):
        connection = Connection(aws.session(), read_only=read_only, clock=aws.now, commands=[SCAN_PATCHES])
        said = {"DocumentName": document, "InstanceIds": ["i-0123456789abcdef0"], "Parameters": parameters}
        expected = ClientError if sent_it and not read_only else NotAllowed
        with pytest.raises(expected):
            call(connection, "ssm", "SendCommand", **said)
    assert bool(sent) == sent_it


@pytest.mark.parametrize("command", START_COMMANDS.values(), ids=START_COMMANDS)
@pytest.mark.parametrize("change", [None, "Parameters", "DocumentName"])
def test_a_command_may_start_the_vm_scanner_word_for_word(
    aws: Simulator, sent: list[str], command: dict[str, Any], change: str | None
) -> None:
    """A command line or a document that differs in anything is not sent, nor any when reading."""
    other = {
        "Parameters": {"commands": [*command["Parameters"]["commands"], "id"]},
        "DocumentName": "AWS-RunRemoteScript",
    }
    said = {**command, "InstanceIds": ["i-0123456789abcdef0"]} | ({change: other[change]} if change else {})
    for read_only in (False, True):
        connection = Connection(aws.session(), read_only=read_only, clock=aws.now, commands=START_COMMANDS.values())
        with pytest.raises(NotAllowed if change or read_only else ClientError):
            call(connection, "ssm", "SendCommand", **said)
    assert bool(sent) == (change is None)


@pytest.mark.parametrize(("service", "operation"), FOREIGN, ids=[row[1] for row in FOREIGN])
def test_any_other_write_is_refused(
    connection: Connection, reader: Connection, sent: list[str], service: str, operation: str
) -> None:
    """A write that is not on the suite's short list is refused in every mode, before it is sent."""
    for asked, mode in ((connection, "this suite"), (reader, "reading only")):
        with pytest.raises(NotAllowed, match=f"{operation} changes something in AWS, which {mode} does not do; it was"):
            call(asked, service, operation)
    assert sent == []


def test_a_connection_may_be_given_other_writes(connect: Connect) -> None:
    """Cleaning up is another job with its own list: what is not on it is refused there too."""
    cleaner = connect(writes=frozenset({"ssm:DeleteMaintenanceWindow"}))
    with pytest.raises(ParamValidationError):
        call(cleaner, "ssm", "DeleteMaintenanceWindow")
    with pytest.raises(NotAllowed):
        call(cleaner, "ssm", "CreateMaintenanceWindow")


def test_reading_only_reads(connect: Connect) -> None:
    """Reads pass a connection that only reads."""
    reader = connect(read_only=True)  # one of its own, for it counts
    assert call(reader, "ec2", "DescribeInstances")["Reservations"]
    assert call(reader, "inspector2", "ListFindings")["findings"]
    assert call(reader, "inspector2", "BatchGetAccountStatus")["accounts"]
    assert reader.caller() == Caller("123456789012", "us-east-1", reader.caller().arn)


def test_calls_are_counted_by_operation(connect: Connect) -> None:
    """Each API call is counted once under its service and operation; each page is a call of its own."""
    counted = connect()
    pages = list(counted.client("inspector2").get_paginator("list_findings").paginate(maxResults=50))
    counted.caller()
    assert len(pages) > 2
    assert counted.calls == {"inspector2:ListFindings": len(pages), "sts:GetCallerIdentity": 1}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let no time pass between retries, and remember how long each would have waited."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    return slept


def test_a_throttled_call_is_repeated_and_counted_once(
    connect: Connect, refuse: Refuse, impatient: list[float]
) -> None:
    """AWS throttles, botocore waits and asks again, the answer comes; it was one call."""
    throttled = connect()
    sent = refuse(throttled, "inspector2.ListFindings", "ThrottlingException", 429, times=2)
    assert call(throttled, "inspector2", "ListFindings", maxResults=1)["findings"]
    assert (len(sent), len(impatient)) == (3, 2)
    assert throttled.calls == {"inspector2:ListFindings": 1}


def test_endless_throttling_is_given_up(connect: Connect, refuse: Refuse, impatient: list[float]) -> None:
    """After eight attempts the call is given up, and the error says what to do."""
    throttled = connect()
    sent = refuse(throttled, "inspector2.ListFindings", "ThrottlingException", 429)
    with pytest.raises(CouldNotCheck, match="Run again later: AWS is throttling this account"), asking("for findings"):
        call(throttled, "inspector2", "ListFindings")
    assert (len(sent), len(impatient)) == (8, 7)
    assert throttled.calls == {"inspector2:ListFindings": 1}


ALLOW = "Allow ListFindings to the caller."
RENEW = "Renew the credentials and run again: they ran out."
INVALID = "Renew the credentials and run again: they are not valid."
LATER = "Run again later: AWS is throttling this account."


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("AccessDeniedException", ALLOW),
        ("AccessDenied", ALLOW),
        ("UnauthorizedOperation", ALLOW),
        ("ExpiredTokenException", RENEW),
        ("ExpiredToken", RENEW),
        ("RequestExpired", RENEW),
        ("InvalidClientTokenId", INVALID),
        ("UnrecognizedClientException", INVALID),
        ("AuthFailure", INVALID),
        ("ThrottlingException", LATER),
        ("Throttling", LATER),
        ("RequestLimitExceeded", LATER),
        ("TooManyRequestsException", LATER),
        ("ValidationException", "Correct the cause and run again."),
        ("InternalServerException", "Correct the cause and run again."),
    ],
)
def test_a_refusal_says_what_was_asked_and_what_to_do(code: str, step: str) -> None:
    """Of a refusal the error says the next step, then the subject, and AWS's own words and code last."""
    refusal = ClientError({"Error": {"Code": code, "Message": "AWS's own words"}}, "ListFindings")
    with pytest.raises(CouldNotCheck) as error, asking("for the findings of i-1"):
        raise refusal
    words = str(error.value)
    assert words.startswith(f"{step} Could not ask for the findings of i-1: ")
    assert words.endswith(f"({code}) when calling the ListFindings operation: AWS's own words")
    assert error.value.__cause__ is refusal


def test_the_action_to_allow_is_named_as_iam_has_it() -> None:
    """Where AWS says which action was denied, the advice names it so that it can be put into a policy."""
    said = (
        "User: arn:x is not authorized to perform: inspector2:ListFindings on resource: * because no policy allows it"
    )
    refusal = ClientError({"Error": {"Code": "AccessDeniedException", "Message": said}}, "ListFindings")
    with pytest.raises(CouldNotCheck, match=r"^Allow inspector2:ListFindings to the caller\. "), asking("anything"):
        raise refusal


def test_a_call_that_never_arrived_could_not_look(connect: Connect, impatient: list[float]) -> None:
    """No network is no answer: the error says where the call was to go."""
    offline = connect()

    def unplugged(request: Any, **_: Any) -> None:
        raise EndpointConnectionError(endpoint_url=request.url)

    offline.session.events.register_first("before-send", unplugged)
    with pytest.raises(
        CouldNotCheck, match=r"^Correct the cause and run again. Could not ask who the caller is: .*sts"
    ):
        offline.caller()
    assert impatient


def test_our_own_mistakes_are_not_awss() -> None:
    """An error that did not come from AWS passes as it is."""
    with pytest.raises(ZeroDivisionError), asking("anything"):
        _ = 1 // 0


def test_without_credentials_nothing_was_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """A machine without credentials could not look, and says so."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(CouldNotCheck, match=r"[Cc]redentials"):
        Connection(boto3.Session(region_name="us-east-1")).caller()


def test_an_endpoint_that_is_not_aws_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the environment sends calls elsewhere the connection refuses, unless it was told so."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    session = boto3.Session("key", "secret", region_name="us-east-1")
    with pytest.raises(CouldNotCheck, match=r"sends ssm to 127.0.0.1:9, which is not AWS"):
        Connection(session).client("ssm")
    told = Connection(session, endpoint_url="http://127.0.0.1:9").client("ssm")
    assert told.meta.endpoint_url == "http://127.0.0.1:9"


@pytest.mark.parametrize("host", ["127.0.0.1:9", "ssm.us-east-1.amazonaws.com"])
@pytest.mark.parametrize("named", [False, True])
def test_an_endpoint_with_a_password_is_refused(monkeypatch: pytest.MonkeyPatch, host: str, named: bool) -> None:
    """Wherever it comes from, and even if it is AWS's, for what fails names it; the password is not repeated."""
    url = f"http://patcher:hunter2secret@{host}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    session = boto3.Session("key", "secret", region_name="us-east-1")
    with pytest.raises(CouldNotCheck) as refused:
        Connection(session, endpoint_url=url if named else "").client("ssm")
    assert "hunter2secret" not in str(refused.value)


def test_what_a_window_is_called_is_no_credential() -> None:
    """Systems Manager's model calls descriptions sensitive; STS's calls the token of an identity so."""
    events, session = HierarchicalEmitter(), get_session()
    watch_for_credentials(events)
    window = session.get_service_model("ssm").operation_model("CreateMaintenanceWindow")
    assert window.input_shape.members["Description"].metadata["sensitive"]
    described = {"Name": "weekly", "Description": "a description that anybody may read"}
    events.emit("before-parameter-build.ssm.CreateMaintenanceWindow", params=described, model=window, context={})
    assert redacted(described["Description"]) == described["Description"]
    role = session.get_service_model("sts").operation_model("AssumeRoleWithWebIdentity")
    token = {"WebIdentityToken": "eyJh9x2LkQ7.Zp4T8vW1nR.c6Ym3BqXz"}
    events.emit("before-parameter-build.sts.AssumeRoleWithWebIdentity", params=token, model=role, context={})
    assert token["WebIdentityToken"] not in redacted(f"refused: {token['WebIdentityToken']}")
