"""`evidence store`: put a pack into S3, with its signatures; `pytest -m verify --store` does it after a run."""

import argparse
from typing import Any

from postpatch.commands.places import folder_in_s3
from postpatch.evidence.pack import digest


def add_to(ways: Any) -> Any:
    """Declare the command to argparse, and return its parser."""
    return ways.add_parser("store", help="put the pack into S3, with its signatures, where nothing is overwritten")


def add_target_to(parser: Any) -> None:
    """Declare where the pack goes, after the pack itself."""
    help_text = "the folder in S3; the pack gets a folder of its own in it"
    parser.add_argument("to", type=folder_in_s3, metavar="s3://BUCKET/PREFIX", help=help_text)


def store(options: argparse.Namespace) -> str:
    """Put the pack in `options.folder` into S3, and return where it is, in words; CouldNotCheck if S3 refuses."""
    # Imported here because boto3 loads slowly, and other commands do not need it.
    from postpatch.aws.s3 import s3_connection
    from postpatch.run.stored import store_pack

    sealed = digest(options.folder)
    connection = s3_connection(endpoint_url=options.endpoint_url, storing=True)
    return f"stored: {store_pack(options.folder, sealed, options.to, connection)}, sha256 {sealed}"
