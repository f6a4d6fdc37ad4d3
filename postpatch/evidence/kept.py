"""Keep one frozen value a file, so that evidence and not handles crosses processes."""

import json
import os
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from postpatch.errors import BadEvidence


def keep(path: Path, value: object, kind: Any) -> None:
    """Write a value of `kind` as JSON to `path`, whole or not at all."""
    replace_text(path, TypeAdapter(kind).dump_json(value, indent=1).decode() + "\n")


def read_kept(path: Path, kind: Any) -> Any:
    """Read what `keep` wrote at `path` as a `kind`; BadEvidence if it is missing or not such a value."""
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes(), context={"folder": path.parent})
    except OSError as error:
        raise BadEvidence(f"Run the suite again: {path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise BadEvidence(f"Run the suite again: {path} does not hold what it should: {error}") from error


def replace_text(path: Path, text: str) -> None:
    """Write `text` to a temporary file beside `path`, then rename, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def replace_json(path: Path, document: object) -> None:
    """Write a JSON document to `path`, whole or not at all."""
    replace_text(path, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
