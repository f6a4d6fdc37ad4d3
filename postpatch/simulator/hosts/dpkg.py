"""dpkg's versions, compared as dpkg compares them.

Source of the rules: Debian Policy, section 5.6.12, "Version".
"""

import functools
import re
from dataclasses import dataclass

from .rpm import Evr

_PARTS = re.compile(r"(\D*)(\d*)")


@functools.lru_cache(maxsize=100_000)
def dpkg_compare(one: str, other: str) -> int:
    """Compare two upstream versions or two revisions; return -1, 0 or 1.

    Runs without digits and runs of digits alternate. The first compare as text in which `~` sorts before the end,
    the end before letters and letters before all else; the second as numbers.
    """
    for (text, number), (other_text, other_number) in _pairs(one, other):
        left, right = _weights(text), _weights(other_text)
        if left != right:
            return -1 if left < right else 1
        difference = int(number or 0) - int(other_number or 0)
        if difference:
            return -1 if difference < 0 else 1
    return 0


def _pairs(one: str, other: str) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    left, right = _PARTS.findall(one), _PARTS.findall(other)
    length = max(len(left), len(right))
    padding = ("", "")
    return list(
        zip(
            [*left, *[padding] * (length - len(left))],
            [*right, *[padding] * (length - len(right))],
            strict=True,
        )
    )


def _weights(text: str) -> list[int]:
    # The end of a text, 0, lies between `~` and the letters.
    return [-1 if char == "~" else ord(char) if char.isalpha() else ord(char) + 256 for char in text] + [0]


@functools.total_ordering
@dataclass(frozen=True)
class DpkgVersion(Evr):
    """A version of a Debian package: `version` is the upstream version, `release` Debian's revision, if it has one."""

    @classmethod
    def parse(cls, text: str) -> "DpkgVersion":
        """Read `[epoch:]upstream[-revision]`; the last hyphen begins the revision."""
        epoch, colon, rest = text.partition(":")
        upstream, hyphen, revision = (rest if colon else text).rpartition("-")
        return cls(int(epoch) if colon else 0, upstream if hyphen else revision, revision if hyphen else "")

    @property
    def bare(self) -> str:
        """Write it as dpkg does."""
        return self.text

    @property
    def text(self) -> str:
        """Write it as dpkg does: no epoch where it is 0."""
        revision = f"-{self.release}" if self.release else ""
        return f"{f'{self.epoch}:' if self.epoch else ''}{self.version}{revision}"

    def __str__(self) -> str:
        """Write it as Inspector does, always with its epoch."""
        return self.text if self.epoch else f"0:{self.text}"

    def __lt__(self, other: Evr) -> bool:
        """Tell whether this is the older one, as dpkg orders them."""
        if self.epoch != other.epoch:
            return self.epoch < other.epoch
        return (dpkg_compare(self.version, other.version) or dpkg_compare(self.release, other.release)) < 0
