"""Judge a pack again: run the checks on what it holds, in a process of their own, and compare the two verdicts."""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postpatch.commands.checks import pytest_command, pytest_environment
from postpatch.commands.rendered import report_differences
from postpatch.evidence.pack import VERDICT_JSON, NotAPack, PackManifest, read_document
from postpatch.report.formats import exports_in
from postpatch.verdict import rules
from postpatch.verdict.comparison import Comparison, Difference, Nature, compare
from postpatch.verdict.facts import count, naming

# The evidence alone decides, wherever this runs: nothing of the environment may lead to AWS or change the run.
_FOREIGN = ("AWS_", "PYTEST_", "CI", "GITHUB_")
_JUDGED = (0, 1, 10)  # the exit codes of a run that came to a verdict
_WIDTH = 160


class CouldNotRejudge(Exception):
    """The checks could not be run on the pack; the message holds what they said."""


@dataclass(frozen=True)
class Judged:
    """What running the checks on a pack came to: pytest's exit code, and what it printed."""

    exit_code: int
    output: str


@dataclass(frozen=True)
class Rejudged:
    """How the verdict on a pack's evidence compares with the one in it, and which of its reports say otherwise."""

    verdict: Comparison
    reports: tuple[str, ...]


def rejudged(pack: Path, manifest: PackManifest) -> Rejudged:
    """Judge a pack again, render its reports anew, and compare both; CouldNotRejudge if that cannot be done."""
    then = _read(pack / VERDICT_JSON)
    version = rules_of(pack)
    if version > rules.current():
        raise CouldNotRejudge(
            f"Judge {pack} again with the version of postpatch that made it, or a newer one: it was judged by rules "
            f"version {version}, and this one knows them up to version {rules.current()}."
        )
    with tempfile.TemporaryDirectory(prefix="postpatch-") as folder:
        exports = exports_in(file.name for file in manifest.files)
        ran = run_checks(pack.resolve(), Path(folder), exports)
        if ran.exit_code not in _JUDGED or not (Path(folder) / VERDICT_JSON).exists():
            raise CouldNotRejudge(f"{pack} could not be judged again:\n{ran.output.strip()}")
        now = _read(Path(folder) / VERDICT_JSON)
        try:
            reports = tuple(report_differences(pack, Path(folder), manifest, then))
            return Rejudged(compare(then, now, rules.changes_since(version)), reports)
        except (KeyError, TypeError, AttributeError) as error:
            raise CouldNotRejudge(f"{pack / VERDICT_JSON} is not a verdict of postpatch: {error!r}") from error


def run_checks(pack: Path, reports: Path, exports: Sequence[str] = ()) -> Judged:
    """Run the checks on the evidence in `pack`, in a process of their own; their report, with exports, to `reports`."""
    words = [f"--evidence={pack}", f"--reports={reports}", "-p", "no:cacheprovider"]
    words += [f"--format={name}" for name in exports]
    environment = {name: value for name, value in pytest_environment().items() if not name.startswith(_FOREIGN)}
    ran = subprocess.run(  # noqa: S603 - our own suite
        pytest_command("verify", words), cwd=reports, env=environment, capture_output=True, text=True, check=False
    )
    return Judged(ran.returncode, ran.stdout + ran.stderr)


def rules_of(pack: Path) -> int:
    """Return the version of the rules that a pack's verdict was judged by; CouldNotRejudge if it holds no verdict."""
    version = _read(pack / VERDICT_JSON).get("rules", rules.FIRST)
    if not isinstance(version, int) or isinstance(version, bool) or version < rules.FIRST:
        raise CouldNotRejudge(f"{pack / VERDICT_JSON} has rules {version!r}, which is no version of the rules")
    return version


def described(found: Comparison) -> Iterator[str]:
    """Yield in lines what differs: the notes first, then what changed rules explain, then what nothing explains."""
    reworded = [one.where for one in found.notes if one.nature is Nature.WORDING]
    if reworded:
        yield f"note: {count(len(reworded), 'text')} worded differently now: {naming(reworded)}"
    for one in found.notes:
        if one.nature is Nature.ADDED:
            was = "" if one.then is None else f"{_shown(one.then)} without what was added since, now "
            yield f"note: added since: {one.where}: {was}{_shown(one.now)}"
    for one in (*found.explained, *found.unexplained):
        yield _with_values(one)


def _with_values(one: Difference) -> str:
    lines = [one.where, f"  then: {_shown(one.then)}", f"  now:  {_shown(one.now)}"]
    lines += [f"  rules version {change.version}: {change.sentence}" for change in one.rules]
    return "\n".join(lines)


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(read_document(path))
    except (NotAPack, ValueError, RecursionError) as error:
        raise CouldNotRejudge(f"{path} holds no verdict: {error}") from error
    if not isinstance(document, dict):
        raise CouldNotRejudge(f"{path} holds no verdict")
    return document


def _shown(value: object) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=True)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
