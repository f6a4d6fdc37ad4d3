"""Throttled calls are tried again as often as each may be, however many calls were throttled before."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from postpatch.aws.session import Connection
from postpatch.simulator import Fault, Mishap, Simulator

Connect = Callable[..., Connection]

ATTEMPTS = 8
CALLS = 40  # botocore's quota of retries is used up in the fifteenth of them
# One operation a protocol, each with its client's method: json, rest-json, query, ec2.
OPERATIONS = {
    "ssm:DescribeMaintenanceWindows": "describe_maintenance_windows",
    "inspector2:ListFindings": "list_findings",
    "sts:GetCallerIdentity": "get_caller_identity",
    "ec2:DescribeInstances": "describe_instances",
}


def asked(connection: Connection, operation: str) -> dict[str, Any]:
    """Ask once, and return what botocore says of the answer."""
    service = operation.partition(":")[0]
    answer: dict[str, Any] = getattr(connection.client(service), OPERATIONS[operation])()
    return answer["ResponseMetadata"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_storm_fails_no_call(operation: str, connect: Connect, aws: Simulator) -> None:
    """Every call is answered that AWS answers at its last attempt."""
    connection = connect()
    tries = []
    for _ in range(CALLS):
        aws.inject(Fault(operation, Mishap.THROTTLED, times=ATTEMPTS - 1))
        tries.append(asked(connection, operation)["RetryAttempts"] + 1)
    assert tries == [ATTEMPTS] * CALLS


@pytest.mark.parametrize(("brief", "attempts"), [(False, ATTEMPTS), (True, 2)])
def test_a_call_that_is_throttled_for_ever_ends(brief: bool, attempts: int, connect: Connect, aws: Simulator) -> None:
    """Each call ends after its attempts, also when the quota is used up, and the refusal is AWS's."""
    connection = connect(brief=brief)
    operation = "ssm:DescribeMaintenanceWindows"
    sent = 30 * attempts
    aws.inject(Fault(operation, Mishap.THROTTLED, times=sent))
    for _ in range(30):
        with pytest.raises(ClientError, match="Rate exceeded"):
            asked(connection, operation)
    assert asked(connection, operation)["RetryAttempts"] == 0


def test_other_errors_use_up_the_quota(connect: Connect, aws: Simulator) -> None:
    """What is no throttling is left to botocore: where its quota is used up, it is not tried again."""
    connection = connect()
    operation = "ssm:DescribeMaintenanceWindows"
    tries = []
    for _ in range(10):
        aws.inject(Fault(operation, Mishap.OUT_OF_ORDER, times=ATTEMPTS - 1))
        try:
            tries.append(asked(connection, operation)["RetryAttempts"] + 1)
        except ClientError as error:
            tries.append(error.response["ResponseMetadata"]["RetryAttempts"] + 1)
            break
    assert tries[0] == ATTEMPTS
    assert tries[-1] < ATTEMPTS
