"""The shipped policy, copies of it with something changed, and what is said of one that is refused."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postpatch.errors import BadPolicy
from postpatch.policy import Policy, load_policy

SHIPPED = Path(__file__).resolve().parents[2] / "verify.toml"

Refused = Callable[..., list[str]]


@pytest.fixture(scope="module")
def shipped() -> Policy:
    """Return the policy that this repository ships."""
    return load_policy(SHIPPED)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """Return the shipped policy as TOML reads it."""
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


@pytest.fixture
def write(tmp_path: Path, document: dict[str, Any]) -> Callable[..., Path]:
    """Write the shipped policy with a section's keys replaced (None removes one), or with a list of waivers."""

    def made(**sections: Any) -> Path:
        lines: list[str] = []
        changed = dict(document)
        for name, changes in sections.items():
            known = changed.get(name)
            merged = known | changes if isinstance(known, dict) and isinstance(changes, dict) else changes
            changed[name] = merged
        for name, section in changed.items():
            for part in section if isinstance(section, list) else [section] if section is not None else []:
                lines.append(f"[[{name}]]" if isinstance(section, list) else f"[{name}]")
                lines += [f"{key} = {_toml(value)}" for key, value in part.items() if value is not None]
        path = tmp_path / "verify.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return made


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_toml(part)}' for key, part in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


@pytest.fixture
def refused(write: Callable[..., Path]) -> Refused:
    """Return the problems of a policy that must be refused, without the file's name."""

    def problems(**sections: Any) -> list[str]:
        path = write(**sections)
        with pytest.raises(BadPolicy) as error:
            load_policy(path)
        lines = str(error.value).splitlines()
        assert all(line.startswith(f"{path}: ") for line in lines)
        return [line.removeprefix(f"{path}: ") for line in lines]

    return problems
