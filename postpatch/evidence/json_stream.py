"""Read JSON values one by one from a stream of bytes, and report the place of a problem.

The standard library decodes each value; only the window around it is ours. A parser such as ijson would stream too,
but it does not tell the line and column at which a file breaks off.
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

from postpatch.errors import BadEvidence

# Some findings' worth: each one's place is counted from the window's start, so a large window would cost more time.
CHUNK = 1 << 16

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"[-+.0-9eE]*")
# An escape in a JSON text; `lone` is half of a character beyond the first 65,536 without the other half.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)
# The longest piece of JSON that a window's end can cut so that the error stands before it: "\\uD83D\\uD" or a literal.
_LONGEST_CUT = 12


class JsonStream:
    """A window that moves over one or more JSON documents; it holds the value at hand and up to a chunk more."""

    def __init__(self, stream: BinaryIO, chunk: int = CHUNK) -> None:
        self._stream = stream
        self._chunk = chunk
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_no_repetition)
        self._text = ""
        self._at = 0
        self._line, self._column, self._bytes = 1, 1, 0
        self._ended = False

    def place(self, index: int | None = None) -> str:
        """Return the place of the next character, or of the one at `index` of the window, in words."""
        end = self._at if index is None else index
        lines = self._text.count("\n", 0, end)
        column = end - self._text.rfind("\n", 0, end) if lines else self._column + end
        return f"line {self._line + lines}, column {column}"

    def peek(self) -> str:
        """Return the next character that is not space, or an empty text at the end."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, expected: str) -> str:
        """Return the next character, which must be one of `expected`, and move past it."""
        found = self.peek()
        if not found:
            raise BadEvidence(f"{self.place()}: the JSON is cut off where {_either(expected)} must follow")
        if found not in expected:
            raise BadEvidence(f"{self.place()}: expected {_either(expected)}, found {found!r}")
        self._at += 1
        return found

    def value(self) -> object:
        """Return the next value, whole, and move past it."""
        self.peek()
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._may_be_cut(error) and self._more():
                    continue
                self._refuse(error)
            except (RecursionError, ValueError) as error:
                raise BadEvidence(f"{self.place()}: not a readable JSON value: {error}") from error
            if isinstance(value, int | float) and self._may_go_on(end) and self._more():
                continue
            self._refuse_surrogate(end)
            self._at = end
            return value

    def elements(self) -> Iterator[None]:
        """Yield before each element of the list at this place; the caller takes the element."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        yield None
        while self.take(",]") == ",":
            yield None

    def members(self) -> Iterator[str]:
        """Yield the name of each member of the object at this place; the caller takes the member's value."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        names: set[str] = set()
        yield self._name(names)
        while self.take(",}") == ",":
            yield self._name(names)

    def _name(self, known: set[str]) -> str:
        if self.peek() != '"':
            self.take('"')
        place, name = self.place(), str(self.value())
        if name in known:
            raise BadEvidence(f"{place}: {_repeated(name)}")
        known.add(name)
        self.take(":")
        return name

    def _refuse_surrogate(self, end: int) -> None:
        # Half a character, which no UTF-8 can hold; JSON can only write it as an escape.
        if self._text.find("\\u", self._at, end) < 0:
            return
        for escape in _ESCAPE.finditer(self._text, self._at, end):
            if escape["lone"]:
                place = self.place(escape.start())
                raise BadEvidence(f"{place}: the text holds half a character (a lone surrogate), {escape[0]}")

    def _may_be_cut(self, error: json.JSONDecodeError) -> bool:
        if error.msg.startswith("Unterminated string"):
            return True
        return not self._text[error.pos + _LONGEST_CUT :].strip()

    def _may_go_on(self, end: int) -> bool:
        # "0." at the window's end reads as 0: a number is over only where something else follows it.
        number = _NUMBER.match(self._text, end)
        return number is not None and number.end() == len(self._text)

    def _refuse(self, error: json.JSONDecodeError) -> NoReturn:
        if self._may_be_cut(error):
            begin, end = self.place(), self.place(len(self._text))
            message = f"{end}: the JSON is cut off within the value that begins at {begin}"
        else:
            message = f"{self.place(error.pos)}: not JSON: {error.msg}"
        raise BadEvidence(message) from error

    def _more(self) -> bool:
        """Move the window's start to the current place and its end a chunk further; return whether there was more."""
        if self._ended:
            return False
        lines = self._text.count("\n", 0, self._at)
        self._column = self._at - self._text.rfind("\n", 0, self._at) if lines else self._column + self._at
        self._line += lines
        rest = self._text[self._at :]
        # Reading as much again as is held keeps the retries of one long value linear.
        data = self._stream.read(max(self._chunk, len(rest)))
        self._ended = not data
        self._text, self._at = rest + self._decode(data), 0
        return not self._ended

    def _decode(self, data: bytes) -> str:
        pending = len(self._utf8.getstate()[0])
        try:
            text = self._utf8.decode(data, final=not data)
        except UnicodeDecodeError as error:
            offset = self._bytes - pending + error.start
            raise BadEvidence(f"byte offset {offset}: the text is cut off or not UTF-8: {error.reason}") from error
        self._bytes += len(data)
        return text


def _either(characters: str) -> str:
    return " or ".join(repr(character) for character in characters)


def _no_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(_repeated(next(name for name in names if names.count(name) > 1)))
    return value


def _repeated(name: str) -> str:
    return f"the name {name!r:.80} stands twice in one object, so which of its values counts is not known"


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
