"""Which code of Inspector Classic's InvalidInputException goes with which field of a request.

botocore's model of `inspector` has no ValidationException: what breaks a limit is an InvalidInputException, whose
errorCode (shape InvalidInputErrorCode) names the field.
"""

from .errors import AwsError

_WHOLE = {
    "assessmentTargetArn": "INVALID_ASSESSMENT_TARGET_ARN",
    "assessmentTemplateArn": "INVALID_ASSESSMENT_TEMPLATE_ARN",
    "assessmentRunArn": "INVALID_ASSESSMENT_RUN_ARN",
    "previewAgentsArn": "INVALID_ASSESSMENT_TARGET_ARN",
    "resourceGroupArn": "INVALID_RESOURCE_GROUP_ARN",
    "resourceArn": "INVALID_RESOURCE_ARN",
    "roleArn": "INVALID_IAM_ROLE_ARN",
    "topicArn": "INVALID_SNS_TOPIC_ARN",
    "assessmentTargetName": "INVALID_ASSESSMENT_TARGET_NAME",
    "assessmentTemplateName": "INVALID_ASSESSMENT_TEMPLATE_NAME",
    "durationInSeconds": "INVALID_ASSESSMENT_TEMPLATE_DURATION",
    "nextToken": "INVALID_PAGINATION_TOKEN",
    "maxResults": "INVALID_MAX_RESULTS",
    "locale": "INVALID_LOCALE",
    "event": "INVALID_EVENT",
}
# Lists: the code for their length, and the code for one of their members.
_LISTS = {
    "assessmentTargetArns": ("INVALID_NUMBER_OF_ASSESSMENT_TARGET_ARNS", "INVALID_ASSESSMENT_TARGET_ARN"),
    "assessmentTemplateArns": ("INVALID_NUMBER_OF_ASSESSMENT_TEMPLATE_ARNS", "INVALID_ASSESSMENT_TEMPLATE_ARN"),
    "assessmentRunArns": ("INVALID_NUMBER_OF_ASSESSMENT_RUN_ARNS", "INVALID_ASSESSMENT_RUN_ARN"),
    "findingArns": ("INVALID_NUMBER_OF_FINDING_ARNS", "INVALID_FINDING_ARN"),
    "resourceGroupArns": ("INVALID_NUMBER_OF_RESOURCE_GROUP_ARNS", "INVALID_RESOURCE_GROUP_ARN"),
    "rulesPackageArns": ("INVALID_NUMBER_OF_RULES_PACKAGE_ARNS", "INVALID_RULES_PACKAGE_ARN"),
    "resourceGroupTags": ("INVALID_NUMBER_OF_RESOURCE_GROUP_TAGS", "INVALID_RESOURCE_GROUP_TAG_KEY"),
    "tags": ("INVALID_NUMBER_OF_TAGS", "INVALID_TAG"),
    "attributes": ("INVALID_NUMBER_OF_ATTRIBUTES", "INVALID_ATTRIBUTE"),
    "attributeKeys": ("INVALID_NUMBER_OF_USER_ATTRIBUTES", "INVALID_USER_ATTRIBUTE_KEY"),
    "userAttributes": ("INVALID_NUMBER_OF_USER_ATTRIBUTES", "INVALID_USER_ATTRIBUTE"),
    "userAttributesForFindings": ("INVALID_NUMBER_OF_USER_ATTRIBUTES", "INVALID_USER_ATTRIBUTE"),
    "states": ("INVALID_NUMBER_OF_ASSESSMENT_RUN_STATES", "INVALID_ASSESSMENT_RUN_STATE"),
    "severities": ("INVALID_NUMBER_OF_SEVERITIES", "INVALID_SEVERITY"),
    "agentIds": ("INVALID_NUMBER_OF_AGENT_IDS", "INVALID_AGENT_ID"),
    "autoScalingGroups": ("INVALID_NUMBER_OF_AUTO_SCALING_GROUPS", "INVALID_AUTO_SCALING_GROUP"),
    "ruleNames": ("INVALID_NUMBER_OF_RULE_NAMES", "INVALID_RULE_NAME"),
}
# The enum names no field in general; this is its widest word.
_ANY_OTHER = "INVALID_ATTRIBUTE"


def invalid_input(field: str, message: str) -> AwsError:
    """Make the InvalidInputException for a field, given by its path (`filter.states.1.member`)."""
    return AwsError("InvalidInputException", message[:1000], errorCode=_code(field), canRetry=False)


def _code(field: str) -> str:
    names = field.removeprefix("filter.").split(".")
    if names[0] in _LISTS:
        whole, member = _LISTS[names[0]]
        return member if len(names) > 1 else whole
    return _WHOLE.get(names[0], _ANY_OTHER)
