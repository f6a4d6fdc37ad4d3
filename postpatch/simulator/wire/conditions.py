"""Conditions of a policy's statement on tags: those of the request, and those of the resource that it concerns.

Sources: IAM user guide, "IAM JSON policy elements: Condition operators" (StringEquals and ForAllValues, and that a key
which a request does not carry matches nothing), and the Service Authorization Reference, which says of each action and
resource type what it carries: `aws:RequestTag/KEY` and `aws:TagKeys` of a request with tags; `aws:ResourceTag/KEY`,
and for Systems Manager `ssm:resourceTag/KEY`, of a resource.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .call import Call

_EVERY_VALUE = "ForAllValues:StringEquals"
_OPERATORS = ("StringEquals", _EVERY_VALUE)
_OF_REQUEST, _OF_RESOURCE = "aws:requesttag/", ("aws:resourcetag/", "ssm:resourcetag/")
_TAG_KEYS = "aws:tagkeys"
TagsOf = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True)
class Condition:
    """One operator with one key: the values of which the request's must be one."""

    operator: str
    key: str
    values: tuple[str, ...]

    def holds(self, call: Call, resource_tags: Mapping[str, str]) -> bool:
        """Tell whether a call on a resource with these tags meets it."""
        found = self._found(call, resource_tags)
        if self.operator == _EVERY_VALUE:
            return found <= set(self.values)  # also where the request carries no such key
        return bool(found & set(self.values))

    def _found(self, call: Call, resource_tags: Mapping[str, str]) -> set[str]:
        kind, _, name = self.key.partition("/")
        if self.key.lower() == _TAG_KEYS:
            return set(request_tags(call))
        tags = request_tags(call) if f"{kind.lower()}/" == _OF_REQUEST else resource_tags
        return {tags[name]} if name in tags else set()


def read_conditions(name: str, document: Any) -> tuple[Condition, ...]:
    """Read the Condition of a statement called `name`; ValueError for what IAM refuses, and what is not simulated."""
    if not isinstance(document, Mapping):
        raise ValueError(f"{name}: Condition is a block of operators")  # noqa: TRY004 - one error for any bad policy
    conditions = []
    for operator, block in document.items():
        if operator not in _OPERATORS or not isinstance(block, Mapping):
            raise ValueError(f"{name}: the condition {operator} is not simulated; {', '.join(_OPERATORS)} are")
        for key, value in block.items():
            if not key.lower().startswith((_OF_REQUEST, *_OF_RESOURCE)) and key.lower() != _TAG_KEYS:
                raise ValueError(f"{name}: the condition key {key} is not simulated; those of tags are")
            values = value if isinstance(value, list) else [value]
            conditions.append(Condition(operator, key, tuple(map(str, values))))
    return tuple(conditions)


def request_tags(call: Call) -> dict[str, str]:
    """Return the tags that a JSON request brings, as ssm's list or inspector2's map spells them."""
    tags = call.fields.get("Tags") or call.fields.get("tags") or {}
    if isinstance(tags, dict):
        return {str(key): str(value) for key, value in tags.items()}
    rows = [row for row in tags if isinstance(row, dict)] if isinstance(tags, list) else []
    return {str(row.get("Key")): str(row.get("Value")) for row in rows}
