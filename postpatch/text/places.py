"""Keep the folders of this machine out of what is kept: who reads a pack elsewhere learns nothing from them.

A folder may have a name: that of a run, or the address in S3 that a temporary one was fetched from.
"""

import re
import sys
from functools import lru_cache
from pathlib import Path

_named: dict[str, str] = {}


def name_place(folder: Path, name: str) -> None:
    """Have a folder of this run called by a name, wherever it occurs in what is kept."""
    _named[str(folder.absolute())] = name


def with_names(text: str) -> str:
    """Return a text in which the folders that were given a name are called by it, and every other path is as it was."""
    return _sought(frozenset(_named)).sub(lambda found: _named[found[0]], text) if _named else text


def name_of(folder: Path) -> str:
    """Return what a folder is called that was given a name, or is below one; nothing if it was not."""
    path = str(folder)
    return named if (named := with_names(path)) != path else ""


def without_places(text: str) -> str:
    """Return a text in which no path begins at this machine's root: those of a run begin at their folder's name.

    Below the current folder a path is written relative to it, below the user's own with `~`, in Python's with
    `(python)`.
    """
    usual = {str(Path.cwd()): ".", str(Path.home()): "~", sys.prefix: "(python)", sys.base_prefix: "(python)"}
    roots = usual | _named
    return _sought(frozenset(roots)).sub(lambda found: roots[found[0]], text)


@lru_cache(maxsize=8)
def _sought(roots: frozenset[str]) -> re.Pattern[str]:
    # The deepest first; a root of one or two letters, such as `/`, names nothing.
    longest = sorted((root for root in roots if len(root) > 2), key=len, reverse=True)
    return re.compile(rf"(?<![\w.~-])(?:{'|'.join(map(re.escape, longest))})(?![\w.-])")
