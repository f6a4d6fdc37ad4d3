"""`worlds`: list the simulated worlds, with what happened in each."""

import argparse
import sys
from typing import Any

from postpatch.simulator import listing


def add_to(commands: Any) -> None:
    """Declare the command to argparse."""
    parser = commands.add_parser("worlds", help="list the simulated worlds, for --world")
    parser.set_defaults(command=_list)


def _list(_: argparse.Namespace) -> int:
    sys.stdout.write(listing())
    return 0
