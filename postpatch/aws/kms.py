"""Sign with an asymmetric key of AWS KMS, and read its public half; only `evidence sign` and `check` call it."""

import re
from typing import cast

import boto3

from postpatch.aws.session import Connection, asking
from postpatch.errors import CouldNotCheck

WRITES = frozenset({"kms:Sign"})  # it changes nothing, and yet is no read: a signature is made
# A key or an alias, in any partition (AWS KMS developer guide, "Key ARN" and "Alias ARN").
_ARN = re.compile(r"arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:(key|alias)/[\w/-]+", re.ASCII)


def kms_connection(arn: str, endpoint_url: str = "", *, signing: bool = False) -> Connection:
    """Connect to the Region that a key's ARN names, with the environment's credentials; CouldNotCheck if it is none."""
    found = _ARN.fullmatch(arn)
    if found is None:
        raise CouldNotCheck(f"Name the key by its whole ARN, arn:aws:kms:REGION:ACCOUNT:key/ID: {arn!a} is none.")
    session = boto3.Session(region_name=found[1])
    return Connection(session, endpoint_url=endpoint_url, writes=WRITES if signing else frozenset())


def public_key(connection: Connection, arn: str) -> bytes:
    """Return the public half of a key that signs, as DER (KMS API reference, GetPublicKey)."""
    with asking(f"for the public key of {arn}"):
        answer = connection.client("kms").get_public_key(KeyId=arn)
    if answer["KeyUsage"] != "SIGN_VERIFY":
        raise CouldNotCheck(f"Name a key for signing: {arn} is for {answer['KeyUsage']}.")
    return cast(bytes, answer["PublicKey"])


def sign_digest(connection: Connection, arn: str, digest: bytes, algorithm: str) -> bytes:
    """Return KMS's signature of a digest; `algorithm` is one of KMS's, such as `ECDSA_SHA_256` (KMS API, Sign)."""
    with asking(f"for a signature by {arn}"):
        answer = connection.client("kms").sign(
            KeyId=arn, Message=digest, MessageType="DIGEST", SigningAlgorithm=algorithm
        )
    return cast(bytes, answer["Signature"])
