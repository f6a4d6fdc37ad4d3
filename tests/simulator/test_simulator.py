import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import boto3
import pytest

from postpatch.simulator import Simulator, UnknownWorld, worlds
from tests.simulator.asking import BEGINS, findings, named, refusal, stack_hosts

ROOT = Path(__file__).parents[2]


def test_importing_is_cheap() -> None:
    """Listing worlds loads neither moto nor botocore."""
    code = (
        "import sys; from postpatch.simulator import worlds; print(*worlds());"
        "assert not {'moto', 'botocore', 'boto3', 'werkzeug'} & set(sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own code
    assert (run.returncode, run.stdout.split()[:3]) == (0, ["workshop", "unpatched", "drifted-window"]), run.stderr


def test_an_unknown_world_names_the_known_ones() -> None:
    """Asking for a world that is not there tells which are."""
    with pytest.raises(UnknownWorld, match="workshop, unpatched, drifted-window"):
        worlds()["atlantis"]


def test_a_world_is_the_same_in_every_run() -> None:
    """Two simulators of one world and moment have the same ids, in one process and in two."""
    code = (
        "from datetime import datetime, UTC; from postpatch.simulator import Simulator, worlds;"
        "s = Simulator(worlds()['workshop'], datetime(2026, 11, 22, 18, tzinfo=UTC));"
        "print(*[h.instance_id for h in s.fleet.hosts()], s.scanner.findings[0].arn)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    for _ in range(2):
        aws = Simulator(worlds()["workshop"], BEGINS)
        assert [*(host.instance_id for host in aws.fleet.hosts()), aws.scanner.findings[0].arn] == run.stdout.split()


def test_a_superseded_simulator_answers_nothing() -> None:
    """Once a later simulator is made, calls on the earlier one are refused, ours and moto's alike."""
    first = Simulator(worlds()["workshop"], BEGINS)
    second = Simulator(worlds()["workshop"], BEGINS)
    assert (first.superseded, second.superseded) == (True, False)
    for call in (first.client("inspector2").list_findings, first.client("ec2").describe_vpcs):
        assert "took the place" in refusal(call)["Error"]["Message"]


def test_making_a_simulator_forgets_the_one_before() -> None:
    """Moto keeps one state a process: the latest simulator is the one that is alive."""
    first = Simulator(worlds()["workshop"], BEGINS)
    first.client("s3").create_bucket(Bucket="left-over")
    assert Simulator(worlds()["workshop"], BEGINS).client("s3").list_buckets()["Buckets"] == []


def test_the_environment_plays_no_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Profiles, endpoints, proxies and nonsense in AWS_* change nothing for the world's own clients."""
    broken = tmp_path / "config"
    broken.write_text("[profile nobody\nthis is no ini file")
    for name, value in {
        "AWS_PROFILE": "nobody",
        "AWS_CONFIG_FILE": str(broken),
        "AWS_SHARED_CREDENTIALS_FILE": str(broken),
        "AWS_ACCESS_KEY_ID": "REAL",
        "AWS_SECRET_ACCESS_KEY": "REAL",
        "AWS_SESSION_TOKEN": "REAL",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:9",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "AWS_RETRY_MODE": "nonsense",
        "AWS_MAX_ATTEMPTS": "many",
        "AWS_DEFAULTS_MODE": "nonsense",
        "AWS_CA_BUNDLE": "/nowhere",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    aws = Simulator(worlds()["workshop"], BEGINS)
    assert len(stack_hosts(aws)) == 3
    assert aws.client("ssm").describe_instance_information()["InstanceInformationList"]


def test_a_mounted_session_opens_no_socket(aws: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """No service of a mounted session reaches the network, neither ours, nor moto's, nor what nobody has."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    session = boto3.Session("AKIDEXAMPLE", "secret", region_name="us-east-1")
    aws.mount(session)
    assert session.client("inspector2").list_findings()["findings"]
    assert session.client("ec2").describe_instances()["Reservations"]
    with pytest.raises(session.client("chime").exceptions.ClientError):
        session.client("chime").list_accounts()


def test_the_clock_begins_where_it_is_told(aws: Simulator) -> None:
    """The baseline's moment is the caller's; EC2 and CloudFormation agree that the hosts are older."""
    assert aws.now() == BEGINS
    instances = aws.client("ec2").describe_instances()["Reservations"]
    launched = {instance["LaunchTime"] for r in instances for instance in r["Instances"]}
    assert all(BEGINS - timedelta(hours=3) < moment < BEGINS for moment in launched)
    created = aws.client("cloudformation").describe_stacks(StackName="pww")["Stacks"][0]["CreationTime"]
    assert BEGINS - timedelta(hours=3) < created < BEGINS


def test_after_the_patch_round_it_is_the_next_morning(aws: Simulator) -> None:
    """Remediation ends on the next morning, and its patching lies before it."""
    aws.remediate()
    assert aws.now().date() == BEGINS.date() + timedelta(days=1)
    assert aws.now().hour == 8


def test_the_group_replaces_a_terminated_member(aws: Simulator) -> None:
    """Where a member of the group ends, the group launches another, from the old image and with the stack's tag."""
    old = named(aws, "pww-node")[0]
    aws.client("ec2").terminate_instances(InstanceIds=[old])
    aws.client("autoscaling").describe_auto_scaling_groups()
    running = [host.instance_id for host in aws.fleet.select([("tag:aws:cloudformation:stack-name", ["pww"])])]
    assert len(running) == 3
    assert old not in running


def test_a_new_instance_becomes_a_host(aws: Simulator) -> None:
    """Whoever launches an instance from a known image has one host more, launched at the simulated time."""
    before = len(aws.fleet.hosts())
    image = aws.fleet.hosts()[0].image_id
    launched = aws.client("ec2").run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]
    assert len(aws.fleet.hosts()) == before + 1
    for _ in range(10):
        aws.client("inspector2").list_coverage()
    mine = [f for f in findings(aws) if f["resources"][0]["id"] == launched["InstanceId"]]
    assert mine
    assert min(f["firstObservedAt"] for f in mine) > BEGINS
