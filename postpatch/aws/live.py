"""The connection to a real account: only the policy's account is accepted."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import boto3

from postpatch.aws.roles import assuming
from postpatch.aws.session import AT_ONCE, WRITES, Connection
from postpatch.errors import CouldNotCheck
from postpatch.model import Call, Caller
from postpatch.policy.role import RolesPolicy


def live_connection(
    region: str,
    *,
    read_only: bool = False,
    poll_seconds: float = 30,
    endpoint_url: str = "",
    roles: RolesPolicy | None = None,
    writes: frozenset[str] = WRITES,
    commands: Collection[Mapping[str, Any]] = (),
    on_call: Callable[[Call], None] = lambda _: None,
    brief: bool = False,
) -> Connection:
    """Connect with the environment's credentials, or with those of `roles`, which are assumed with them.

    CouldNotCheck if the environment names another region.
    """
    session = boto3.Session()
    if session.region_name not in (None, region):
        raise CouldNotCheck(
            f"Correct scope.region or AWS_REGION: the policy is for region {region}, the environment says "
            f"{session.region_name}. Nothing was changed."
        )
    if roles:
        session = assuming(roles, region, endpoint_url)
    elif not session.region_name:
        session = boto3.Session(region_name=region)
    return Connection(
        session,
        read_only=read_only,
        poll_seconds=poll_seconds,
        endpoint_url=endpoint_url,
        writes=writes,
        commands=commands,
        on_call=on_call,
        at_once=AT_ONCE,
        brief=brief,
    )


def require_account(caller: Caller, account: str) -> None:
    """Raise CouldNotCheck unless the caller belongs to the policy's account."""
    if caller.account != account:
        raise CouldNotCheck(
            f"Correct scope.account or the credentials: the policy is for account {account}, "
            f"{caller.arn} is of account {caller.account}. Nothing was changed."
        )
