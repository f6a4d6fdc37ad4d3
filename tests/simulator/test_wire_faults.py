"""Faults on the wire: each reaches a boto3 client as AWS's own would."""

import queue
import re
import threading
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from botocore.parsers import ResponseParserError

from postpatch.simulator import Fault, Mishap, Simulator
from postpatch.simulator.serving import LOOPBACK, serve
from tests.simulator.asking import create_window, findings, refusal

# One operation a protocol, ours and moto's: json, rest-json, query, ec2.
CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "ssm:DescribeInstanceInformation": ("ssm", "describe_instance_information", {}),
    "ssm:GetParameter": ("ssm", "get_parameter", {"Name": "p"}),
    "inspector:ListFindings": ("inspector", "list_findings", {}),
    "inspector2:ListFindings": ("inspector2", "list_findings", {}),
    "cloudformation:ListStackResources": ("cloudformation", "list_stack_resources", {"StackName": "pww"}),
    "autoscaling:DescribeAutoScalingGroups": ("autoscaling", "describe_auto_scaling_groups", {}),
    "sts:GetCallerIdentity": ("sts", "get_caller_identity", {}),
    "ec2:DescribeInstances": ("ec2", "describe_instances", {}),
}
PROTOCOLS = {"ssm": "json", "inspector": "json", "inspector2": "rest-json", "ec2": "ec2"}
# By mishap and protocol: the code, the status, and how often the SDK tries.
REFUSED = {
    Mishap.DENIED: {
        "json": ("AccessDeniedException", 400, 1),
        "rest-json": ("AccessDeniedException", 403, 1),
        "query": ("AccessDenied", 403, 1),
        "ec2": ("UnauthorizedOperation", 403, 1),
    },
    Mishap.EXPIRED: {
        "json": ("ExpiredTokenException", 400, 1),
        "rest-json": ("ExpiredTokenException", 403, 1),
        "query": ("ExpiredToken", 403, 1),
        "ec2": ("RequestExpired", 400, 1),
    },
    Mishap.THROTTLED: {
        "json": ("ThrottlingException", 400, 4),
        "rest-json": ("ThrottlingException", 429, 4),
        "query": ("Throttling", 400, 4),
        "ec2": ("RequestLimitExceeded", 503, 4),
    },
    Mishap.OUT_OF_ORDER: {
        "json": ("InternalServerError", 500, 4),
        "rest-json": ("InternalServerException", 500, 4),
        "query": ("InternalFailure", 500, 4),
        "ec2": ("InternalError", 500, 4),
    },
}
FOUR_TRIES = Config(retries={"mode": "standard", "total_max_attempts": 4})


