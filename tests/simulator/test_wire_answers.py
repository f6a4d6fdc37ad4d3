from datetime import UTC, datetime
from typing import Any

import pytest

from postpatch.simulator.wire.errors import BrokenAnswer
from postpatch.simulator.wire.models import service_model
from postpatch.simulator.wire.writing import write_answer
from tests.simulator.asking import ours, refusal

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STATE: dict[str, Any] = {
    "InstanceId": "i-0123456789abcdef0",
    "PatchGroup": "",
    "BaselineId": "pb-0123456789abcdef0",
    "OperationStartTime": NOW,
    "OperationEndTime": NOW,
    "Operation": "Install",
}


def write(**changes: Any) -> None:
    """Write an answer of DescribeInstancePatchStates."""
    state = {name: value for name, value in (STATE | changes).items() if value != "(absent)"}
    operation = service_model("ssm").operation_model("DescribeInstancePatchStates")
    write_answer(operation, {"InstancePatchStates": [state]})


def test_what_fits_is_written() -> None:
    """A result that fits its shape passes."""
    write()


@pytest.mark.parametrize(
    "changes",
    [
        {"InstaledCount": 1},
        {"InstanceId": "(absent)"},
        {"Operation": "Instal"},
        {"InstalledCount": "1"},
        {"InstalledCount": True},
        {"OperationEndTime": datetime(2026, 1, 1)},  # noqa: DTZ001 - naive on purpose
        {"InstanceId": "host"},
        {"BaselineId": "short"},
    ],
)
def test_what_does_not_fit_is_a_defect_of_ours(changes: dict[str, Any]) -> None:
    """A misspelt, missing or mistyped member, an unknown enum value, a broken limit: none leaves the simulator."""
    with pytest.raises(BrokenAnswer):
        write(**changes)


def test_the_place_of_a_defect_is_named() -> None:
    """The steps from the answer to the value are those that a person takes: members, numbers, keys."""
    operation = service_model("ssm").operation_model("DescribeInstancePatchStates")
    answer = {"InstancePatchStates": [STATE, STATE | {"Operation": "Instal"}]}
    with pytest.raises(BrokenAnswer, match=r"^DescribeInstancePatchStates\.InstancePatchStates\[1\]\.Operation: "):
        write_answer(operation, answer)
    listed = service_model("inspector2").operation_model("ListTagsForResource")
    with pytest.raises(BrokenAnswer, match=r"^ListTagsForResource\.tags\.one: .* is a string, not int$"):
        write_answer(listed, {"tags": {"one": 1}})


def test_a_broken_answer_is_a_loud_500(make: Any) -> None:
    """A handler that answers nonsense gives InternalServerError, and the front remembers it."""
    aws = make("workshop")
    ours(aws).services["inspector2"]["ListFindings"] = lambda _: {"finding": []}
    ours(aws).services["inspector2"]["ListCoverage"] = lambda _: 1 / 0
    error = refusal(aws.client("inspector2").list_findings)["Error"]
    assert error["Code"] == "InternalServerError"
    assert "'finding'" in error["Message"]
    assert refusal(aws.client("inspector2").list_coverage)["Error"]["Code"] == "InternalServerError"
    assert aws.front.broken
    aws.front.broken.clear()
