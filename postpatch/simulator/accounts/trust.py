"""A role's trust policy: who may assume it, and under which conditions."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..wire.errors import AwsError

_ASSUME, _TAG = "sts:AssumeRole", "sts:TagSession"


@dataclass(frozen=True)
class Asked:
    """What an AssumeRole brings: who asks (ARNs, the account's root first), external id, session tags, organization."""

    principals: tuple[str, ...]
    account: str
    external_id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    organization: str = ""

    def value(self, key: str) -> str | None:
        """Return the value of a condition key of the request, or None where it has none."""
        name = key.lower()
        if name == "sts:externalid":
            return self.external_id or None
        if name == "aws:principalorgid":
            return self.organization or None
        if name.startswith("aws:requesttag/"):
            return self.tags.get(key.partition("/")[2])
        raise AwsError("NotImplemented", f"the simulated AWS does not know the condition key {key}", status=501)


def allows(policy: Mapping[str, Any], asked: Asked) -> bool:
    """Tell whether a trust policy lets `asked` assume the role, and tag its session where it brings tags.

    A trust policy names principals and conditions (IAM user guide, "How to use trust policies with IAM roles");
    session tags need sts:TagSession there too ("Pass session tags in AWS STS").
    """
    needed = [_ASSUME, *([_TAG] if asked.tags else [])]
    statements = _listed(policy.get("Statement"))
    return all(_decided(statements, action, asked) for action in needed)


def _decided(statements: list[Any], action: str, asked: Asked) -> bool:
    said = {one.get("Effect") for one in statements if _speaks_of(one, action, asked)}
    return said == {"Allow"}


def _speaks_of(statement: Mapping[str, Any], action: str, asked: Asked) -> bool:
    if not any(fnmatch.fnmatchcase(action.lower(), one.lower()) for one in _listed(statement.get("Action"))):
        return False
    principal = statement.get("Principal")
    named = ["*"] if principal == "*" else _listed(principal.get("AWS") if isinstance(principal, dict) else None)
    if not any(_is_asking(one, asked) for one in named):
        return False
    conditions = statement.get("Condition", {})
    return all(
        _holds(operator, asked.value(key), _listed(values))
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _is_asking(named: str, asked: Asked) -> bool:
    # An account's id stands for its root, and its root for everybody in it whom a policy there allows.
    return named in ("*", asked.account) or named in asked.principals


def _holds(operator: str, value: str | None, wanted: list[str]) -> bool:
    if operator not in ("StringEquals", "StringLike"):
        raise AwsError("NotImplemented", f"the simulated AWS does not know the condition {operator}", status=501)
    if value is None:
        return False
    return any(value == one if operator == "StringEquals" else fnmatch.fnmatchcase(value, one) for one in wanted)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
