"""The folders that a command names: on this machine, or in S3, from where they are fetched for the command."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from postpatch.errors import BadOptions
from postpatch.model import SCHEME, S3Folder, s3_folder

Place = Path | S3Folder
METAVAR = "DIR|s3://…"


def place(text: str) -> Place:
    """Return the folder that a word of the command line names, for argparse."""
    return folder_in_s3(text) if text.startswith(SCHEME) else Path(text)


def folder_in_s3(text: str) -> S3Folder:
    """Return the folder in S3 that a word of the command line names, for argparse."""
    try:
        return s3_folder(text)
    except BadOptions as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_endpoint_to(parser: Any) -> None:
    """Declare where S3 answers, if not at AWS."""
    help_text = "with s3://…: another endpoint than AWS, such as a simulated one on loopback"
    parser.add_argument("--endpoint-url", default="", metavar="URL", help=help_text)


@contextmanager
def at_hand(places: Sequence[Place], endpoint_url: str) -> Iterator[list[Path]]:
    """Return the folders as folders on this machine, in order; what was fetched is gone when the block ends.

    BadEvidence and CouldNotCheck as `fetched`.
    """
    with ExitStack() as stack:
        yield [one if isinstance(one, Path) else _fetched(stack, one, endpoint_url) for one in places]


def _fetched(stack: ExitStack, folder: S3Folder, endpoint_url: str) -> Path:
    # Imported here: what reads this machine's folders needs no boto3.
    from postpatch.aws.s3 import s3_connection
    from postpatch.run.stored import fetched

    return stack.enter_context(fetched(folder, s3_connection(endpoint_url=endpoint_url)))
