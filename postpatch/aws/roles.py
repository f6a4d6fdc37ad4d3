"""Assume roles, one after the other, with credentials that are renewed before they run out."""

from typing import Any

import boto3
import botocore.session
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)

from postpatch.aws.fetched_credentials import watch_for_credentials
from postpatch.errors import CouldNotCheck
from postpatch.policy.role import RolePolicy, RolesPolicy

_METHOD = "assume-role"


class _Assumed(CredentialProvider):
    """The one source of a session's credentials: the last role of the chain."""

    METHOD = _METHOD

    def __init__(self, credentials: Any) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Any:
        """Return the credentials, which are asked for when they are first used."""
        return self._credentials


def assuming(roles: RolesPolicy, region: str, endpoint_url: str = "") -> boto3.Session:
    """Return a session in `region` as the last of `roles`, each assumed with the credentials of the one before it.

    Nothing is asked yet. STS is asked in the Region that the roles name: a session of a regional endpoint is valid in
    every Region (IAM user guide, "Manage AWS STS in an AWS Region"). A session of a chain lasts an hour at most, and
    each is renewed while the run lasts. CouldNotCheck if the environment has no credentials to begin with.
    """
    base = botocore.session.get_session()
    watch_for_credentials(base.get_component("event_emitter"))
    credentials: Any = base.get_credentials()
    if credentials is None:
        raise CouldNotCheck("Set credentials of AWS that may assume the roles: the environment has none.")

    def client(service: str, **signing: Any) -> Any:
        return base.create_client(service, region_name=roles.region, endpoint_url=endpoint_url or None, **signing)

    for role in roles.role:
        fetcher = AssumeRoleCredentialFetcher(client, credentials, role.arn, extra_args=_asked(role))
        credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, _METHOD)
    assumed = botocore.session.get_session()
    assumed.register_component("credential_provider", CredentialResolver([_Assumed(credentials)]))
    return boto3.Session(region_name=region, botocore_session=assumed)


def _asked(role: RolePolicy) -> dict[str, Any]:
    asked: dict[str, Any] = {"RoleSessionName": role.session_name}
    if role.external_id:
        asked["ExternalId"] = role.external_id
    if role.tags:
        asked["Tags"] = [{"Key": key, "Value": value} for key, value in role.tags.items()]
        asked["TransitiveTagKeys"] = role.transitive_tags
    return asked
