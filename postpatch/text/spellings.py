"""Find a known secret in a text however it is spelled: encoded, wrapped, cut, in another case.

Text and secret are compared by their letters and digits alone, in lower case, after escapes are read; so neither line
ends nor percent signs, neither entities nor quotes in between hide a secret. A base64 or hexadecimal form of it is
sought as one more spelling.
"""

import base64
import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import quote

GRAM = 8  # letters and digits: the shortest piece of a key that is recognised
_SURE = 12  # of a long secret, and of its other forms, whose many pieces would meet an innocent word by chance
_LONG = 64
# One escape each, read once: percent (encoded any number of times; JavaScript's with a u), JSON, Python and C, HTML
# entities and tags.
# Each alternative begins with a plain character, so that `re` passes over a text without any of them quickly.
_ESCAPES = (
    r"%(?:25)*(?P<percent>[0-9A-Fa-f]{2})|%(?:25)*u(?P<script>[0-9A-Fa-f]{4})|\\\\*u(?P<unicode>[0-9A-Fa-f]{4})"
    r"|\\\\*u\{0{0,4}(?P<braced>[0-9A-Fa-f]{1,6})\}|\\\\*x(?P<hex>[0-9A-Fa-f]{2})|\\\\*(?P<octal>[0-3][0-7]{2})"
    r"|\\\\*[abfnrtv0]|&(?:amp;)*#(?P<decimal>[0-9]{1,7});|&(?:amp;)*#[xX](?P<entity>[0-9A-Fa-f]{1,6});"
    r"|&[A-Za-z]{2,8};|</?[A-Za-z]{1,4} ?/?>"
)
_ESCAPE = re.compile(_ESCAPES)
_CHARACTER = re.compile(rf"{_ESCAPES}|[0-9A-Za-z]")
_LOWER = bytes(range(256)).lower()
_OTHERS = bytes(code for code in range(256) if not chr(code).isalnum() or code >= 0x80)
_BASES = {
    "percent": 16, "script": 16, "unicode": 16, "braced": 16, "hex": 16, "octal": 8, "entity": 16, "decimal": 10,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Needle:
    """What is sought: each spelling with its shortest piece, and where in which spelling each gram is.

    `words` are the grams as numbers, as the memory holds them.
    """

    spellings: tuple[tuple[str, int], ...]
    grams: dict[str, tuple[tuple[int, int], ...]]
    words: frozenset[int]

    def found_in(self, flat: str) -> bool:
        """Tell whether a flattened text may hold a piece."""
        return any(self.sampled_in(flat[at:]) for at in range(GRAM))

    def sampled_in(self, flat: str) -> bool:
        """Tell whether a flattened text may hold a piece of 2 * GRAM - 1 at least: each GRAM-th place is looked at."""
        whole = flat.encode()
        return not self.words.isdisjoint(memoryview(whole[: len(whole) // GRAM * GRAM]).cast("Q"))

    def length_at(self, flat: str, at: int) -> int:
        """Return how many characters of a spelling begin at `at`, or 0 if that is too short a piece."""
        lengths = [0]
        for which, offset in self.grams.get(flat[at : at + GRAM], ()):
            spelling, shortest = self.spellings[which]
            length = _common(flat, at, spelling, offset)
            if length >= min(shortest, len(spelling)):
                lengths.append(length)
        return max(lengths)


def needles(secrets: Collection[str]) -> Needle:
    """Return what to seek for some secrets."""
    spellings = tuple(sorted({pair for secret in secrets for pair in _spellings(secret)}))
    grams: dict[str, list[tuple[int, int]]] = {}
    for which, (spelling, _) in enumerate(spellings):
        for offset in range(len(spelling) - GRAM + 1):
            grams.setdefault(spelling[offset : offset + GRAM], []).append((which, offset))
    words = frozenset(int.from_bytes(gram.encode(), sys.byteorder) for gram in grams)
    return Needle(spellings, {gram: tuple(places) for gram, places in grams.items()}, words)


def flattened(text: str) -> str:
    """Return the letters and digits of a text in lower case, with its escapes read."""
    return _ESCAPE.sub(_read, text).encode("ascii", "ignore").translate(_LOWER, _OTHERS).decode()


def pieces(text: str, sought: Needle) -> Iterator[tuple[int, int]]:
    """Yield where in a text pieces of what is sought begin and end, without overlap."""
    places = [(one, found.span()) for found in _CHARACTER.finditer(text) if (one := _letter(found))]
    flat = "".join(one for one, _ in places)
    at = 0
    while at <= len(flat) - GRAM:
        length = sought.length_at(flat, at)
        if length:
            yield places[at][1][0], places[at + length - 1][1][1]
        at += length or 1


def _spellings(secret: str) -> Iterator[tuple[str, int]]:
    whole = flattened(secret)
    yield whole, _SURE if len(whole) > _LONG else GRAM
    # PowerShell encodes UTF-16; what is encoded already may be encoded again.
    for raw in {
        secret.encode(),
        quote(secret, safe="").encode(),
        secret.encode("utf-16-le"),
        base64.b64encode(secret.encode()),
    }:
        yield raw.hex(), _SURE * 2
        # Base64 reads three bytes at a time: a secret inside a text begins at any of the three.
        for lead in range(3):
            encoded = base64.b64encode(b"\0" * lead + raw).decode()
            bits = 8 * (lead + len(raw))
            yield flattened(encoded[-(-8 * lead // 6) : bits // 6]), _SURE


def _common(flat: str, at: int, spelling: str, offset: int) -> int:
    length = GRAM
    longest = min(len(flat) - at, len(spelling) - offset)
    while length < longest and flat[at + length] == spelling[offset + length]:
        length += 1
    return length


def _letter(found: re.Match[str]) -> str:
    one = found[0] if len(found[0]) == 1 else _read(found)
    return one.lower() if one.isascii() and one.isalnum() else ""


def _read(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind is None:
        return ""
    code = int(found[kind], _BASES[kind])
    return chr(code) if code < 0x80 else ""
