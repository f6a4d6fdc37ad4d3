"""Judge a pack again: run the checks on what it holds, in a process of their own, and compare the two verdicts."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postpatch.commands.checks import pytest_command, pytest_environment
from postpatch.evidence.pack import VERDICT_JSON

# Judged at another time, perhaps by another version: these say so, and are no part of the verdict.
_OF_THE_JUDGING = frozenset({"finished_at", "tool"})
# The evidence alone decides, wherever this runs: nothing of the environment may lead to AWS or change the run.
_FOREIGN = ("AWS_", "PYTEST_", "CI", "GITHUB_")
_JUDGED = (0, 1, 10)  # the exit codes of a run that came to a verdict
_WIDTH = 160


class CouldNotRejudge(Exception):
    """The checks could not be run on the pack; the message holds what they said."""


@dataclass(frozen=True)
class Difference:
    """One value of `verify.json` that came out otherwise."""

    where: str
    told: object
    again: object

    def __str__(self) -> str:
        return f"{self.where}\n  told:  {_shown(self.told)}\n  again: {_shown(self.again)}"


def rejudged(pack: Path) -> tuple[Difference, ...]:
    """Return how the verdict on a pack's evidence differs from the one it tells; CouldNotRejudge if there is none."""
    with tempfile.TemporaryDirectory(prefix="postpatch-") as folder:
        words = [f"--evidence={pack.resolve()}", f"--reports={folder}", "-p", "no:cacheprovider"]
        environment = {name: value for name, value in pytest_environment().items() if not name.startswith(_FOREIGN)}
        ran = subprocess.run(  # noqa: S603 - our own suite
            pytest_command("verify", words), cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if ran.returncode not in _JUDGED:
            raise CouldNotRejudge(f"{pack} could not be judged again:\n{(ran.stdout + ran.stderr).strip()}")
        again = _read(Path(folder) / VERDICT_JSON)
    return tuple(differences(_read(pack / VERDICT_JSON), again))


def differences(told: dict[str, Any], again: dict[str, Any]) -> Iterator[Difference]:
    """Yield what differs between two verdicts, check by check, but for when and by which version they were judged."""
    for name in sorted(told.keys() | again.keys()):
        if name not in _OF_THE_JUDGING:
            yield from _compared(name, told.get(name), again.get(name))


def _compared(where: str, told: Any, again: Any) -> Iterator[Difference]:
    if isinstance(told, dict) and isinstance(again, dict):
        for name in [*told, *(name for name in again if name not in told)]:
            yield from _compared(f"{where}.{name}", told.get(name), again.get(name))
    elif _has_ids(told) and _has_ids(again):
        yield from _compared(where, {one["id"]: one for one in told}, {one["id"]: one for one in again})
    elif told != again:
        yield Difference(where, told, again)


def _has_ids(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) and "id" in one for one in value)


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise CouldNotRejudge(f"{path} holds no verdict: {error}") from error
    if not isinstance(document, dict):
        raise CouldNotRejudge(f"{path} holds no verdict")
    return document


def _shown(value: object) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=True)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
