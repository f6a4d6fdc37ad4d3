"""The calls that were made; those that may have changed something are listed separately."""

from collections.abc import Mapping
from dataclasses import dataclass

# Operations that certainly only read. Every other one is shown as one that may have changed something.
_READS = ("BatchGet", "Describe", "Get", "List", "Preview", "Search")


@dataclass(frozen=True)
class Calls:
    """Operations as `service:Operation` with the number of their calls, by name."""

    changing: tuple[tuple[str, int], ...]
    reading: tuple[tuple[str, int], ...]

    @property
    def number(self) -> int:
        """Return the number of all calls."""
        return sum(number for _, number in (*self.changing, *self.reading))


def calls(made: Mapping[str, int]) -> Calls:
    """Return the calls of a run."""
    every = sorted(made.items())
    reading = tuple((name, number) for name, number in every if name.partition(":")[2].startswith(_READS))
    return Calls(tuple(one for one in every if one not in reading), reading)
