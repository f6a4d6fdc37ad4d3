"""What of Inspector Classic is not simulated, refused in words that say so."""

from typing import Any

from ..wire.errors import AwsError
from ..wire.front import Handler, Operations
from ..wire.reading import Params
from .errors import unsupported
from .records import Records

NOT_SIMULATED = (
    "GetTelemetryMetadata",
    "SubscribeToEvent",
    "UnsubscribeFromEvent",
    "ListEventSubscriptions",
    "CreateExclusionsPreview",
    "GetExclusionsPreview",
)


class RefusedOperations:
    """Refuse reports, telemetry, event subscriptions and previews of exclusions."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def operations(self) -> Operations:
        """Name the operations that this class refuses."""
        refused: Operations = {name: _refuse(name) for name in NOT_SIMULATED}
        return refused | {"GetAssessmentReport": self.get_report}

    def get_report(self, params: Params) -> dict[str, Any]:
        """Refuse a report as AWS does where it cannot make one, after looking whether there is such a run."""
        run = self._records.run(params["assessmentRunArn"])
        raise unsupported(f"The simulated Inspector Classic makes no reports, not of {run.arn} either")


def _refuse(name: str) -> Handler:
    def handler(_: Params) -> dict[str, Any]:
        # The model of these operations has no error for what a service does not do; 501 is not repeated by SDKs.
        message = f"the simulated AWS does not implement inspector {name}"
        raise AwsError("NotImplemented", message, status=501)

    return handler
