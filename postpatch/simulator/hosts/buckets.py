"""S3 as a host sees it: the files that it is told to download."""

import re
from typing import Any

# Both forms that the documents take: Systems Manager user guide, "Using the BaselineOverride parameter".
_S3_PATH = re.compile(r"s3://([^/]+)/(.+)")
_S3_URL = re.compile(r"https://s3[.-][a-z0-9-]*\.?amazonaws\.com/([^/]+)/(.+)|https://([^./]+)\.s3[a-z0-9.-]*/(.+)")


class DownloadFailed(Exception):
    """Say why a host could not have a file."""


class Buckets:
    """Read the objects that moto keeps; `refused` holds the buckets that the hosts' roles may not read."""

    def __init__(self, account: str) -> None:
        from moto.s3.models import s3_backends

        self.refused: set[str] = set()
        self._backend: Any = s3_backends[account]["aws"]

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Keep one object, in a bucket that is made if it is missing."""
        if bucket not in self._backend.buckets:
            self._backend.create_bucket(bucket, "us-east-1")
        self._backend.put_object(bucket, key, body)

    def region_of(self, bucket: str) -> str | None:
        """Name the Region of a bucket, or None where the account has none of this name."""
        kept = self._backend.buckets.get(bucket)
        return str(kept.region_name) if kept else None

    def read(self, place: str) -> bytes:
        """Read one object by its s3:// path or https:// address; DownloadFailed if there is none, or none to be had."""
        found = _S3_PATH.fullmatch(place) or _S3_URL.fullmatch(place)
        if not found:
            raise DownloadFailed(f"{place} is neither an S3 path nor an S3 address")
        bucket, key = [text for text in found.groups() if text]
        if bucket in self.refused:
            raise DownloadFailed(f"Access denied to {place}: HTTP 403")
        kept = self._backend.buckets.get(bucket)
        entry = kept.keys.get(key) if kept else None
        if entry is None:
            raise DownloadFailed(f"Unable to download file from S3: {place}")
        return bytes(entry.value)
