"""RPM versions, compared as rpm compares them.

Source of the rules: rpm's documentation, "rpm-version" manual page, and the cases of its own test suite
(rpm-software-management/rpm, tests/rpmvercmp.at).
"""

import functools
import re
from dataclasses import dataclass

_SEGMENT = re.compile(r"\d+|[A-Za-z]+|~|\^")


@functools.lru_cache(maxsize=100_000)
def rpmvercmp(one: str, other: str) -> int:
    """Compare two version or release strings; return -1, 0 or 1.

    Runs of digits compare as numbers, runs of letters as text, a number is newer than letters, more segments are
    newer; `~` sorts before everything, even the end (pre-releases), `^` after the end but before any other segment.
    """
    left, right = _SEGMENT.findall(one), _SEGMENT.findall(other)
    for mine, theirs in zip(left, right, strict=False):
        if order := _compare_segments(mine, theirs):
            return order
    if len(left) == len(right):
        return 0
    longer, sign = (left, 1) if len(left) > len(right) else (right, -1)
    return -sign if longer[min(len(left), len(right))] == "~" else sign


def _compare_segments(mine: str, theirs: str) -> int:
    if mine == theirs:
        return 0
    for mark in ("~", "^"):
        if mark in (mine, theirs):
            return -1 if mine == mark else 1
    if mine[0].isdigit() and theirs[0].isdigit():
        return (int(mine) > int(theirs)) - (int(mine) < int(theirs))
    if mine[0].isdigit() != theirs[0].isdigit():
        return 1 if mine[0].isdigit() else -1
    return 1 if mine > theirs else -1


@functools.total_ordering
@dataclass(frozen=True)
class Evr:
    """Epoch, version and release of a package, ordered as rpm orders them."""

    epoch: int
    version: str
    release: str

    @classmethod
    def parse(cls, text: str) -> "Evr":
        """Read `epoch:version-release`; without an epoch it is 0."""
        epoch, colon, rest = text.partition(":")
        version, _, release = (rest if colon else text).partition("-")
        return cls(int(epoch) if colon else 0, version, release)

    @property
    def bare(self) -> str:
        """Write `version-release`, without the epoch."""
        return f"{self.version}-{self.release}"

    def __str__(self) -> str:
        """Write `epoch:version-release`, as Inspector and Patch Manager do."""
        return f"{self.epoch}:{self.version}-{self.release}"

    def __lt__(self, other: "Evr") -> bool:
        """Tell whether this is the older one, as rpm orders them."""
        if self.epoch != other.epoch:
            return self.epoch < other.epoch
        return (rpmvercmp(self.version, other.version) or rpmvercmp(self.release, other.release)) < 0
