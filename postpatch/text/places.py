"""Keep the folders of this machine out of what is kept: who reads a pack elsewhere learns nothing from them."""

import re
import sys
from functools import lru_cache
from pathlib import Path

_named: dict[str, str] = {}


def name_place(folder: Path, name: str) -> None:
    """Have a folder of this run called by a name, wherever it occurs in what is kept."""
    _named[str(folder.absolute())] = name


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
