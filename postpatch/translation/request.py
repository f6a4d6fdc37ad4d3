"""What a recorded ListFindings request asked for, in one form, so that two lists of findings can be compared.

The members are those of https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListFindings.html; `nextToken`,
`maxResults` and `sortCriteria` change neither which findings are listed nor what is said of them.
"""

import json
import re
from collections.abc import Iterable, Mapping

_REGIONS = ("region", "awsRegion")
_ACCOUNTS = ("account", "accountId", "awsAccountId")
_ENDPOINTS = ("uri", "url", "endpoint")
_ENDPOINT_REGION = re.compile(r"inspector2(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws|api\.aws)")
_STATUS = "findingStatus"
_CLOSED = {"comparison": "EQUALS", "value": "CLOSED"}
# A finding that stays leaves such a list by itself: the list holds what was observed or changed within a time.
_MOVING = ("lastObservedAt", "updatedAt")
# So does one whose package was updated to a version that is still not the fixed one.
_VERSIONS = ("version", "epoch", "release")
# A finding that stays leaves such a list where its rating or its fix changes.
_CHANGING = frozenset({"severity", "inspectorScore", "epssScore", "fixAvailable", "exploitAvailable", "title"})


def asked_for(request: Mapping[str, object], beside: Mapping[str, object]) -> str:
    """Return what a request asked for as canonical JSON: its filters, and region and account where they are recorded.

    `beside` are the members that were recorded beside the request, such as `uri`.
    """
    where = {**beside, **request}
    asked = {
        "filterCriteria": _criteria(request.get("filterCriteria")),
        "region": _first(where, _REGIONS) or _region_of(_first(where, _ENDPOINTS)),
        "account": _first(where, _ACCOUNTS),
    }
    return _canonical({name: value for name, value in asked.items() if value})


def all_asked(requests: Iterable[str]) -> str:
    """Return what several requests asked for together, each once, as canonical JSON; nothing for no request."""
    distinct = sorted(set(requests))
    return f"[{','.join(distinct)}]" if distinct else ""


def same_request(before: str, later: str) -> bool:
    """Tell whether two lists were asked for alike; the later one may ask for CLOSED findings as well.

    Region and account count where both record them. A list that was not recorded is like no other.
    """
    if not before or not later:
        return False
    first, second = json.loads(before), json.loads(later)
    for name in ("region", "account"):
        if not all(asked.get(name) for asked in (*first, *second)):
            first, second = ([_without(asked, name) for asked in side] for side in (first, second))
    earlier = _set(first)
    return earlier in (_set(second), _set(_without_closed(asked) for asked in second))


def shows_all_that_is_left(asked: str) -> bool:
    """Tell whether a finding that stays cannot leave a list like this, by time alone or by a new version."""
    criteria = [one.get("filterCriteria", {}) for one in json.loads(asked)] if asked else []
    packages = [filter_ for one in criteria for filter_ in one.get("vulnerablePackages", ())]
    by_version = any(name in filter_ for filter_ in packages for name in _VERSIONS)
    return bool(criteria) and not by_version and not any(name in one for one in criteria for name in _MOVING)


def leaves_out_suppressed(asked: str) -> bool:
    """Tell whether a recorded request asked for other statuses than SUPPRESSED."""
    filters = [one.get("filterCriteria", {}).get(_STATUS) for one in json.loads(asked)] if asked else []
    return any(found and "SUPPRESSED" not in {one.get("value") for one in found} for found in filters)


def changing_filters(asked: str) -> list[str]:
    """Return the members by which a recorded request filtered, and which change on a finding that stays."""
    names = {name for one in json.loads(asked) for name in one.get("filterCriteria", {})} if asked else set()
    return sorted(names & _CHANGING)


def in_words(asked: str) -> str:
    """Return what was asked for, as a reader of the export knows it: the filters in JSON."""
    return "; ".join(_canonical(one) if one else "everything" for one in json.loads(asked))


def _criteria(value: object) -> dict[str, list[object]]:
    if not isinstance(value, Mapping):
        return {}
    lists = {name: filters if isinstance(filters, list) else [filters] for name, filters in value.items() if filters}
    # The order of the filters on one member, and repetition, change nothing.
    return {name: [json.loads(one) for one in sorted({*map(_canonical, found)})] for name, found in lists.items()}


def _without_closed(asked: dict[str, object]) -> dict[str, object]:
    criteria = asked.get("filterCriteria")
    if not isinstance(criteria, dict) or _STATUS not in criteria:
        return asked
    left = [one for one in criteria[_STATUS] if one != _CLOSED]
    only_equal = all(one.get("comparison") == "EQUALS" for one in left)
    return asked | {"filterCriteria": criteria | {_STATUS: left}} if left and only_equal else asked


def _without(asked: dict[str, object], name: str) -> dict[str, object]:
    return {key: value for key, value in asked.items() if key != name}


def _first(fields: Mapping[str, object], names: tuple[str, ...]) -> str:
    return next((str(fields[name]) for name in names if fields.get(name)), "")


def _region_of(endpoint: str) -> str:
    match = _ENDPOINT_REGION.search(endpoint)
    return match[1] if match else ""


def _set(asked: Iterable[object]) -> frozenset[str]:
    return frozenset(map(_canonical, asked))


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
