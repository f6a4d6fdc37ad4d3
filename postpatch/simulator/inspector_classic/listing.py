"""What all Describe and List operations of Inspector Classic share: failed items, pages, patterns and ranges."""

import fnmatch
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from ..wire.pages import Pages
from ..wire.reading import Params
from .arns import Arns, Kind
from .errors import invalid_input

Resource = TypeVar("Resource")

# "The default value is 10. The maximum value is 500" (API reference), while the lists of ARNs that come back hold at
# most 100 (botocore: ListReturnedArnList), so more is answered in pages of 100.
DEFAULT_RESULTS = 10
MOST_RESULTS = 500
MOST_ARNS = 100


def describe(
    arns: Arns, kind: Kind, wanted: Sequence[str], known: Mapping[str, Resource]
) -> tuple[list[Resource], dict[str, Any]]:
    """Find what a Describe operation was asked for, and say of the rest why it failed; the call itself succeeds."""
    found: list[Resource] = []
    failed: dict[str, Any] = {}
    times = Counter(wanted)
    for arn in times:
        complaint = arns.complaint(kind, arn) or ("DUPLICATE_ARN" if times[arn] > 1 else None)
        if complaint is None and arn in known:
            found.append(known[arn])
        else:
            failed[arn] = failed_item(complaint or "ITEM_DOES_NOT_EXIST")
    return found, failed


def failed_item(code: str) -> dict[str, Any]:
    """Write a FailedItemDetails."""
    return {"failureCode": code, "retryable": False}


class Lists:
    """Cut the lists of Inspector Classic into pages."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def cut(
        self, operation: str, params: Params, rows: Callable[[], Sequence[Any]], *, most: int = MOST_ARNS
    ) -> tuple[list[Any], str | None]:
        """Cut one page; `most` is what the output's list holds at most."""
        size = params.get("maxResults", DEFAULT_RESULTS)
        if not 1 <= size <= MOST_RESULTS:
            raise invalid_input("INVALID_MAX_RESULTS", f"maxResults is {size}; it may be 1 to {MOST_RESULTS}")
        return self._pages.cut(
            operation,
            params | {"maxResults": min(size, most)},
            rows,
            default=DEFAULT_RESULTS,
            refuse=lambda message: invalid_input("INVALID_PAGINATION_TOKEN", message),
        )


def named_like(pattern: str | None, name: str) -> bool:
    """Tell whether a name matches a pattern with `*` as its wildcard; no pattern matches all."""
    return pattern is None or fnmatch.fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]"))


def lasts_within(limits: Mapping[str, int] | None, seconds: int) -> bool:
    """Tell whether a duration lies in a DurationRange, both ends included."""
    if not limits:
        return True
    return limits.get("minSeconds", seconds) <= seconds <= limits.get("maxSeconds", seconds)


def falls_within(limits: Mapping[str, datetime] | None, moment: datetime | None) -> bool:
    """Tell whether a moment lies in a TimestampRange, both ends included; what has no moment lies in none."""
    if not limits:
        return True
    return moment is not None and limits.get("beginDate", moment) <= moment <= limits.get("endDate", moment)


def check_range(limits: Mapping[str, Any] | None, first: str, last: str, code: str) -> None:
    """Refuse a range that ends before it begins."""
    if limits and first in limits and last in limits and limits[first] > limits[last]:
        raise invalid_input(code, f"{first} lies after {last}")
