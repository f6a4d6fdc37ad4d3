"""Store each frozen value in its own file, so that processes share evidence and not handles."""

import json
import os
import shutil
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from postpatch.errors import BadEvidence
from postpatch.text.characters import escaped_in_json
from postpatch.text.credentials import redacted, redacted_values


def keep(path: Path, value: object, kind: Any) -> None:
    """Write a value of `kind` as JSON to `path`, completely or not at all."""
    text = reader_of(kind).dump_json(value, indent=1).decode()
    if redacted(text) != text:  # text by text, so that it stays JSON
        text = json.dumps(redacted_values(json.loads(text)), indent=1, ensure_ascii=False)
    replace_text(path, f"{escaped_in_json(text)}\n")


def read_kept(path: Path, kind: Any) -> Any:
    """Read what `keep` wrote at `path` as a `kind`; BadEvidence if it is missing or not such a value."""
    try:
        return reader_of(kind).validate_json(path.read_bytes(), context={"folder": path.parent})
    except OSError as error:
        raise BadEvidence(f"Run the suite again: {path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise BadEvidence(f"Run the suite again: {path} has unexpected content: {error}") from error


@cache
def reader_of(kind: Any) -> TypeAdapter[Any]:
    """Return what reads and writes values of `kind` as JSON: to build it takes longer than to read one with it."""
    return TypeAdapter(kind)


def replace_text(path: Path, text: str) -> None:
    """Write `text` to `path` in UTF-8, whole or not at all."""
    replace_bytes(path, text.encode())


def replace_bytes(path: Path, content: bytes) -> None:
    """Write `content` to a temporary file beside `path`, then rename it, so that a reader never sees a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def link_or_copy(source: Path, target: Path) -> None:
    """Have the file at `source` at `target` as well, whole or not at all, in place of what was there."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        linked(source, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def linked(source: Path, target: Path) -> None:
    """Link the file at `source` to `target`, which is not there; copy it where the disk is another or has no links."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
