"""The published schema of `verify.json` is what the code makes, and closed."""

from collections.abc import Iterator
from typing import Any

from postpatch.report.schema import SCHEMA, as_text, json_schema


def test_the_published_schema_is_the_codes() -> None:
    """docs/verify.schema.json is what the code makes; renew it with `make docs`."""
    assert SCHEMA.read_text(encoding="utf-8") == as_text()


def _objects(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "properties" in part:
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _objects(one)


def test_the_schema_is_closed() -> None:
    """No object of the schema allows a key that it does not name, nor lets one be left out."""
    objects = list(_objects(json_schema()))
    assert len(objects) > 10
    for one in objects:
        assert one["additionalProperties"] is False
        assert set(one["required"]) == one["properties"].keys()
