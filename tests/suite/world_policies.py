"""The policy that fits a world: verify.toml, with what the world's own policy says differently."""

import itertools
import json
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from postpatch.simulator import worlds
from postpatch.simulator.world import FIXED

SHIPPED = Path(__file__).parents[2] / "verify.toml"


def policy_option(args: tuple[str, ...], folder: Path) -> list[str]:
    """Return the option that names the policy of the world in `args`, written to `folder`; none for the shipped one."""
    named = [value for name, value in itertools.pairwise(args) if name == "--world"]
    world = worlds().get(named[-1].removesuffix(FIXED)) if named else None
    if world is None or not world.policy or any(arg.startswith("--policy") for arg in args):
        return []
    path = folder / "policy.toml"
    path.write_text(in_toml(world.policy), encoding="utf-8")
    return [f"--policy={path}"]


def in_toml(differently: Mapping[str, Mapping[str, Any] | list[Mapping[str, Any]] | None]) -> str:
    """Return the shipped policy in TOML, with the keys of `differently`; None leaves a key or a table out."""
    document = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    for table, keys in differently.items():
        if keys is None:
            del document[table]
            continue
        if isinstance(keys, list):
            document[table] = keys
            continue
        document[table] = {name: value for name, value in (document.get(table, {}) | keys).items() if value is not None}
    tables = ((name, keys) for name, keys in document.items() if not isinstance(keys, list))
    lists = ((name, row) for name, rows in document.items() if isinstance(rows, list) for row in rows)
    return "".join(
        [*(_table(f"[{name}]", keys) for name, keys in tables), *(_table(f"[[{name}]]", row) for name, row in lists)]
    )


def _table(head: str, keys: Mapping[str, Any]) -> str:
    return f"{head}\n" + "".join(f"{name} = {_value(value)}\n" for name, value in keys.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(name)} = {_value(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)
