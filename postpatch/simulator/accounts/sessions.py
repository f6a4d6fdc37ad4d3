"""The sessions of assumed roles, and the two operations of STS about them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from ..ids import Ids
from ..wire.call import call_name
from ..wire.errors import AwsError
from ..wire.models import find_operation
from ..wire.permissions import read_policy
from ..wire.writing import write_answer
from .trust import Asked, allows

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..wire.front import Forward
    from ..wire.message import Answer, Request

_ROLE = re.compile(r"arn:aws:iam::(\d{12}):role/(?:.*/)?([^/]+)")
_TAG = re.compile(r"Tags\.member\.(\d+)\.(Key|Value)")
_HOUR = 3600  # seconds that a session of role chaining may last (IAM user guide, "Methods to assume a role")
_VERSION = "2012-10-17"


@dataclass(frozen=True)
class Session:
    """Who signs with a key: in which account, as whom, and what its role's policies state; None allows all."""

    account: str
    arn: str
    role: str = ""
    statements: tuple[Mapping[str, Any], ...] | None = field(default=None, compare=False)

    @property
    def policy(self) -> dict[str, Any] | None:
        """Return the policy that a Region's simulator enforces.

        Of what allows, statements that it cannot enforce are left out: nothing is allowed by them.
        """
        if self.statements is None:
            return None
        return {"Version": _VERSION, "Statement": [one for one in self.statements if _can_be_enforced(one)]}

    def may(self, action: str, arn: str = "*") -> bool:
        """Tell whether an action on a resource is allowed: one statement allows it, and none denies it."""
        if self.statements is None:
            return True
        said = {
            statement["Effect"]
            for statement in self.statements
            if any(fnmatchcase(action, one) for one in _listed(statement["Action"]))
            and any(fnmatchcase(arn, one) for one in _listed(statement["Resource"]))
        }
        return said == {"Allow"}


class Sessions:
    """Keeps the sessions by access key, and answers AssumeRole and GetCallerIdentity.

    `home` is the account of whoever signs with any other key, `organization` tells the organization's id.
    """

    def __init__(self, home: str, now: "Callable[[], datetime]", organization: "Callable[[], str]") -> None:
        self._home = Session(home, f"arn:aws:sts::{home}:user/moto")
        self._now = now
        self._organization = organization
        self._by_key: dict[str, Session] = {}
        self._ids = Ids("sessions")

    def of(self, access_key: str) -> Session:
        """Return the session of an access key."""
        return self._by_key.get(access_key, self._home)

    def __call__(self, request: "Request", forward: "Forward") -> "Answer":
        """Answer `request` if it is one of the two operations."""
        session = self.of(request.access_key)
        if request.service != "sts":
            _require(session, call_name(request))
            return forward(request)
        operation, _ = find_operation("sts", request)
        if operation.name == "AssumeRole":
            return write_answer(operation, self._assume(session, dict(request.form), _tags(request)))
        if operation.name == "GetCallerIdentity":
            identity = {"UserId": self._user_id(session), "Account": session.account, "Arn": session.arn}
            return write_answer(operation, identity)
        return forward(request)

    def _assume(self, session: Session, params: Mapping[str, str], tags: dict[str, str]) -> dict[str, Any]:
        arn, name = params.get("RoleArn", ""), params.get("RoleSessionName", "")
        if not (_ROLE.fullmatch(arn) and name):
            raise AwsError("ValidationError", "RoleArn is the ARN of a role, and RoleSessionName is required")
        seconds = int(params.get("DurationSeconds", _HOUR))
        if session.role and seconds > _HOUR:
            message = (
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
            )
            raise AwsError("ValidationError", message)
        role = self._assumable(session, arn, Asked(
            (f"arn:aws:iam::{session.account}:root", session.arn, session.role), session.account,
            params.get("ExternalId", ""), tags, self._organization(),
        ))  # fmt: skip
        account, short = _ROLE.fullmatch(arn).groups()  # type: ignore[union-attr]
        assumed = f"arn:aws:sts::{account}:assumed-role/{short}/{name}"
        key = f"ASIA{self._ids.hexadecimal(16).upper()}"
        self._by_key[key] = Session(account, assumed, arn, _statements_of(role))
        return {
            "Credentials": {
                "AccessKeyId": key,
                "SecretAccessKey": self._ids.hexadecimal(40),
                "SessionToken": self._ids.hexadecimal(64),
                "Expiration": self._now() + timedelta(seconds=seconds),
            },
            "AssumedRoleUser": {"AssumedRoleId": f"{role.id}:{name}", "Arn": assumed},
        }

    def _assumable(self, session: Session, arn: str, asked: Asked) -> Any:
        """Return moto's role of an ARN; AccessDenied in the words in which STS does not tell why."""
        found = _role(arn)
        if (
            found is None
            or not session.may("sts:AssumeRole", arn)
            or not allows(_read(found.assume_role_policy_document), asked)
        ):
            message = f"User: {session.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
            raise AwsError("AccessDenied", message, status=403)
        return found

    @staticmethod
    def _user_id(session: Session) -> str:
        role = _role(session.role) if session.role else None
        return f"{role.id}:{session.arn.rpartition('/')[2]}" if role else "AIDAJDPLRKLG7UEXAMPLE"


def _role(arn: str) -> Any:
    from moto.iam.models import iam_backends

    match = _ROLE.fullmatch(arn)
    if match is None:
        return None
    roles = iam_backends[match[1]]["aws"].roles.values()
    return next((role for role in roles if role.arn == arn), None)


def _statements_of(role: Any) -> tuple[Mapping[str, Any], ...]:
    attached = (version for one in role.managed_policies.values() for version in one.versions if version.is_default)
    documents = [*role.policies.values(), *(version.document for version in attached)]
    return tuple(one for document in documents for one in _listed(_read(document)["Statement"]))


def _can_be_enforced(statement: Mapping[str, Any]) -> bool:
    try:
        read_policy({"Version": _VERSION, "Statement": [statement]})
    except ValueError:
        if statement.get("Effect") != "Allow":
            raise
        return False
    return True


def _require(session: Session, action: str) -> None:
    if not session.may(action):
        message = f"User: {session.arn} is not authorized to perform: {action}"
        raise AwsError("AccessDeniedException", message, status=403)


def _tags(request: "Request") -> dict[str, str]:
    rows: dict[str, dict[str, str]] = {}
    for name, text in request.form:
        if match := _TAG.fullmatch(name):
            rows.setdefault(match[1], {})[match[2]] = text
    return {row["Key"]: row.get("Value", "") for row in rows.values() if "Key" in row}


def _read(document: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(document) if isinstance(document, str) else document
    return read


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
