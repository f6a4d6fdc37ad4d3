"""A pair of exported files, and what its defect must turn."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Pair:
    """Two exports whose comparison looks good, and what must come out. `spoil` is done to the later file.

    `good` is the later file without the defect, where that is not the one of GOOD. `form` is how both are written.
    Where the files are `refused`, no check is run: these words say why.
    """

    name: str
    defect: str
    before: Rows
    later: Rows
    red: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()
    refused: str = ""
    spoil: Callable[[Path], object] = field(default=lambda _: None)
    good: Rows = field(default_factory=list)
    form: Callable[[Rows], object] = field(default=lambda rows: {"findings": rows})


def half(path: Path) -> None:
    """Cut off the end of a file."""
    path.write_bytes(path.read_bytes()[:-200])


def replaced(old: bytes, new: bytes) -> Callable[[Path], object]:
    def replace(path: Path) -> None:
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new, 1))

    return replace
