"""The limits that botocore's shapes put on a value: enum, length, range, pattern."""

import functools
import math
import re
from collections.abc import Callable
from typing import Any

from botocore.model import Shape


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    # AWS writes patterns for Java: \p{L} letters, \p{N} numbers, \p{Z} separators. Python's re has no such classes;
    # these two groups cover every operation of ours, and a pattern that does not compile is not checked.
    python = pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s").replace(r"\p{L}\p{N}", r"\w")
    try:
        return re.compile(python)
    except re.error:
        return None


@functools.cache
def limits_of(shape: Shape) -> Callable[[Any], str | None] | None:
    """Return what says which limit of `shape` a value breaks, in AWS's words, or nothing if it has no limits.

    A shape's limits are read once for all of its values, because an answer may hold thousands.
    """
    if not getattr(shape, "enum", None) and shape.metadata.keys().isdisjoint(("min", "max", "pattern")):
        return None
    text, size = _limits_of_text(shape), _limits_of_size(shape)
    return lambda value: text(value) if isinstance(value, str) else size(value)


def broken_limit(shape: Shape, value: Any) -> str | None:
    """Say which limit of `shape` the value breaks, in AWS's words, or nothing."""
    broken = limits_of(shape)
    return broken(value) if broken else None


def _limits_of_size(shape: Shape) -> Callable[[Any], str | None]:
    least, most = shape.metadata.get("min", -math.inf), shape.metadata.get("max", math.inf)

    def broken(value: Any) -> str | None:
        measured, noun = (len(value), "have length") if isinstance(value, (list, dict)) else (value, "have value")
        if isinstance(measured, bool) or not isinstance(measured, (int, float)):
            return None
        if measured < least:
            return f"Member must {noun} greater than or equal to {least}"
        return f"Member must {noun} less than or equal to {most}" if measured > most else None

    return broken


def _limits_of_text(shape: Shape) -> Callable[[str], str | None]:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", math.inf)
    pattern = shape.metadata.get("pattern")
    compiled = _compiled(pattern) if pattern else None
    enum = getattr(shape, "enum", None)

    def broken(value: str) -> str | None:
        if enum and value not in enum:
            return f"Member must satisfy enum value set: [{', '.join(enum)}]"
        if len(value) < least:
            return f"Member must have length greater than or equal to {least}"
        if len(value) > most:
            return f"Member must have length less than or equal to {most}"
        if compiled and not compiled.fullmatch(value):
            return f"Member must satisfy regular expression pattern: {pattern}"
        return None

    return broken
