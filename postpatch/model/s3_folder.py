"""A folder in S3: a bucket, and what the keys of its objects begin with."""

import re
from dataclasses import dataclass

from postpatch.errors import BadOptions

SCHEME = "s3://"
# Bucket names, and the characters that are safe in a key (S3 user guide, "General purpose bucket naming rules" and
# "Naming Amazon S3 objects"), with the = of a partitioned folder.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9!_.*'()=-]+", re.ASCII)


@dataclass(frozen=True)
class S3Folder:
    """A bucket and a prefix of keys, which ends without a slash and may be empty."""

    bucket: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.prefix}" if self.prefix else f"{SCHEME}{self.bucket}"

    def below(self, name: str) -> "S3Folder":
        """Return the folder of a name in this one."""
        return S3Folder(self.bucket, self.key(name))

    def key(self, name: str) -> str:
        """Return the key of an object of a name in this folder."""
        return f"{self.prefix}/{name}" if self.prefix else name


def s3_folder(text: str) -> S3Folder:
    """Return the folder that `s3://BUCKET/PREFIX` names, with or without a prefix; BadOptions if it names none."""
    bucket, _, prefix = text.removeprefix(SCHEME).partition("/")
    prefix = prefix.removesuffix("/")
    segments = prefix.split("/") if prefix else []
    if not (text.startswith(SCHEME) and _BUCKET.fullmatch(bucket) and all(map(_SEGMENT.fullmatch, segments))):
        raise BadOptions(
            f"Name a folder in S3 as s3://BUCKET or s3://BUCKET/PREFIX, with letters, digits and !_.*'()=- between the "
            f"slashes: {text!a} is none."
        )
    return S3Folder(bucket, prefix)
