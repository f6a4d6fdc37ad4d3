"""The findings that suppression rules hide, before patching and after it.

A suppression rule hides a finding and fixes nothing: Inspector goes on seeing it, as SUPPRESSED, and closes it once it
is fixed (Amazon Inspector user guide, "Suppressing Amazon Inspector findings"). The finding does not say which rule
hides it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from postpatch.model import Finding, Severity
from postpatch.verdict.database import IDENTITY, Database

_KEY = (*IDENTITY.split(", "), "part")
_SAME = " AND ".join(f"shown.{name} = {{0}}.{name}" for name in _KEY)
# Of one identity an active row counts: it is not hidden.
_IS_HIDDEN = (
    f"{{0}}.status = 'SUPPRESSED' AND NOT EXISTS (SELECT 1 FROM {{1}} shown WHERE shown.status = 'ACTIVE' AND {_SAME})"
)
_ORDER = tuple(Severity)


@dataclass(frozen=True)
class HiddenCounts:
    """How many findings are suppressed in one snapshot: those that patching could remove, and all others."""

    fixable: int = 0
    other: int = 0


@dataclass(frozen=True)
class Earlier:
    """What the baseline said of a finding that is hidden now.

    `severity` is its worst rating, `had_fix` whether it named a fix for a package that has none now, and `was_counted`
    whether it was suppressed then, and patching could have removed it by its own fields.
    """

    severity: Severity
    had_fix: bool
    was_counted: bool = False


class Hidden:
    """The suppressed findings of two snapshots; one of which another row is active is not hidden."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @cached_property
    def _sides(self) -> frozenset[str]:
        # Most snapshots have nothing suppressed, and to plan a query takes longer than to run it.
        select = " UNION ALL ".join(
            f"SELECT DISTINCT '{side}' FROM {side} WHERE status = 'SUPPRESSED'" for side in ("baseline", "after")
        )
        return frozenset(side for (side,) in self._db.query(select))

    @cached_property
    def before(self) -> HiddenCounts:
        """Return how many findings were suppressed in the baseline, by their own fields."""
        return self._count("baseline")

    @cached_property
    def after(self) -> HiddenCounts:
        """Return how many findings are suppressed after patching, by their own fields."""
        return self._count("after")

    def findings(self) -> Iterator[Finding]:
        """Yield the findings suppressed after patching, identity by identity."""
        if "after" in self._sides:
            yield from self._db.findings("after", "", _IS_HIDDEN.format("f", "after"))

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Return the hosts on which a finding is suppressed after patching."""
        if "after" not in self._sides:
            return frozenset()
        select = f"SELECT DISTINCT f.host FROM after f WHERE {_IS_HIDDEN.format('f', 'after')}"
        return frozenset(host for (host,) in self._db.query(select))

    @cached_property
    def earlier(self) -> Mapping[tuple[object, ...], Earlier]:
        """Return what the baseline said of each finding suppressed now that was active or suppressed in it.

        The keys are identity and part.
        """
        found: dict[tuple[object, ...], Earlier] = {}
        if "after" not in self._sides:
            return found
        names = ", ".join(f"f.{name}" for name in _KEY)
        same = " AND ".join(f"b.{name} = f.{name}" for name in _KEY)
        select = (
            f"SELECT {names}, b.severity, list_has_any(b.fixable, f.unfixable), "
            f"{_IS_HIDDEN.format('b', 'baseline')} AND NOT b.beyond "
            f"FROM after f JOIN baseline b ON {same} "
            f"WHERE f.status = 'SUPPRESSED' AND b.status IN ('ACTIVE', 'SUPPRESSED')"
        )
        for *key, severity, had_fix, counted in self._db.query(select):
            known = found.get(tuple(key), Earlier(Severity(severity), had_fix=False))
            worst = min((Severity(severity), known.severity), key=_ORDER.index)
            found[tuple(key)] = Earlier(worst, bool(had_fix) or known.had_fix, bool(counted) or known.was_counted)
        return found

    def opened(self) -> Iterator[Finding]:
        """Yield the suppressed settings and ports that the baseline shows were not there.

        As `Delta.opened` has it: on hosts scanned both times, and not within a range that was open before.
        """
        if "after" not in self._sides:
            return
        was_open = (
            "EXISTS (SELECT 1 FROM baseline b WHERE b.host = f.host AND b.type = f.type AND b.protocol = f.protocol "
            "AND b.vulnerability = f.vulnerability AND b.status IN ('ACTIVE', 'SUPPRESSED') "
            "AND b.port_begin <= f.port_begin AND b.port_end >= f.port_end)"
        )
        yield from self._db.findings(
            "after",
            "JOIN compared_host h ON h.host = f.host",
            f"{_IS_HIDDEN.format('f', 'after')} AND f.type <> 'PACKAGE_VULNERABILITY' AND h.present AND h.scanned "
            f"AND h.scanned_before AND NOT {was_open}",
        )

    def _count(self, side: str) -> HiddenCounts:
        if side not in self._sides:
            return HiddenCounts()
        hidden = _IS_HIDDEN.format("b", side)
        of_each = f"SELECT {', '.join(_KEY)}, bool_and(b.beyond) AS beyond FROM {side} b WHERE {hidden}"
        numbers = "COUNT(*) FILTER (WHERE NOT beyond), COUNT(*) FILTER (WHERE beyond)"
        (counts,) = self._db.query(f"SELECT {numbers} FROM ({of_each} GROUP BY ALL)")
        return HiddenCounts(*counts)
