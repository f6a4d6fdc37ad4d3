"""Put files into a folder in S3, and read them from there. What is there already is never overwritten."""

import base64
from collections.abc import Iterator
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from postpatch.aws.roles import assuming
from postpatch.aws.session import AT_ONCE, Connection, asking
from postpatch.errors import CouldNotCheck
from postpatch.model import S3Folder
from postpatch.policy.role import RolesPolicy

WRITES = frozenset({"s3:PutObject"})
LARGEST_PUT = 5 * 1024**3  # bytes that one PutObject takes (S3 user guide, "Uploading objects")
_ANY_REGION = "us-east-1"  # S3 says there in which Region a bucket is, and botocore asks again
_CHUNK = 1 << 20
_EXISTS = "PreconditionFailed"  # what If-None-Match: * comes to (S3 user guide, "How to prevent object overwrites")


def s3_connection(
    region: str = "", endpoint_url: str = "", roles: RolesPolicy | None = None, *, storing: bool = False
) -> Connection:
    """Connect with the environment's credentials, or those of `roles`; `region` counts where the environment has none.

    Nothing is sent but reads, and with `storing` what puts an object. CouldNotCheck if the roles cannot be assumed.
    """
    region = boto3.Session().region_name or region or _ANY_REGION
    session = assuming(roles, region, endpoint_url) if roles else boto3.Session(region_name=region)
    writes = WRITES if storing else frozenset()
    return Connection(session, endpoint_url=endpoint_url, writes=writes, at_once=AT_ONCE)


def put_file(connection: Connection, folder: S3Folder, name: str, path: Path, sha256: str) -> None:
    """Put the file at `path` under a name into a folder, encrypted as the bucket's default has it.

    `sha256` is the one that it must have, in hexadecimal: S3 refuses other content (S3 API reference, PutObject,
    `ChecksumSHA256`). An object of this name and content that is there already stays. CouldNotCheck if there is one of
    another content, or if S3 does not take the file.
    """
    place, checksum = f"{folder}/{name}", base64.b64encode(bytes.fromhex(sha256)).decode()
    if (size := path.stat().st_size) > LARGEST_PUT:
        raise CouldNotCheck(f"Store {path} with another tool: it has {size:,} bytes, and one call stores 5 GB at most.")
    with asking(f"S3 to store {place}"):
        try:
            with path.open("rb") as body:
                connection.client("s3").put_object(
                    Bucket=folder.bucket, Key=folder.key(name), Body=body, IfNoneMatch="*",
                    ChecksumAlgorithm="SHA256", ChecksumSHA256=checksum,
                )  # fmt: skip
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != _EXISTS:
                raise
        else:
            return
    # A call that was repeated may have met what it had stored itself.
    if _checksum(connection, folder, name) != checksum:
        raise CouldNotCheck(f"Name another folder: {place} exists and holds something else. Nothing was overwritten.")


def objects_in(connection: Connection, folder: S3Folder) -> Iterator[tuple[str, int]]:
    """Yield name and size of each object in a folder, in the order of their keys; CouldNotCheck if S3 refuses."""
    beginning = folder.key("")
    with asking(f"S3 what is in {folder}"):
        paginator = connection.client("s3").get_paginator("list_objects_v2")
        for page in paginator.paginate(Bucket=folder.bucket, Prefix=beginning):
            for one in page.get("Contents", ()):
                yield one["Key"].removeprefix(beginning), one["Size"]


def get_file(connection: Connection, folder: S3Folder, name: str, path: Path, size: int) -> None:
    """Read an object of `size` bytes into the new file `path`; CouldNotCheck if it has another size by now."""
    read = 0
    with asking(f"S3 for {folder}/{name}"):
        answer = connection.client("s3").get_object(Bucket=folder.bucket, Key=folder.key(name))
        with path.open("xb") as file:
            for chunk in answer["Body"].iter_chunks(_CHUNK):
                read += len(chunk)
                if read > size:
                    break
                file.write(chunk)
    if read != size:
        raise CouldNotCheck(f"Run again: {folder}/{name} was changed while it was read.")


def _checksum(connection: Connection, folder: S3Folder, name: str) -> str:
    with asking(f"S3 what {folder}/{name} holds, which exists"):
        answer = connection.client("s3").head_object(Bucket=folder.bucket, Key=folder.key(name), ChecksumMode="ENABLED")
    return str(answer.get("ChecksumSHA256", ""))
