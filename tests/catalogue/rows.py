"""A row of the catalogue of false greens, and the table that the tests' output ends with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self

from postpatch.simulator.listing import short
from postpatch.simulator.world import World
from postpatch.verdict.checks import CHECKS
from postpatch.verdict.hybrid import of_inspector

USAGE = 4

PROPERTY = "false green"


@dataclass(frozen=True)
class Row:
    """One defect: the arguments of a run that has it, and what it must turn."""

    name: str
    defect: str
    red: frozenset[str]
    errors: frozenset[str]
    args: tuple[str, ...]

    @classmethod
    def of(cls, world: World) -> Self:
        """Return the row of a simulated world."""
        return cls(world.name, world.story, world.red, world.errors, ("--world", world.name))


def assessed(world: World) -> frozenset[str]:
    """Return the checks that are judged in a world: all but those about Inspector, where hybrid nodes are alone."""
    alone = (world.policy.get("scope") or {}).get("hybrid") == "only"  # type: ignore[union-attr]
    return frozenset(check.id for check in CHECKS if not (alone and of_inspector(check.id)))


def tell(record: Callable[[str, object], None], row: Row, ran: object) -> None:
    """Have the output's table say what became of a row."""
    outcome = {name: sorted(ran.ids(name)) for name in ("failed", "error")}  # type: ignore[attr-defined]
    record(PROPERTY, [row.name, short(outcome["failed"]) or "-", short(outcome["error"]) or "-", row.defect])


def tell_refused(record: Callable[[str, object], None], name: str, defect: str) -> None:
    """Have the output's table say that a run was refused before any check."""
    record(PROPERTY, [name, "-", "all: refused", defect])


def table(rows: Iterable[list[str]]) -> list[str]:
    """Return the table's lines: the row's name, the failed checks, the errors, and the defect."""
    told = [["world", "red", "error", "what a careless check would have passed"], *sorted(rows)]
    widths = [max(len(row[column]) for row in told) for column in range(3)]
    return ["  ".join((*map(str.ljust, row[:3], widths), row[3])).rstrip() for row in told]


def is_refused(ran: Any, words: str) -> None:
    """Assert that one sentence refuses the run, and that nothing was written."""
    assert (ran.exit, ran.out.count("ERROR: "), ran.out.count(words)) == (USAGE, 1, 1), ran.out
    assert list(ran.reports.iterdir()) == []
