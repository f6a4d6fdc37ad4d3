"""Which instances a scope names: those of a stack, those of an Auto Scaling group, or the ids themselves."""

from postpatch.aws.session import Connection, asking
from postpatch.aws.stack_owners import group_members, stack_members
from postpatch.model import Scope, ScopeMembers


def scope_members(connection: Connection, scope: Scope, *, nested: bool = True) -> ScopeMembers:
    """Return the instances of `scope`, with `nested` those of nested stacks too; a tag names none before EC2 is asked.

    CouldNotCheck names a resource of the stack whose instances cannot be listed.
    """
    if scope.kind == "stack":
        return stack_members(connection, scope.values[0], nested=nested)
    if scope.kind == "auto_scaling_group":
        with asking(f"for the hosts of {scope}"):
            return ScopeMembers(tuple(sorted(group_members(connection, scope.values))))
    return ScopeMembers(scope.values if scope.kind == "instances" else ())
