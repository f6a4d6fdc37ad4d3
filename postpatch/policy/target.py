"""`[target]`: which hosts are patched, as Systems Manager names them."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from postpatch.policy.section import InstanceId, Name, Section, Text, shaped

# botocore shape GroupName of resource-groups
_Group = Annotated[
    str, shaped(r"[a-zA-Z0-9_.-]{1,300}", "the name of a resource group: letters, digits, _, . and -, at most 300")
]
_Every = Annotated[str, shaped(r"\*", "* alone, for every managed node")]
_KINDS = ("tags", "tag_key", "resource_group", "instances")
_MOST_IDS = 50  # botocore shape TargetValues


class SelectionPolicy(Section):
    """Hosts that a window patches as well, registered as a target of their own; the keys are those of `[target]`."""

    name: Name | None = None
    tags: (
        Annotated[
            dict[Text, Annotated[list[str], Field(min_length=1, max_length=50)]], Field(min_length=1, max_length=5)
        ]
        | None
    ) = None
    tag_key: Text | None = None
    resource_group: _Group | None = None
    instances: (
        Annotated[list[InstanceId], Field(min_length=1, max_length=_MOST_IDS)]
        | Annotated[list[_Every], Field(min_length=1, max_length=1)]
        | None
    ) = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in _KINDS) != 1:
            raise PydanticCustomError("target", "name exactly one of {kinds}", {"kinds": ", ".join(_KINDS)})
        return self

    @property
    def selectors(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return Systems Manager's target keys with their values, in one order."""
        if self.tag_key:
            return (("tag-key", (self.tag_key,)),)
        if self.resource_group:
            return (("resource-groups:Name", (self.resource_group,)),)
        if self.instances:
            return (("InstanceIds", tuple(sorted(self.instances))),)
        return tuple(sorted((f"tag:{key}", tuple(sorted(values))) for key, values in (self.tags or {}).items()))

    @property
    def resource_type(self) -> str:
        """Return the resource type by which a window registers the target."""
        return "RESOURCE_GROUP" if self.resource_group else "INSTANCE"


class TargetPolicy(SelectionPolicy):
    """The hosts that are patched: by tags that must all match, by a tag's key alone, a resource group, or ids.

    SSM takes at most five keys. Without `name` the registered target may have any. `instances = ["*"]` is every managed
    node, which only an association or a patch policy can target. `also` are the further targets that a window has.
    """

    also: list[SelectionPolicy] = Field(default_factory=list)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({one.selectors for one in self.every}) < len(self.every):
            raise PydanticCustomError("target", "two targets select by the same")
        return self

    @property
    def every(self) -> tuple[SelectionPolicy, ...]:
        """Return all targets that are registered."""
        return (self, *self.also)

    @property
    def shared_tags(self) -> dict[str, list[str]]:
        """Return tags that all selected hosts carry: those of one target, or one key with the values of each."""
        tags = [one.tags or {} for one in self.every]
        keys = {key for one in tags for key in one}
        if len(tags) == 1:
            return tags[0]
        if len(keys) != 1 or not all(tags):
            return {}
        (key,) = keys
        return {key: sorted({value for one in tags for value in one[key]})}
