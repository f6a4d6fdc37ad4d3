"""Inspector Classic's errors, each with the members that its shape in botocore's model requires."""

from collections.abc import Sequence

from ..wire.errors import AwsError

LISTED = 10  # how many agents or runs an error names (botocore: AgentAlreadyRunningAssessmentList and its like)


def invalid_input(code: str, message: str) -> AwsError:
    """Make an InvalidInputException; `code` is one of InvalidInputErrorCode."""
    return AwsError("InvalidInputException", message, errorCode=code, canRetry=False)


def no_such_entity(code: str, message: str) -> AwsError:
    """Make a NoSuchEntityException; `code` is one of NoSuchEntityErrorCode."""
    return AwsError("NoSuchEntityException", message, errorCode=code, canRetry=False)


def access_denied(code: str, message: str) -> AwsError:
    """Make an AccessDeniedException; `code` is one of AccessDeniedErrorCode."""
    return AwsError("AccessDeniedException", message, errorCode=code, canRetry=False)


def limit_exceeded(code: str, message: str) -> AwsError:
    """Make a LimitExceededException; `code` is one of LimitExceededErrorCode."""
    return AwsError("LimitExceededException", message, errorCode=code, canRetry=False)


def invalid_role(code: str, message: str) -> AwsError:
    """Make an InvalidCrossAccountRoleException; `code` is one of InvalidCrossAccountRoleErrorCode."""
    return AwsError("InvalidCrossAccountRoleException", message, errorCode=code, canRetry=False)


def agents_already_running(busy: Sequence[tuple[str, str]]) -> AwsError:
    """Make the error for hosts that are in a running assessment; `busy` pairs agents with their runs."""
    agents = [{"agentId": agent, "assessmentRunArn": run} for agent, run in busy[:LISTED]]
    return AwsError(
        "AgentsAlreadyRunningAssessmentException",
        f"{len(busy)} of the agents of this assessment target are already in a running assessment",
        agents=agents,
        agentsTruncated=len(busy) > LISTED,
        canRetry=True,
    )


def run_in_progress(arns: Sequence[str]) -> AwsError:
    """Make the error for what cannot be deleted while these runs go on."""
    return AwsError(
        "AssessmentRunInProgressException",
        "An assessment run is in progress; stop it, or wait until it has ended",
        assessmentRunArns=list(arns[:LISTED]),
        assessmentRunArnsTruncated=len(arns) > LISTED,
        canRetry=True,
    )


def unsupported(message: str) -> AwsError:
    """Make an UnsupportedFeatureException."""
    return AwsError("UnsupportedFeatureException", message, canRetry=False)
