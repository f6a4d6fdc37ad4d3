"""Whether a document of Systems Manager is the one that the policy names."""

import re

from postpatch.policy import Policy

_DOCUMENT_ARN = re.compile(r"arn:[a-z-]+:ssm:(?P<region>[a-z0-9-]+):(?P<account>\d{12}|):document/(?P<name>.+)")


def is_document(found: str, policy: Policy, wanted: str = "") -> bool:
    """Tell whether a document's name or ARN is `wanted`, or else the policy's document, in the policy's Region.

    An ARN without an account is AWS's own document. The names of AWS's documents begin with `AWS-`, and no account can
    give its own such a name.
    """
    wanted = wanted or policy.task.document
    if found == wanted:
        return True
    match = _DOCUMENT_ARN.fullmatch(found)
    if not match or match["region"] != policy.scope.region or match["name"] != wanted:
        return False
    return match["account"] in ({policy.scope.account, ""} if wanted.startswith("AWS-") else {policy.scope.account})
