"""The baseline override of a patch policy: read for each host's operating system, or why it is not known."""

import json
from typing import Any

import pytest

from postpatch.aws.baseline_override import host_overrides
from postpatch.aws.session import Connection
from postpatch.model import ApprovalRule, PatchBaseline
from postpatch.simulator import Fault, Mishap, Simulator

BUCKET = "aws-quicksetup-patchpolicy-123456789012-20ppj"
PLACE = f"s3://{BUCKET}/baseline_overrides.json"
A, B = "i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2"
SYSTEMS = {A: "AMAZON_LINUX_2023", B: "UBUNTU"}
CRITICAL = {"PatchFilters": [{"Key": "SEVERITY", "Values": ["Critical"]}]}
ENTRY: dict[str, Any] = {
    "OperatingSystem": "AMAZON_LINUX_2023",
    "ApprovalRules": {"PatchRules": [{"PatchFilterGroup": CRITICAL, "ApproveAfterDays": 7}]},
    "RejectedPatches": ["vim*"],
}


@pytest.fixture
def put(aws: Simulator) -> Any:
    """Put content into the bucket of a patch policy."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)

    def put(content: object) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        s3.put_object(Bucket=BUCKET, Key="baseline_overrides.json", Body=body)

    return put


def test_each_host_has_the_baseline_of_its_system(connection: Connection, put: Any) -> None:
    """The entry of the host's operating system decided; a host whose system has none is not explained."""
    put([ENTRY])
    of_a, of_b = host_overrides(connection, {A: PLACE, B: PLACE}, SYSTEMS)
    rule = ApprovalRule((("SEVERITY", ("Critical",)),), 7, None)
    assert of_a.baseline == PatchBaseline(PLACE, "", rejected=("vim*",), system="AMAZON_LINUX_2023", rules=(rule,))
    assert (of_b.baseline, of_b.error) == (None, f"{PLACE} holds 0 baselines for UBUNTU")


def test_each_file_is_read_once(connection: Connection, put: Any) -> None:
    """Hosts of one patch policy share its file."""
    put([ENTRY])
    before = connection.calls["s3:GetObject"]
    host_overrides(connection, {A: PLACE, B: PLACE}, SYSTEMS)
    assert connection.calls["s3:GetObject"] == before + 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "is not a JSON array of baselines"),
        ({"OperatingSystem": "AMAZON_LINUX_2023"}, "is not a JSON array of baselines"),
        ([ENTRY, ENTRY], "holds 2 baselines for AMAZON_LINUX_2023"),
        ([ENTRY | {"ApprovalRules": {"PatchRules": [{}]}}], "is not what AWS documents"),
        ([ENTRY | {"ApprovalRules": []}], "is not what AWS documents"),
    ],
)
def test_what_cannot_be_read_explains_nothing(connection: Connection, put: Any, content: object, words: str) -> None:
    """A file that is not what AWS documents is reported, and no baseline is taken from it."""
    put(content)
    (found,) = host_overrides(connection, {A: PLACE}, SYSTEMS)
    assert found.baseline is None
    assert words in found.error


def test_what_may_not_be_read_says_what_to_allow(aws: Simulator, connection: Connection, put: Any) -> None:
    """The error names the permission that the caller lacks."""
    put([ENTRY])
    fault = aws.inject(Fault("s3:GetObject", Mishap.DENIED, times=1))
    (found,) = host_overrides(connection, {A: PLACE}, SYSTEMS)
    assert (found.baseline, fault.met) == (None, 1)
    assert found.error.startswith("Allow s3:GetObject to the caller.")


def test_a_file_of_somebody_else_is_not_read(connection: Connection) -> None:
    """Only what Quick Setup makes is read; a path that a person chose is not."""
    before = connection.calls.total()
    (found,) = host_overrides(connection, {A: "s3://mine/baseline_overrides.json"}, SYSTEMS)
    assert (found.baseline, connection.calls.total()) == (None, before)
