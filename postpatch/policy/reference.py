"""`python -m postpatch.policy.reference`: write docs/policy-reference.md, every key of the policy, from its model."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from postpatch.policy.policy import Policy

PAGE = Path(__file__).parents[2] / "docs" / "policy-reference.md"
_TYPES = {str: "text", int: "whole number", float: "number", bool: "true or false", NoneType: ""}


def page() -> str:
    """Write the page again, from the model that reads a policy."""
    lines = [
        "# Every key of the policy",
        "",
        "Written by `make docs` from the model that reads `verify.toml`. [The policy](policy.md) explains the keys.",
        "A key that is not listed here is refused, with the name that was perhaps meant.",
        "",
    ]
    for name, field in Policy.model_fields.items():
        lines += _section(name, field)
    return "\n".join(lines).rstrip() + "\n"


def _section(name: str, field: FieldInfo) -> Iterator[str]:
    kind, many = _model(field.annotation)
    if kind is None:
        return
    yield f"## `[[{name}]]`" if many else f"## `[{name}]`"
    yield ""
    yield from (*_described(kind), "")
    yield from _keys(kind)
    for key, inner in kind.model_fields.items():
        below, several = _model(inner.annotation)
        if below:
            yield f"### `[[{name}.{key}]]`" if several else f"### `[{name}.{key}]`"
            yield ""
            yield from (*_described(below), "")
            yield from _keys(below)


def _keys(kind: type[BaseModel]) -> Iterator[str]:
    rows = [
        f"| `{field.alias or key}` | {_in_words(field.annotation)} | {_default(field)} |"
        for key, field in kind.model_fields.items()
        if _model(field.annotation)[0] is None
    ]
    if rows:
        yield from ("| key | value | if left out |", "|---|---|---|", *rows, "")


def _described(kind: type[BaseModel]) -> Iterator[str]:
    yield from (inspect.getdoc(kind) or "").splitlines()


def _model(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """Return the model that a field holds, if it holds any, and whether there may be several."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    many = get_origin(annotation) in (list, tuple)
    found = (_model(one)[0] for one in get_args(annotation) if one is not annotation)
    return next(filter(None, found), None), many


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**must be there**"
    value = field.get_default(call_default_factory=True) if field.default_factory is None else None
    if field.default_factory is not None:
        value = field.default_factory()  # type: ignore[call-arg]
    if value is None or value is PydanticUndefined or value in ((), [], {}, ""):
        return "none"
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(one)}' for key, one in value.items())} }}"
    return str(value) if isinstance(value, (int, float)) else f'"{value}"'


def _in_words(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _in_words(inner[0])
    if origin is Literal:
        return " or ".join(f"`{_toml(value)}`" for value in inner)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(filter(None, map(_in_words, inner))))
    if origin in (list, tuple, frozenset):
        return f"list of {_in_words(inner[0])}"
    if origin is dict:
        return f"table: {_in_words(inner[1])} for each {_in_words(inner[0])}"
    if isinstance(annotation, type) and (members := getattr(annotation, "__members__", None)):
        return " or ".join(f"`{_toml(str(one.value))}`" for one in members.values())
    return _TYPES.get(annotation, getattr(annotation, "__name__", "a value"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} is renewed\n")
