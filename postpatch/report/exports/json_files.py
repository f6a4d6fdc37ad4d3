"""JSON files written piece by piece, without a credential: a fleet's findings are never held in memory."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

from postpatch.text.characters import escaped_in_json
from postpatch.text.credentials import redacted_values


def write_lines(path: Path, values: Iterable[Mapping[str, Any]]) -> None:
    """Write a JSON value on each line; no file if there is none."""
    pending = (_text(value) for value in values)
    if (first := next(pending, None)) is None:
        return
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{first}\n")
        file.writelines(f"{text}\n" for text in pending)


def write_document(path: Path, head: Mapping[str, Any], name: str, values: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object: the members of `head`, and `name` with a list of values; no file if the list is empty."""
    pending = (_text(value) for value in values)
    if (first := next(pending, None)) is None:
        return
    with path.open("w", encoding="utf-8") as file:
        members = "".join(f"{_text(key)}: {_text(value)},\n" for key, value in head.items())
        file.write(f"{{\n{members}{_text(name)}: [\n{first}")
        _rest(file, pending)
        file.write("\n]\n}\n")


def write_value(path: Path, value: Mapping[str, Any]) -> None:
    """Write one JSON object that is small enough to be held in memory."""
    text = json.dumps(redacted_values(value), indent=1, ensure_ascii=False)
    path.write_text(f"{escaped_in_json(text)}\n", encoding="utf-8")


def _rest(file: TextIO, texts: Iterable[str]) -> None:
    for text in texts:
        file.write(f",\n{text}")


def _text(value: Any) -> str:
    return escaped_in_json(json.dumps(redacted_values(value), ensure_ascii=False))
