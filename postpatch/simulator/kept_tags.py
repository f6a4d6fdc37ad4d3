"""The tags of what the simulator keeps itself: whoever tags, lists tags or has conditions on them asks here."""

from collections.abc import Mapping
from typing import Protocol


class Tagged(Protocol):
    """Anything that has tags."""

    tags: dict[str, str]


class KeptTags:
    """Find tags by type and id, as Systems Manager does, or by ARN.

    `by_type` holds what Systems Manager tags (botocore: ssm, shape ResourceTypeForTagging), `by_arn` what has an ARN of
    its own. Targets and tasks of a window have no tags: no call tags them.
    """

    def __init__(self, by_type: Mapping[str, Mapping[str, Tagged]], *by_arn: Mapping[str, Tagged]) -> None:
        self._by_type = dict(by_type)
        self._by_kind = {kind.lower(): kept for kind, kept in by_type.items()}
        self._by_arn = by_arn

    def knows(self, kind: str) -> bool:
        """Tell whether resources of a type are kept here; others are moto's."""
        return kind in self._by_type

    def find(self, kind: str, name: str) -> dict[str, str] | None:
        """Find the tags of a resource, to read or to change; nothing if there is no such resource."""
        kept = self._by_type[kind].get(name)
        return None if kept is None else kept.tags

    def find_by_arn(self, arn: str) -> dict[str, str] | None:
        """Find the tags of a resource by its ARN, to read or to change; nothing if it is not there, or moto's."""
        kind, _, name = arn.rpartition(":")[2].partition("/")
        stores = [(self._by_kind.get(kind, {}), name), *((store, arn) for store in self._by_arn)]
        return next((store[key].tags for store, key in stores if key in store), None)
