"""The tags by which the hosts in scope are known to AWS."""

from postpatch.errors import CouldNotCheck
from postpatch.model import Scope
from postpatch.policy import Policy


def scope_tags(scope: Scope) -> dict[str, list[str]]:
    """Return the tags that the scope's hosts carry: AWS puts a stack's and a group's name on them; ids have none."""
    if scope.kind == "stack":
        return {"aws:cloudformation:stack-name": list(scope.values)}
    if scope.kind == "auto_scaling_group":
        return {"aws:autoscaling:groupName": list(scope.values)}
    if scope.kind == "tag":
        return {scope.key: list(scope.values)}
    return {}


def assessed_tags(policy: Policy) -> dict[str, list[str]]:
    """Return the tags by which Inspector is told what to scan; CouldNotCheck if the policy names none.

    A scope of ids has no tag: use the tags of what is patched, which TGT-2 compares with the scope.
    """
    tags = scope_tags(policy.scope.scope) or policy.target.shared_tags
    if not tags:
        raise CouldNotCheck(
            "Name the hosts in [scope] by a tag that they share, since a CIS scan is given its hosts by tags, or set "
            '[inspector] cis = "off".'
        )
    return {key: list(values) for key, values in tags.items()}
