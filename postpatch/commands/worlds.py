"""`worlds`: list the simulated worlds, with what happened in each."""

import argparse
import sys
from typing import Any

from postpatch.simulator import listing, overview


def add_to(commands: Any) -> None:
    """Declare the command to argparse."""
    parser = commands.add_parser("worlds", help="list the simulated worlds, for --world")
    parser.add_argument("word", nargs="?", default="", help="list those with this word in name, checks or story")
    parser.add_argument("--all", action="store_true", help="list every world with its story")
    parser.set_defaults(command=_list)


def _list(options: argparse.Namespace) -> int:
    """Return 0, or 1 if no world has the word."""
    if options.word or options.all:
        sys.stdout.write(found := listing(options.word))
        return 0 if found else 1
    sys.stdout.write(
        f"{overview()}\npostpatch worlds WORD lists those with a word, such as kernel or FIND-4; --all lists all.\n"
    )
    return 0
