"""The connections of the fleet itself, beside those of its runs: they read alone."""

from collections.abc import Sequence

import boto3

from postpatch.aws.roles import assuming
from postpatch.aws.session import Connection
from postpatch.policy.role import RolePolicy, RolesPolicy


def connected(
    region: str, roles: Sequence[RolePolicy], endpoint_url: str, *, sts: str = "", at_once: int = 1
) -> Connection:
    """Connect to a Region, as the last of a chain of roles if there are any; credentials must be valid.

    `sts` is the Region whose STS is asked for the roles, if it is another one.
    """
    if roles:
        session = assuming(RolesPolicy(region=sts or region, role=list(roles)), region, endpoint_url)
    else:
        session = boto3.Session(region_name=region)
    connection = Connection(session, read_only=True, endpoint_url=endpoint_url, at_once=at_once)
    connection.caller()  # credentials that are not valid are reported as such
    return connection
