"""Permissions: a step of the front at which a caller's identity policy is enforced, for our operations and moto's."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .call import Call, Callers
from .conditions import Condition, TagsOf, read_conditions
from .message import Answer, Request
from .mishaps import Forward
from .refusals import denied
from .resources import concerned, tells_its_resource

# "No permissions are required", and even an explicit deny changes nothing (STS API reference, GetCallerIdentity).
_FREE = frozenset({"sts:GetCallerIdentity"})
_VERSION = "2012-10-17"
_MEMBERS = {"Sid", "Effect", "Action", "Resource", "Condition"}


@dataclass(frozen=True)
class _Statement:
    allows: bool
    actions: tuple[re.Pattern[str], ...]
    resources: tuple[re.Pattern[str], ...]
    conditions: tuple[Condition, ...]

    def speaks_of(self, call: Call, arn: str, tags_of: TagsOf) -> bool:
        # An action without a resource is matched by "*" alone, which every ARN matches too.
        if not (_any(self.actions, call.name) and _any(self.resources, arn)):
            return False
        return all(condition.holds(call, tags_of(arn)) for condition in self.conditions)


class Permissions:
    """Refuse what the caller's policy does not allow; without a policy, hand on everything.

    The world's own story is not restricted, and neither is what a service does for itself behind the front.
    """

    def __init__(self, callers: Callers, let_time_pass: Callable[[], None], tags_of: TagsOf) -> None:
        self._callers = callers
        self._let_time_pass = let_time_pass
        self._tags_of = tags_of
        self._policy: tuple[_Statement, ...] | None = None

    def restrict(self, document: Mapping[str, Any] | None) -> None:
        """Enforce one identity policy from now on, in the place of any before it; None lifts it.

        ValueError for a document that IAM refuses, and for what is not simulated: conditions on anything but tags,
        `NotAction`, `NotResource`, variables, and resources of actions whose requests do not tell theirs.
        """
        self._policy = None if document is None else read_policy(document)

    def __call__(self, request: Request, forward: Forward) -> Answer:
        """Hand `request` on, if its caller may make it."""
        if self._policy is None:
            return forward(request)
        call = self._callers.call(request)
        if not call.by_operator and call.name not in _FREE:
            self._require(call, self._policy)
        return forward(request)

    def _require(self, call: Call, policy: tuple[_Statement, ...]) -> None:
        for arn in concerned(call):
            said = {statement.allows for statement in policy if statement.speaks_of(call, arn, self._tags_of)}
            if said != {True}:
                self._let_time_pass()
                raise denied(call, arn, by_statement=False in said)


def read_policy(document: Mapping[str, Any]) -> tuple[_Statement, ...]:
    """Read an identity policy; ValueError as `Permissions.restrict` says."""
    if document.get("Version") != _VERSION or not document.keys() <= {"Version", "Id", "Statement"}:
        raise ValueError(f"a policy has a Version, which is {_VERSION}, a Statement, and perhaps an Id")
    statements = _listed(document.get("Statement"))
    if not statements:
        raise ValueError("a policy has at least one statement")
    return tuple(_read(statement) for statement in statements)


def _read(statement: Mapping[str, Any]) -> _Statement:
    name = statement.get("Sid", "a statement")
    if unknown := sorted(statement.keys() - _MEMBERS):
        raise ValueError(f"{name}: {', '.join(unknown)} is not simulated")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise ValueError(f"{name}: Effect is Allow or Deny")
    actions, resources = _listed(statement.get("Action")), _listed(statement.get("Resource"))
    if not actions or not resources:
        raise ValueError(f"{name}: give at least one Action and one Resource")
    for action in actions:
        if action != "*" and not re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9*?]+", action):
            raise ValueError(f"{name}: {action!r} is no action; they read service:Operation")
    for resource in resources:
        _check_resource(name, resource, actions)
    return _Statement(
        statement["Effect"] == "Allow",
        tuple(_pattern(action, re.IGNORECASE) for action in actions),
        tuple(_pattern(resource) for resource in resources),
        read_conditions(name, statement.get("Condition", {})),
    )


def _check_resource(name: str, resource: str, actions: Iterable[str]) -> None:
    if resource == "*":
        return
    if not re.fullmatch(r"arn:aws[a-z-]*:([^:]*:){3}.+", resource) or "${" in resource:
        raise ValueError(f'{name}: {resource!r} is neither "*" nor an ARN without variables')
    for action in actions:
        if not tells_its_resource(action):
            raise ValueError(f'{name}: the resource of {action} is not simulated: give it "*"')


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    # IAM: * is any number of characters, colons and slashes included, and ? is one.
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), flags | re.DOTALL)


def _any(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in patterns)
