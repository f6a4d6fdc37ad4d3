"""The history of maintenance windows: empty, for no window of these worlds has run yet.

The operations are answered all the same, since an empty history is what proves that nothing fired too early.
"""

from datetime import datetime
from typing import Any

from ...wire.errors import AwsError
from ...wire.front import Operations
from ...wire.reading import Params
from .windows import Windows


class HistoryOperations:
    """Answer what callers ask about past executions."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "DescribeMaintenanceWindowExecutions": self.describe_executions,
            "DescribeMaintenanceWindowExecutionTasks": self.unknown_execution,
            "DescribeMaintenanceWindowExecutionTaskInvocations": self.unknown_execution,
            "GetMaintenanceWindowExecution": self.unknown_execution,
            "GetMaintenanceWindowExecutionTask": self.unknown_execution,
            "GetMaintenanceWindowExecutionTaskInvocation": self.unknown_execution,
            "CancelMaintenanceWindowExecution": self.unknown_execution,
        }

    def describe_executions(self, params: Params) -> dict[str, Any]:
        """List the executions of a window by ExecutedBefore and ExecutedAfter."""
        self._windows.find(params["WindowId"])
        for entry in params.get("Filters", []):
            if entry.get("Key") not in ("ExecutedBefore", "ExecutedAfter"):
                raise AwsError("ValidationException", f"The filter key {entry.get('Key')} is not valid")
            for value in entry.get("Values", []):
                _read(value)
        if params.get("NextToken"):
            raise AwsError("InvalidNextToken", "NextToken is not one that this operation gave")
        return {"WindowExecutions": []}

    def unknown_execution(self, params: Params) -> dict[str, Any]:
        """Refuse an execution id: there has been no execution."""
        message = f"Maintenance window execution {params['WindowExecutionId']} does not exist"
        raise AwsError("DoesNotExistException", message)


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise AwsError("ValidationException", f"{text} is not a date in ISO 8601 format") from None
