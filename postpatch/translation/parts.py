"""A part of a finding's document, read field by field; what is not as it must be is refused by name."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NoReturn

from postpatch.errors import BadEvidence
from postpatch.translation.times import parse_time

_ABSURD = 1e6
_FAR = 253_402_300_800_000  # milliseconds until the year 10000
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,17})?", re.ASCII)
# The largest whole number that a snapshot's columns hold; no port, epoch or count comes near it.
_LARGEST = 2**31 - 1


class Part:
    """An object within a finding as Inspector writes it: `where` is its path from the finding, `owner` names that.

    A field that is absent and one that is null are the same. Every method raises BadEvidence that names the owner and
    the field when a value is there and is not of its kind, or when a field is required and is not there.
    """

    def __init__(self, owner: str, where: str, fields: Mapping[str, object]) -> None:
        self._owner = owner
        self._where = where
        self._fields = fields

    def has(self, name: str) -> bool:
        """Tell whether the field is there."""
        return self._fields.get(name) is not None

    def refuse(self, name: str, problem: str) -> NoReturn:
        """Raise BadEvidence about the field: `problem` completes the sentence that begins with its path."""
        raise BadEvidence(f"{self._owner}: {self._path(name)} {problem}")

    def text(self, name: str) -> str:
        """Return a required text that is not empty."""
        value = self.optional_text(name)
        if not value:
            self.refuse(name, "is missing")
        return value

    def texts(self) -> tuple[tuple[str, str], ...]:
        """Return all fields, which must be texts, by name."""
        return tuple(sorted((name, self.optional_text(name) or "") for name in self._fields))

    def optional_text(self, name: str) -> str | None:
        """Return a text, or None where there is none."""
        value = self._fields.get(name)
        if value is not None and not isinstance(value, str):
            self.refuse(name, f"is {value!r:.80}, not a text")
        return value

    def optional_texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list, or none where it is missing."""
        values = self._fields.get(name) or []
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            self.refuse(name, "is not a list of texts")
        return tuple(values)

    def one_of(self, name: str, kinds: Collection[str]) -> str:
        """Return a required text that is one of `kinds`."""
        value = self.text(name)
        if value not in kinds:
            self.refuse(name, f"is {value!r:.80}, not one of {', '.join(kinds)}")
        return value

    def optional_one_of(self, name: str, kinds: Collection[str]) -> str | None:
        """Return one of `kinds`, or None where there is none."""
        return self.one_of(name, kinds) if self.has(name) else None

    def whole_number(self, name: str) -> int:
        """Return a required whole number, from 0 up, that four bytes hold."""
        value = self._fields.get(name)
        if value is None:
            self.refuse(name, "is missing")
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
            self.refuse(name, f"is {value!r:.80}, not a whole number")
        return value

    def optional_number(self, name: str) -> float | None:
        """Return a finite number, or None where there is none."""
        value = self._fields.get(name)
        if value is None:
            return None
        # No score comes near the bound; it keeps infinity, NaN and integers beyond a float's range out.
        if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < _ABSURD:
            self.refuse(name, f"is {value!r:.80}, not a number")
        return float(value)

    def optional_time(self, name: str) -> datetime | None:
        """Return a time in UTC from any of AWS's spellings, or None where there is none."""
        value = self._fields.get(name)
        if value is None:
            return None
        try:
            return parse_time(value)
        except ValueError as error:
            where = f"{self._owner}: {self._path(name)}"
            raise BadEvidence(f"{where} is {value!r:.80}, not a readable time: {error}") from error

    def optional_milliseconds(self, name: str) -> datetime | None:
        """Return a time in UTC that is written as milliseconds since the epoch, or None where there is none."""
        value = self._fields.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _FAR:
            self.refuse(name, f"is {value!r:.80}, not a time in milliseconds")
        return parse_time(value / 1000)

    def optional_truth(self, name: str) -> bool | None:
        """Return true or false, or None where there is neither."""
        value = self._fields.get(name)
        if value is not None and not isinstance(value, bool):
            self.refuse(name, f"is {value!r:.80}, neither true nor false")
        return value

    def optional_number_in_text(self, name: str) -> float | None:
        """Return a finite number, which may be written as a text, or None where there is none."""
        value = self._fields.get(name)
        if not isinstance(value, str):
            return self.optional_number(name)
        if not _NUMBER.fullmatch(value):
            self.refuse(name, f"is {value!r:.80}, not a number")
        return float(value)

    def part(self, name: str) -> "Part":
        """Return a required object."""
        if not self.has(name):
            self.refuse(name, "is missing")
        return self.optional_part(name)

    def optional_part(self, name: str) -> "Part":
        """Return an object, empty where there is none."""
        value = self._fields.get(name)
        if value is not None and not isinstance(value, Mapping):
            self.refuse(name, f"is {value!r:.80}, not an object")
        return Part(self._owner, self._path(name), value or {})

    def parts(self, name: str) -> list["Part"]:
        """Return a list of objects, empty where there is none."""
        value = self._fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.refuse(name, f"is {value!r:.80}, not a list")
        parts = []
        for index, item in enumerate(value):
            where = f"{name}[{index}]"
            if not isinstance(item, Mapping):
                self.refuse(where, f"is {item!r:.80}, not an object")
            parts.append(Part(self._owner, self._path(where), item))
        return parts

    def _path(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name
