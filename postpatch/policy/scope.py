"""`[scope]`: which hosts are judged, in which account and region."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from postpatch.model import Scope
from postpatch.policy.section import InstanceId, Section, Tag, Text, shaped

ONLY: Final = "only"
_SCOPES = ("stack", "tag", "auto_scaling_group", "instances")


class ScopePolicy(Section):
    """Which hosts are judged, in which account and region.

    `nested` tells whether the hosts of a stack's nested stacks belong. Hosts with the tag `replaced_by_image` are
    replaced by a new image instead of being patched in place. `hosts_may_change` tells whether hosts may have come and
    gone since the baseline, as in an Auto Scaling group: those that were terminated count neither way, and each new one
    must be proven by itself. `leave_out_warm_pools`: instances that wait, stopped or hibernated, in a warm pool of the
    hosts' Auto Scaling groups are not judged. `hybrid`: the hybrid nodes with the tag belong, and are judged by Patch
    Manager alone; "only": nothing else belongs, so that no findings are compared.
    """

    account: Annotated[str, shaped(r"\d{12}", "12 digits, such as 123456789012")]
    region: Annotated[str, shaped(r"[a-z]{2,}(-[a-z]+)+-\d", "the code of a Region, such as us-east-1")]
    stack: Text | None = None
    tag: Tag | None = None
    auto_scaling_group: Text | None = None
    instances: Annotated[list[InstanceId], Field(min_length=1)] | None = None
    nested: bool = True
    replaced_by_image: Tag | None = None
    hosts_may_change: bool = False
    leave_out_warm_pools: bool = False
    hybrid: bool | Literal["only"] = False

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in _SCOPES) != 1:
            raise PydanticCustomError("scope", "name exactly one of {kinds}", {"kinds": ", ".join(_SCOPES)})
        if not self.nested and self.stack is None:
            raise PydanticCustomError("scope", "nested = false needs stack: only a stack has nested ones")
        if self.hybrid and self.tag is None:
            given = '"only"' if self.hybrid == ONLY else "true"
            raise PydanticCustomError(
                "scope", "hybrid = {given} needs tag: hybrid nodes come into a scope by their tags", {"given": given}
            )
        return self

    @property
    def nodes_alone(self) -> bool:
        """Return whether hybrid nodes alone are judged, which Inspector does not scan."""
        return self.hybrid == ONLY

    @property
    def scope(self) -> Scope:
        """Return the scope as the evidence names it."""
        if self.tag:
            return Scope("tag", (self.tag.value,), self.tag.key)
        if self.instances:
            return Scope("instances", tuple(sorted(self.instances)))
        return (
            Scope("stack", (self.stack,))
            if self.stack
            else Scope("auto_scaling_group", (str(self.auto_scaling_group),))
        )
