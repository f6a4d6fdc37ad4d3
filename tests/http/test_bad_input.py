"""Whatever a client sends, it gets a clear error, and the server answers the next one."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCOPE = "AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
SSM = {"Authorization": SCOPE.format("ssm"), "X-Amz-Target": "AmazonSSM.DescribeMaintenanceWindows"}
LIMIT = 4 * 1024 * 1024


def address(server: Any) -> tuple[str, int]:
    """Split a server's address."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    return host, int(port)


def send(server, method, path):
    """Send a request of ours; return status and words."""
    connection = HTTPConnection(*address(server), timeout=60)
    connection.request(method, path)
    answer = connection.getresponse()
    status, said = answer.status, answer.read()
    connection.close()
    return status, said


@pytest.fixture
def ask(served: Any) -> Iterator[Any]:
    """Return what sends one request; afterwards the server must still answer a good one."""

    def send(method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, Any]:
        connection = HTTPConnection(*address(served), timeout=30)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content) if content else None

    yield send
    assert send("POST", "/", b"{}", SSM)[0] == 200
    assert served.alive


def simulator(*args: str) -> "subprocess.CompletedProcess[str]":
    """Run the server's command line."""
    command = [sys.executable, "-m", "postpatch.simulator", *args]
    return subprocess.run(  # noqa: S603 - our own server
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_an_unknown_world_is_refused():
    """The command line names the worlds that there are, and serves nothing."""
    ran = simulator("--world", "atlantis", "--port", "0")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "there is no world 'atlantis'; there are: workshop, " in ran.stderr


@pytest.mark.parametrize("seconds", ["0", "3601"])
def test_a_poll_takes_a_second_to_an_hour(seconds):
    """The command line refuses a poll that takes no time, or longer than the assessment."""
    ran = simulator("--poll-takes", seconds, "--port", "0")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"{seconds} is not from 1 to 3600 seconds" in ran.stderr


def test_a_port_in_use_is_refused(served):
    """The command line says which port could not be had, and what to do."""
    port = str(address(served)[1])
    ran = simulator("--port", port)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert f"port {port}: Address already in use" in ran.stderr
    assert ran.stderr.endswith("Name another --port.\n")


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_a_port_that_is_none_is_refused(port):
    """The command line says what is wrong, without a traceback."""
    ran = simulator(f"--port={port}")
    assert ran.returncode == 2
    assert "argument --port" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_deployment_that_cannot_be_is_refused():
    """The command line names every value that AWS would not have, at once."""
    ran = simulator("--account", "12", "--region", "us-est-1", "--stack", "1shop", "--tag", "aws:x=y")
    assert (ran.returncode, ran.stdout) == (2, "")
    account, region, stack, tag = ran.stderr.splitlines()
    assert account == "'12' is no account: an account has 12 digits"
    assert region.endswith(("Did you mean us-east-1?", "Did you mean us-west-1?"))
    assert stack.startswith("'1shop' is no name for a stack")
    assert tag.startswith("nobody can tag a host with 'aws:x'")


def test_a_tag_without_a_value_is_refused():
    """The command line says what form a tag has."""
    ran = simulator("--tag", "Role")
    assert ran.returncode == 2
    assert "argument --tag: 'Role' is no KEY=VALUE" in ran.stderr


def test_only_loopback_is_bound(served):
    """Not even another address of loopback is answered, which a server on all addresses would do."""
    host, port = address(served)
    assert host == "127.0.0.1"
    with socket.socket() as stranger:
        assert stranger.connect_ex(("127.0.0.2", port)) != 0


def test_an_interrupt_ends_it_quietly(serve):
    """Ctrl-C is how one ends it: exit code 0, and no traceback."""
    server = serve("unpatched")
    server.process.send_signal(signal.SIGINT)
    _, complaints = server.process.communicate(timeout=20)
    assert (server.process.returncode, complaints) == (0, "")


REFUSED: dict[str, tuple[bytes, dict[str, str], int, str, str]] = {
    "an operation that does not exist": (
        *(b"{}", {"X-Amz-Target": "AmazonSSM.ForgetEverything"}),
        *(400, "UnknownOperationException", "ssm has no operation ForgetEverything"),
    ),
    "no operation": (b"{}", {"X-Amz-Target": ""}, 400, "UnknownOperationException", "names none"),
    "a field that does not exist": (b'{"Colour": "red"}', {}, 400, "ValidationException", "'Colour' is not a member"),
    "a value of the wrong type": (b'{"MaxResults": "ten"}', {}, 400, "SerializationException", "must be a integer"),
    "a value out of its limits": (b'{"MaxResults": 9}', {}, 400, "ValidationException", "at 'MaxResults'"),
    "no JSON": (b"{", {}, 400, "SerializationException", "not JSON"),
    "no JSON object": (b"[1]", {}, 400, "SerializationException", "not a JSON object"),
    "no text": (b"\xff\xfe\x00", {}, 400, "SerializationException", "not JSON"),
    "JSON a mile deep": (b"[" * 100_000, {}, 400, "SerializationException", "not JSON"),
    "too much": (b" " * (LIMIT + 1), {}, 413, "RequestEntityTooLarge", f"{LIMIT} bytes"),
    "no region": (
        *(b"{}", {"Authorization": SSM["Authorization"].replace("us-east-1", "mars-north-1")}),
        *(501, "NotImplemented", "has no region 'mars-north-1'"),
    ),
    "an unknown service": (
        *(b"{}", {"Authorization": SCOPE.format("nonsense")}),
        *(501, "NotImplemented", "does not implement nonsense"),
    ),
    "half a signature": (
        b"{}",
        {"Authorization": "AWS4-HMAC-SHA256"},
        400,
        "IncompleteSignature",
        "must hold Credential",
    ),
    "no signature": (b"{}", {"Authorization": ""}, 403, "MissingAuthenticationToken", "missing Authentication Token"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_bad_request_is_refused_in_words(what, ask):
    """The answer is JSON in AWS's shape, with the error's code and a message that names what is wrong."""
    body, changes, status, code, words = REFUSED[what]
    got, told = ask("POST", "/", body, SSM | changes)
    assert (got, told["__type"]) == (status, code)
    assert words in told["message"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_another_method_is_refused(method, ask):
    """A JSON service is asked by POST alone; the answer to a HEAD has no body."""
    status, told = ask(method, "/", b"", SSM)
    assert status == 400
    assert told is None if method == "HEAD" else "every request is a POST" in told["message"]


@pytest.mark.parametrize("path", ["/", "/nonsense", "/_simulator/none", "/moto-api/reset"])
def test_what_nobody_signed_is_refused(path, ask):
    """Nothing answers a stranger: neither a service, nor the controls of what stands behind."""
    for method in ("GET", "POST"):
        status, told = ask(method, path)
        assert (status, told["__type"]) == (403, "MissingAuthenticationToken")


FOREIGN = {
    "another site's page": {"Origin": "https://evil.example"},
    "a page from a file": {"Origin": "null"},
    "a page of its own": {"Origin": "http://127.0.0.1"},
    "an image in another site's page": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"},
    "a name that leads here": {"Host": "evil.example:4599"},
    "a name that looks like an address": {"Host": "127.0.0.1.evil.example"},
    "a name that looks local": {"Host": "localhost.evil.example"},
    "a name of AWS": {"Host": "ssm.us-east-1.amazonaws.com"},
    "no name": {"Host": ""},
    "no name at all": {"Host": "[::1"},
}


@pytest.mark.parametrize("who", FOREIGN)
@pytest.mark.parametrize("path", ["/", "/_simulator/remediate", "/_simulator/reset"])
@pytest.mark.usefixtures("ask")
def test_a_page_in_a_browser_is_refused(who, path, served):
    """What only a browser sends is refused: neither a service answers, nor is the night played."""
    connection = HTTPConnection(*address(served), timeout=30)
    connection.putrequest("POST", path, skip_host=True)
    for name, text in ({"Host": "127.0.0.1"} | SSM | {"Content-Length": "2"} | FOREIGN[who]).items():
        connection.putheader(name, text)
    connection.endheaders(b"{}")
    answer = connection.getresponse()
    assert (answer.status, b"simulated AWS" in answer.read()) == (403, True)
    connection.close()


@pytest.mark.parametrize("host", ["127.0.0.1:4599", "localhost", "LOCALHOST:1", "[::1]:80", "bucket.localhost"])
def test_an_address_and_localhost_are_answered(host, ask):
    """These lead to this machine whoever asks."""
    assert ask("POST", "/", b"{}", SSM | {"Host": host})[0] == 200


@pytest.mark.usefixtures("ask")
def test_the_night_is_played_once(serve, served):
    """Only a POST plays the night, and a second one is refused."""
    connection = HTTPConnection(*address(served), timeout=30)
    connection.request("GET", "/_simulator/remediate")
    assert connection.getresponse().status == 405
    own = serve("workshop")
    before = own.client("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]["date"]
    own.remediate()
    after = own.client("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]["date"]
    # Answers are dated with the simulated time.
    evening, morning = parsedate_to_datetime(before), parsedate_to_datetime(after)
    assert (morning > evening, morning.hour) == (True, 8)
    connection = HTTPConnection(*address(own), timeout=30)
    connection.request("POST", "/_simulator/remediate")
    answer: HTTPResponse = connection.getresponse()
    assert (answer.status, b"played already" in answer.read()) == (409, True)


def test_a_world_begins_anew(serve):
    """After a reset nothing is left of what was done, and the night can be played again; a GET does nothing."""
    own = serve("workshop")
    ssm, hosts = own.client("ssm"), [row["InstanceId"] for row in instances(own)]
    ssm.create_maintenance_window(
        Name="pww", Schedule="rate(1 day)", Duration=1, Cutoff=0, AllowUnassociatedTargets=True
    )
    own.remediate()
    assert send(own, "GET", "/_simulator/reset")[0] == 405
    assert len(ssm.describe_maintenance_windows()["WindowIdentities"]) == 1
    status, said = send(own, "POST", "/_simulator/reset")
    assert (status, b"workshop" in said) == (200, True)
    assert ssm.describe_maintenance_windows()["WindowIdentities"] == []
    assert [row["InstanceId"] for row in instances(own)] == hosts
    own.remediate()


def test_no_answer_is_a_measure_of_the_clients_clock(served):
    """The simulated time is ahead of the client's: by RFC 9111, a Date beside an Age is when the answer was made."""
    answer = served.client("sts").get_caller_identity()
    assert answer["ResponseMetadata"]["HTTPHeaders"]["age"] == "0"


def instances(server):
    """List the managed nodes."""
    return server.client("ssm").describe_instance_information()["InstanceInformationList"]
