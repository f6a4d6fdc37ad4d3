"""Wait with botocore waiter models: delay, attempts and acceptors are data, and each poll is our own function."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import WaiterError
from botocore.waiter import Waiter, WaiterModel

_DELAY = 30  # seconds
# `state` is what a poll of ours answers with; PENDING is asked again, until the attempts are used up.
WAITERS = WaiterModel(
    {
        "version": 2,
        "waiters": {
            "InspectorRunFinished": {
                "operation": "ListCoverage",
                "delay": _DELAY,
                "maxAttempts": 180,
                "acceptors": [{"matcher": "path", "argument": "state", "expected": "DONE", "state": "success"}],
            },
            "InstallationsEnded": {
                "operation": "ListCommandInvocations",
                "delay": _DELAY,
                "maxAttempts": 180,
                "acceptors": [{"matcher": "path", "argument": "state", "expected": "DONE", "state": "success"}],
            },
            "InventoriesCaptured": {
                "operation": "ListInventoryEntries",
                "delay": _DELAY,
                "maxAttempts": 180,
                "acceptors": [{"matcher": "path", "argument": "state", "expected": "DONE", "state": "success"}],
            },
            "AssessmentRunEnded": {
                "operation": "DescribeAssessmentRuns",
                "delay": _DELAY,
                "maxAttempts": 180,
                "acceptors": [
                    {"matcher": "path", "argument": "state", "expected": state, "state": "success"}
                    for state in ("COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "ERROR", "CANCELED")
                ],
            },
        },
    }
)


def attempts_in(minutes: float, delay: float) -> int:
    """Return how many polls fit into `minutes` at `delay` seconds; for a delay of 0 the models' own delay counts."""
    return max(1, round(minutes * 60 / (delay or _DELAY)))


def wait(name: str, poll: Callable[[], dict[str, Any]], *, delay: float, attempts: int) -> tuple[bool, dict[str, Any]]:
    """Poll until the waiter `name` accepts; return whether it did in time, and the last answer.

    `delay` is in seconds. Exceptions of `poll` pass through: a poll that fails is not a wait that ran out.
    """
    last: dict[str, Any] = {}

    def operation(**_: Any) -> dict[str, Any]:
        last.update(poll())
        return last

    try:
        Waiter(name, WAITERS.get_waiter(name), operation).wait(  # type: ignore[arg-type] # the stubs want a mapping
            WaiterConfig={"Delay": delay, "MaxAttempts": attempts}
        )
    except WaiterError:
        return False, last
    return True, last
