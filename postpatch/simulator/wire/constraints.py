"""The limits that botocore's shapes put on a value: enum, length, range, pattern."""

import functools
import re
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


def has_limits(shape: Shape) -> bool:
    """Tell whether a value of `shape` can break a limit."""
    return bool(getattr(shape, "enum", None)) or not shape.metadata.keys().isdisjoint(("min", "max", "pattern"))


def broken_limit(shape: Shape, value: Any) -> str | None:
    """Say which limit of `shape` the value breaks, in AWS's words, or nothing."""
    limits = shape.metadata
    if isinstance(value, str):
        return _broken_text(shape, value)
    measured, noun = (len(value), "have length") if isinstance(value, (list, dict)) else (value, "have value")
    if isinstance(measured, bool) or not isinstance(measured, (int, float)):
        return None
    if "min" in limits and measured < limits["min"]:
        return f"Member must {noun} greater than or equal to {limits['min']}"
    if "max" in limits and measured > limits["max"]:
        return f"Member must {noun} less than or equal to {limits['max']}"
    return None


def _broken_text(shape: Shape, value: str) -> str | None:
    limits = shape.metadata
    enum = getattr(shape, "enum", None)
    if enum and value not in enum:
        return f"Member must satisfy enum value set: [{', '.join(enum)}]"
    if "min" in limits and len(value) < limits["min"]:
        return f"Member must have length greater than or equal to {limits['min']}"
    if "max" in limits and len(value) > limits["max"]:
        return f"Member must have length less than or equal to {limits['max']}"
    if pattern := limits.get("pattern"):
        compiled = _compiled(pattern)
        if compiled and not compiled.fullmatch(value):
            return f"Member must satisfy regular expression pattern: {pattern}"
    return None
