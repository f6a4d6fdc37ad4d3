"""The tags by which the hosts in scope are known to AWS."""

from postpatch.model import Scope


def scope_tags(scope: Scope) -> dict[str, list[str]]:
    """Return the tags that the scope's hosts carry: AWS puts a stack's and a group's name on them; ids have none."""
    if scope.kind == "stack":
        return {"aws:cloudformation:stack-name": list(scope.values)}
    if scope.kind == "auto_scaling_group":
        return {"aws:autoscaling:groupName": list(scope.values)}
    if scope.kind == "tag":
        return {scope.key: list(scope.values)}
    return {}
