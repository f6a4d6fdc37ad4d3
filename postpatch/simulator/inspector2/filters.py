"""Filter criteria: within one filter the values are alternatives, different filters must all hold.

`NOT_EQUALS` values must all differ. Source: Inspector user guide, "Filtering findings".
"""

from collections.abc import Callable, Sequence
from typing import Any

Row = dict[str, Any]
Look = Callable[[Row], Sequence[Any]]


def matches(row: Row, criteria: dict[str, Any] | None, looks: dict[str, Look]) -> bool:
    """Tell whether a row passes all filters; `looks` finds the row's values for each filter by name."""
    return all(_passes(looks.get(name, _nothing)(row), entries) for name, entries in (criteria or {}).items())


def _nothing(_: Row) -> Sequence[Any]:
    return ()


def _passes(values: Sequence[Any], entries: list[dict[str, Any]]) -> bool:
    refused = [entry for entry in entries if entry.get("comparison") == "NOT_EQUALS"]
    wanted = [entry for entry in entries if entry.get("comparison") != "NOT_EQUALS"]
    if any(_holds(value, entry) for entry in refused for value in values):
        return False
    return not wanted or any(_holds(value, entry) for entry in wanted for value in values)


def _holds(value: Any, entry: dict[str, Any]) -> bool:
    for judge in (_range, _tag, _package, _text):
        verdict = judge(value, entry)
        if verdict is not None:
            return verdict
    return True


def _range(value: Any, entry: dict[str, Any]) -> bool | None:
    bounds = [
        ("startInclusive", "endInclusive"),
        ("lowerInclusive", "upperInclusive"),
        ("beginInclusive", "endInclusive"),
        ("earliestScanStartTime", "latestScanStartTime"),
    ]
    for low, high in bounds:
        if low in entry or (high in entry and low != "beginInclusive"):
            begin, end = value if isinstance(value, tuple) else (value, value)
            return (low not in entry or end >= entry[low]) and (high not in entry or begin <= entry[high])
    return None


def _tag(value: Any, entry: dict[str, Any]) -> bool | None:
    if "key" not in entry:
        return None
    key, text = value
    return bool(key == entry["key"] and ("value" not in entry or text == entry["value"]))


def _package(value: Any, entry: dict[str, Any]) -> bool | None:
    if not isinstance(value, dict):
        return None
    fields = {"architecture": "arch"}
    for name, wanted in entry.items():
        held = value.get(fields.get(name, name))
        refused = wanted.get("comparison") == "NOT_EQUALS"
        if held is None or _holds(held, wanted) == refused:
            return False
    return True


def _text(value: Any, entry: dict[str, Any]) -> bool | None:
    if "value" not in entry:
        return None
    if entry.get("comparison") == "PREFIX":
        return str(value).startswith(entry["value"])
    return bool(value == entry["value"])
