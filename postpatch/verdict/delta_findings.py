"""The rows of a delta with the finding that each is about, as the snapshot has it; neither is held in memory."""

from collections.abc import Iterable, Iterator
from typing import Any

from postpatch.model import Finding
from postpatch.verdict.delta import Delta, DeltaRow, identity


def with_findings(delta: Delta) -> Iterator[tuple[DeltaRow, Finding | None]]:
    """Yield each row of the delta in the order of the identity, with its finding: that of the later snapshot if active.

    None for a row of which neither snapshot has an active finding.
    """
    after, before = _Groups(delta.active()), _Groups(delta.before())
    for row in delta.every():
        key = identity(row)
        now, then = after.at(key), before.at(key)
        candidates = now if row.is_active else then
        yield row, next((one for one in candidates if row.part in ("any", one.part)), None)


class _Groups:
    """Findings in the order of the identity, read on as far as an identity that only grows."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._findings = iter(findings)
        self._next = next(self._findings, None)
        self._key: Any = None
        self._group: list[Finding] = []

    def at(self, key: Any) -> list[Finding]:
        """Return the findings of one identity."""
        if key != self._key:
            self._key, self._group = key, []
            while self._next is not None and (found := identity(self._next)) <= key:
                if found == key:
                    self._group.append(self._next)
                self._next = next(self._findings, None)
        return self._group