@pytest.fixture(autouse=True)
def nobody_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test in which a client sleeps before it tries again."""
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail(f"slept {seconds} s") if seconds else None)


@pytest.fixture
def client(aws: Simulator) -> Callable[[str], Any]:
    """Make clients of somebody who looks at the world."""
    session = aws.session()
    return lambda service: session.client(service, config=FOUR_TRIES)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("mishap", REFUSED, ids=lambda mishap: mishap.name)
def test_a_refusal_arrives_in_the_services_own_protocol(
    aws: Simulator, client: Callable[[str], Any], name: str, mishap: Mishap
) -> None:
    """Code, status and the SDK's own tries are those of AWS, for our operations and moto's alike."""
    service, method, params = CALLS[name]
    code, status, tries = REFUSED[mishap][PROTOCOLS.get(service, "query")]
    injected = aws.inject(Fault(name, mishap))
    error = refusal(getattr(client(service), method), **params)
    assert (error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert injected.met == tries
    if mishap is Mishap.DENIED:
        assert f"is not authorized to perform: {name}" in error["Error"]["Message"]
        assert f"no identity-based policy allows the {name} action" in error["Error"]["Message"]


def test_throttling_that_passes_is_not_seen(aws: Simulator, client: Callable[[str], Any]) -> None:
    """A call that is throttled twice succeeds at the third try, and the clock went on for each."""
    injected = aws.inject(Fault("inspector2:ListFindings", Mishap.THROTTLED, times=2))
    before = aws.now()
    answer = client("inspector2").list_findings()
    assert answer["findings"]
    assert answer["ResponseMetadata"]["RetryAttempts"] == injected.met == 2
    assert (aws.now() - before).total_seconds() == 3


def test_after_so_many_calls(aws: Simulator, client: Callable[[str], Any]) -> None:
    """A fault may spare the first calls, go wrong once, and be over."""
    aws.inject(Fault("ec2:DescribeInstances", Mishap.DENIED, after=2, times=1))
    ec2 = client("ec2")
    assert ec2.describe_instances()["Reservations"]
    assert ec2.describe_instances()["Reservations"]
    assert refusal(ec2.describe_instances)["Error"]["Code"] == "UnauthorizedOperation"
    assert ec2.describe_instances()["Reservations"]


@pytest.mark.parametrize("name", CALLS)
def test_a_connection_that_is_cut(aws: Simulator, client: Callable[[str], Any], name: str) -> None:
    """A connection that ends without an answer is tried again, and told as one in the end."""
    injected = aws.inject(Fault(name, Mishap.HUNG_UP))
    service, method, params = CALLS[name]
    with pytest.raises(ConnectionClosedError):
        getattr(client(service), method)(**params)
    assert injected.met == 4


def test_what_was_asked_is_done_before_the_connection_is_cut(aws: Simulator, client: Callable[[str], Any]) -> None:
    """A write whose answer was lost is done; the SDK repeats it under the same client token, and it is done once."""
    aws.inject(Fault("ssm:CreateMaintenanceWindow", Mishap.HUNG_UP, times=1))
    create_window(aws, Name="of_the_story")
    window = client("ssm").create_maintenance_window(
        Name="pww_mw", Schedule="rate(1 day)", Duration=1, Cutoff=0, AllowUnassociatedTargets=True
    )["WindowId"]
    found = aws.client("ssm").describe_maintenance_windows()["WindowIdentities"]
    assert [row["WindowId"] for row in found if row["Name"] == "pww_mw"] == [window]


def test_a_connection_that_is_cut_over_http(aws: Simulator) -> None:
    """Served over HTTP, the line is closed at once; nobody waits for an answer that does not come."""
    told: queue.Queue[str] = queue.Queue()
    threading.Thread(target=serve, args=(aws, LOOPBACK, 0, told.put), daemon=True).start()
    [url] = re.findall(r"http://[\d.]+:\d+", told.get(timeout=10))
    aws.inject(Fault("sts:GetCallerIdentity", Mishap.HUNG_UP))
    once = Config(retries={"mode": "standard", "total_max_attempts": 1}, read_timeout=10)
    with pytest.raises(ConnectionClosedError):
        boto3.Session("AKIDEXAMPLE", "secret", region_name=aws.region).client(
            "sts", endpoint_url=url, config=once
        ).get_caller_identity()


@pytest.mark.parametrize("name", ["ssm:DescribeInstanceInformation", "inspector2:ListFindings"])
def test_half_an_answer_in_json(aws: Simulator, client: Callable[[str], Any], name: str) -> None:
    """JSON of which half is missing raises nothing: botocore gives an answer without members."""
    aws.inject(Fault(name, Mishap.CUT_SHORT))
    service, method, params = CALLS[name]
    assert getattr(client(service), method)(**params).keys() == {"ResponseMetadata"}


@pytest.mark.parametrize("service", ["cloudformation", "autoscaling", "sts", "ec2"])
def test_half_an_answer_in_xml(aws: Simulator, client: Callable[[str], Any], service: str) -> None:
    """XML of which half is missing cannot be parsed."""
    name = next(name for name in CALLS if name.startswith(service))
    aws.inject(Fault(name, Mishap.CUT_SHORT))
    _, method, params = CALLS[name]
    with pytest.raises(ResponseParserError):
        getattr(client(service), method)(**params)


def test_the_story_is_spared(aws: Simulator, client: Callable[[str], Any]) -> None:
    """A fault meets those who look at the world, not the world's own clients, unless it is for everyone."""
    aws.inject(Fault("inspector2:ListFindings", Mishap.DENIED))
    assert findings(aws)
    assert refusal(client("inspector2").list_findings)
    aws.inject(Fault("ssm:ListCommands", Mishap.DENIED, everyone=True))
    assert refusal(aws.client("ssm").list_commands)["Error"]["Code"] == "AccessDeniedException"


def test_other_calls_are_untouched(aws: Simulator, client: Callable[[str], Any]) -> None:
    """Calls for which no fault stands answer as ever."""
    untouched = client("ssm").describe_patch_baselines()["BaselineIdentities"]
    aws.inject(Fault("inspector2:ListFindings", Mishap.DENIED))
    assert client("ssm").describe_patch_baselines()["BaselineIdentities"] == untouched
    assert client("inspector2").list_coverage()["coveredResources"]


def test_the_first_fault_that_fits_is_the_one(aws: Simulator, client: Callable[[str], Any]) -> None:
    """Two faults of one call follow each other."""
    aws.inject(Fault("ssm:ListCommands", Mishap.EXPIRED, times=1))
    aws.inject(Fault("ssm:ListCommands", Mishap.DENIED))
    codes = [refusal(client("ssm").list_commands)["Error"]["Code"] for _ in range(2)]
    assert codes == ["ExpiredTokenException", "AccessDeniedException"]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault("inspector2:ListFinding", Mishap.DENIED), "has no operation 'ListFinding'"),
        (Fault("ssm", Mishap.DENIED), "has no operation"),
        (Fault("sts:GetCallerIdentity", Mishap.DENIED, page=2), "has no pages"),
        (Fault("ssm:GetMaintenanceWindow", Mishap.ENDLESS), "has no pages"),
        (Fault("ec2:DescribeInstances", Mishap.EMPTY_PAGE), "answers in XML"),
    ],
)
def test_a_fault_that_could_never_be_met(aws: Simulator, fault: Fault, why: str) -> None:
    """A misspelt operation and its like are refused: a world whose fault is never met would prove nothing."""
    with pytest.raises(ValueError, match=why):
        aws.inject(fault)


@pytest.mark.parametrize("narrowed", [{"page": 0}, {"times": 0}, {"after": -1}, {"page": -1}])
def test_impossible_numbers(narrowed: dict[str, int]) -> None:
    """Pages and times are counted from 1."""
    with pytest.raises(ValueError, match="counted from 1"):
        Fault("ssm:ListCommands", Mishap.DENIED, **narrowed)


def test_a_session_of_somebody_else_keeps_its_delays(aws: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the simulator's own sessions try again at once; a session that is mounted sleeps as botocore has it."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    session = boto3.Session("AKIDEXAMPLE", "secret", region_name=aws.region)
    aws.mount(session)
    aws.inject(Fault("ssm:ListCommands", Mishap.THROTTLED))
    assert refusal(session.client("ssm", config=FOUR_TRIES).list_commands)
    assert len(slept) == 3
    assert all(slept)
