"""What a run could not look at, and why: the types of exclusions that a run here can have.

Titles, descriptions and recommendations: Amazon Inspector Classic user guide, "Exclusion types".
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ExclusionType:
    """One type of exclusion, in AWS's words."""

    title: str
    description: str
    recommendation: str


NO_INSTANCES = ExclusionType(
    "No instances in target",
    "There are no EC2 instances with the tags specified in the assessment target.",
    "Check that the tags in your assessment target match the tags of your target EC2 instance.",
)
AGENT_NOT_FOUND = ExclusionType(
    "Agent not found",
    "An Amazon Inspector agent was not found on the target EC2 instance.",
    "Install or reinstall an Amazon Inspector agent on the target EC2 instance.",
)
AGENT_UNHEALTHY = ExclusionType(
    "Agent is unhealthy",
    "The Amazon Inspector agent on the target EC2 instance is in an unhealthy state.",
    "Check the status of the Amazon Inspector agent on this instance and take necessary action.",
)
UNSUPPORTED_OS = ExclusionType(
    "Unsupported OS version",
    "The operating system of the target EC2 instance is not supported for Amazon Inspector assessments.",
    "Remove the target EC2 instance from the assessment target, or create a target that doesn't include this instance.",
)
EVALUATION_ERROR = ExclusionType(
    "Rules evaluation error",
    "An internal error has caused the rules evaluation to fail for your assessment.",
    "Attempt to run the assessment again. Contact support if the exclusion persists when you rerun the assessment.",
)
NETWORK_ERROR = ExclusionType(
    "Network Reachability error - internet",
    "An internal error has caused a Network Reachability evaluation to fail on checks for ports reachable from the "
    "internet. You might get findings for other Network Reachability types.",
    "Attempt to run the assessment again. Contact support if the exclusion persists when you rerun the assessment.",
)
