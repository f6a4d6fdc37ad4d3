"""What a world is: a story, told by what is done to the simulated AWS."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .simulator import Simulator

Happening = Callable[["Simulator"], None]


@dataclass(frozen=True)
class World:
    """One simulated world.

    `deploy` builds what stands when the baseline is taken, `remediate` plays what happened between the baseline and
    the verification. `red` names the checks that must fail in this world, and no others may. `engine` is the Inspector
    that the world is made for: `inspector2`, or `classic`.
    """

    name: str
    story: str
    red: frozenset[str]
    deploy: Happening
    remediate: Happening
    engine: str = "inspector2"
