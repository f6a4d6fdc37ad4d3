"""The worlds: each a small file that says what happened, never what the answers are."""

import functools
from collections.abc import Mapping

from ..world import World


class UnknownWorld(LookupError):
    """Say that there is no world of a name, and name those that there are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no world {name!r}; there are: {', '.join(worlds())}")
        self.name = name


class _Worlds(dict[str, World]):
    def __missing__(self, name: str) -> World:
        raise UnknownWorld(name)


@functools.cache
def worlds() -> Mapping[str, World]:
    """Name every world, in the order in which they are best met; asking for another raises UnknownWorld."""
    from . import drifted_window, unpatched, workshop, workshop_classic

    return _Worlds(
        {world.name: world for world in (workshop.WORLD, unpatched.WORLD, drifted_window.WORLD, workshop_classic.WORLD)}
    )
