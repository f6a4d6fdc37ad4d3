"""Keep credentials out of messages and evidence: AWS may repeat them in its responses."""

from typing import Any

import boto3

# botocore, iam, shape accessKeyIdType: a real one has at least 16 characters; shorter ones are words of a test.
_SHORTEST = 16
_INSTEAD = "(a credential, left out)"


def redacted(text: str, session: boto3.Session) -> str:
    """Return `text` without the session's credentials.

    The message of SignatureDoesNotMatch, for one, repeats the canonical request with its X-Amz-Security-Token.
    """
    for secret in _secrets(session):
        text = text.replace(secret, _INSTEAD)
    return text


def _secrets(session: boto3.Session) -> tuple[str, ...]:
    credentials: Any = session.get_credentials()
    if credentials is None:
        return ()
    frozen = credentials.get_frozen_credentials()
    found = (frozen.access_key, frozen.secret_key, frozen.token)
    return tuple(secret for secret in found if secret and len(secret) >= _SHORTEST)
