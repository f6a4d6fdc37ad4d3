"""What a window's task depends on outside Systems Manager: alarms of CloudWatch that stop it, and its role in IAM.

Systems Manager must be able to take the role on: its trust policy names `ssm.amazonaws.com` (Systems Manager user
guide, "Setting up Maintenance Windows"). Conditions of that policy are not evaluated.
"""

import fnmatch
import re
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from postpatch.aws.hosts import batches
from postpatch.aws.session import Connection, asking
from postpatch.errors import CouldNotCheck
from postpatch.model import TaskAlarm, WindowTask

_ALARMS_A_CALL = 100  # botocore shape AlarmNames
_ALARM_TYPES = ["MetricAlarm", "CompositeAlarm", "LogAlarm"]  # without them only metric alarms are returned
_SERVICE = re.compile(r"ssm(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?")
_OF_A_SERVICE = ":role/aws-service-role/"


def with_conditions(connection: Connection, task: WindowTask) -> WindowTask:
    """Return the task with the state of its alarms, and whether its role exists; what could not be asked is noted."""
    return _with_role(connection, _with_alarms(connection, task))


def _with_alarms(connection: Connection, task: WindowTask) -> WindowTask:
    names = sorted({alarm.name for alarm in task.alarms})
    if not names:
        return task
    try:
        states = _states(connection, names)
    except CouldNotCheck as error:
        return replace(task, alarms_error=str(error))
    return replace(task, alarms=tuple(TaskAlarm(name, states.get(name, "")) for name in names))


def _states(connection: Connection, names: list[str]) -> dict[str, str]:
    states: dict[str, str] = {}
    with asking(f"for the state of CloudWatch alarms {', '.join(names)}"):
        pages = connection.client("cloudwatch").get_paginator("describe_alarms")
        for batch in batches(names, _ALARMS_A_CALL):
            for page in pages.paginate(AlarmNames=batch, AlarmTypes=_ALARM_TYPES):
                rows = [row for kind in _ALARM_TYPES for row in page.get(f"{kind}s", [])]
                states |= {row["AlarmName"]: row["StateValue"] for row in rows}
    return states


def _with_role(connection: Connection, task: WindowTask) -> WindowTask:
    # Without a role, or with its service-linked role, Systems Manager creates what it needs (botocore: ServiceRoleArn).
    if not task.service_role or _OF_A_SERVICE in task.service_role:
        return task
    try:
        role = _role(connection, task.service_role)
    except CouldNotCheck as error:
        return replace(task, role_error=str(error))
    if role is None:
        return replace(task, role_exists=False)
    trust = role.get("AssumeRolePolicyDocument")
    return replace(task, role_exists=True, role_trusts=_trusts(trust) if trust else None)


def _role(connection: Connection, arn: str) -> dict[str, Any] | None:
    iam: Any = connection.client("iam")
    with asking(f"whether role {arn} exists"):
        try:
            role: dict[str, Any] = iam.get_role(RoleName=arn.rpartition("/")[2])["Role"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "NoSuchEntity":
                return None
            raise
    # Names are unique in an account whatever their path: a role of that name may be another one.
    return role if role["Arn"] == arn else None


def _trusts(policy: dict[str, Any]) -> bool:
    about = [statement for statement in _listed(policy.get("Statement")) if _is_about_us(statement)]
    allowed = [statement for statement in about if statement.get("Effect") == "Allow"]
    denied = [one for one in about if one.get("Effect") == "Deny" and not one.get("Condition")]
    return bool(allowed) and not denied


def _is_about_us(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal") or {}
    services = ["*"] if principal == "*" else _listed(principal.get("Service"))
    actions = [str(one).lower() for one in _listed(statement.get("Action"))]
    assumes = any(fnmatch.fnmatchcase("sts:assumerole", pattern) for pattern in actions)
    return assumes and any(one == "*" or _SERVICE.fullmatch(str(one)) for one in services)


def _listed(value: Any) -> list[Any]:
    # One statement, action or principal may stand alone (IAM user guide, "IAM JSON policy grammar").
    return list(value) if isinstance(value, list) else [] if value is None else [value]
