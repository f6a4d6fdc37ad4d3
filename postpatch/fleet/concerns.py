"""What concerns most hosts of a fleet: the causes of what remains, and the packages, over the deltas of all packs."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONCERNS = Path(__file__).with_name("concerns.sql").read_text(encoding="utf-8")
_CAUSE, _PACKAGE = "cause", "package"


@dataclass(frozen=True)
class Concern:
    """A cause or a package, the hosts that it concerns, and its findings: of a package, its vulnerabilities."""

    name: str
    hosts: int
    findings: int


@dataclass(frozen=True)
class Concerns:
    """The causes and the packages of a fleet, those of most hosts first."""

    causes: tuple[Concern, ...] = ()
    packages: tuple[Concern, ...] = ()


def first_concerns(most: int) -> str:
    """Return the query for every cause and at most `most` packages, those of most hosts first."""
    return (
        f"SELECT kind, name, hosts, findings FROM ({CONCERNS}) AS concern "  # noqa: S608 - our own text and a number
        f"WHERE kind = '{_CAUSE}' OR place <= {most:d} ORDER BY kind, place"
    )


def concerns_of(rows: Iterable[tuple[Any, ...]]) -> Concerns:
    """Return the concerns that the rows of `first_concerns` are."""
    found: dict[str, list[Concern]] = {_CAUSE: [], _PACKAGE: []}
    for kind, *values in rows:
        found[kind].append(Concern(*values))
    return Concerns(tuple(found[_CAUSE]), tuple(found[_PACKAGE]))
