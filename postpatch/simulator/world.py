"""What a world is: a story, told by what is done to the simulated AWS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .simulator import Simulator

Happening = Callable[["Simulator"], None]
FIXED = ":fixed"


@dataclass(frozen=True)
class World:
    """One simulated world.

    `deploy` builds what stands when the baseline is taken, `remediate` plays what happened between the baseline and
    the verification. `red` names the checks that must fail in this world, `errors` those that cannot look; no others
    may. `engine` is the Inspector that the world is made for: `inspector2`, or `classic`.
    `policy` is how the policy that fits this world differs from the tutorial's: tables, each with its keys and values,
    or with a list of such; a value of None leaves the key or the table out. `begins_at` is its evening, if its story
    needs a date of its own.
    A world that is `fixed` tells the same story without its one defect, and is green.
    """

    name: str
    story: str
    red: frozenset[str]
    deploy: Happening
    remediate: Happening
    engine: str = "inspector2"
    errors: frozenset[str] = frozenset()
    fixed: bool = False
    policy: Mapping[str, Mapping[str, Any] | list[Mapping[str, Any]] | None] = field(default_factory=dict, hash=False)
    begins_at: datetime | None = None

    def defect(self, **values: Any) -> dict[str, Any]:
        """Return the values that are wrong in this world, or none where it is fixed."""
        return {} if self.fixed else values

    def without_its_defect(self) -> "World":
        """Return the same world without what is wrong in it."""
        return replace(self, name=f"{self.name}{FIXED}", red=frozenset(), errors=frozenset(), fixed=True)
