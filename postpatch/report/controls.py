"""Which requirements of published frameworks each check supports: `controls.toml`, read once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Framework:
    """A published framework: its name, its version, and where its requirements' ids were taken from."""

    id: str
    name: str
    version: str
    source: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}".rstrip()


@dataclass(frozen=True)
class Control:
    """One requirement of a framework, which a check supports."""

    framework: Framework
    id: str

    def __str__(self) -> str:
        return f"{self.framework} {self.id}"


@cache
def frameworks() -> dict[str, Framework]:
    """Return the frameworks by id, in the order of the file."""
    return {id_: Framework(id_, **fields) for id_, fields in _content()["frameworks"].items()}


@cache
def controls_of(check: str) -> tuple[Control, ...]:
    """Return what a check supports, framework by framework; nothing for a check that the file does not have."""
    row = _content()["checks"].get(check, {})
    return tuple(Control(frameworks()[framework], id_) for framework, ids in row.items() for id_ in ids)


def checks_with_controls() -> frozenset[str]:
    """Return the ids of the checks that the file has a row for."""
    return frozenset(_content()["checks"])


@cache
def _content() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("controls.toml").read_text(encoding="utf-8"))
