"""Run the whole suite as a person does, in a process of its own, with its reports in a folder of the test's."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import pytest
from filelock import FileLock

from tests.suite.forks import QUICKLY, Prepare, inherited, run_in_fork
from tests.suite.world_policies import policy_option

ROOT = Path(__file__).parents[2]
_REPORTS = "--reports="


@dataclass(frozen=True)
class Ran:
    """A finished run: its exit code, all it printed, and what it left."""

    exit: int
    out: str
    reports: Path

    def written(self) -> list[Any]:
        """Return it as a JSON value, for another process."""
        return [self.exit, self.out, str(self.reports)]

    @classmethod
    def read(cls, written: list[Any]) -> Self:
        """Return the run of a JSON value."""
        exit_code, out, reports = written
        return cls(exit_code, out, Path(reports))

    @property
    def verdict(self) -> dict[str, Any]:
        """Return `verify.json`."""
        document: dict[str, Any] = json.loads((self.reports / "verify.json").read_text(encoding="utf-8"))
        return document

    @property
    def outcomes(self) -> dict[str, str]:
        """Return each check's outcome by its id."""
        return {check["id"]: check["outcome"] for check in self.verdict["checks"]}

    def ids(self, outcome: str) -> set[str]:
        """Return the ids of the checks with an outcome."""
        return {check for check, became in self.outcomes.items() if became == outcome}

    def notes(self, check: str) -> list[str]:
        """Return what is told of a check beside its reason."""
        return [str(note) for one in self.verdict["checks"] if one["id"] == check for note in one["notes"]]

    def reason(self, check: str) -> str:
        """Return why a check came out as it did."""
        return next(str(one["reason"]) for one in self.verdict["checks"] if one["id"] == check)


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def rehearse_in() -> Callable[[Path], Run]:
    """Return what makes, for a folder, what runs `pytest -m verify ARGS` in a fork of a warm process.

    `prepare`, a function of a module, is called in the fork before the run.
    """

    def in_folder(folder: Path) -> Run:
        def run_it(*args: str, prepare: Prepare | None = None, **environment: str) -> Ran:
            # One folder a run, unless it names one: a second run must not find what the first one left.
            own = Path(tempfile.mkdtemp(dir=folder, prefix="reports-"))
            named = [arg.removeprefix(_REPORTS) for arg in args if arg.startswith(_REPORTS)]
            reports, output = Path(named[-1]) if named else own, own.with_suffix(".txt")
            words = [*QUICKLY, f"{_REPORTS}{own}", *args, *policy_option(args, folder=own.parent)]
            exit_code = run_in_fork(words, ROOT, inherited() | environment, output, prepare)
            return Ran(exit_code, output.read_text(encoding="utf-8"), reports)

        return run_it

    return in_folder


@pytest.fixture
def rehearse(rehearse_in: Callable[[Path], Run], tmp_path: Path) -> Run:
    """Return what runs `pytest -m verify ARGS` in a fork of a warm process, with reports in this test's folder."""
    return rehearse_in(tmp_path)


@pytest.fixture(scope="session")
def rehearsed(rehearse_in: Callable[[Path], Run], shared_folder: Path) -> Run:
    """Return what rehearses a run once for all tests that ask for the same arguments; none may change what it left."""

    @cache
    def once(*args: str) -> Ran:
        folder = shared_folder / sha256("\0".join(args).encode()).hexdigest()[:16]
        return Ran.read(once_for_all_workers(folder, lambda: rehearse_in(folder)(*args).written()))

    return once


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of this session that the workers of pytest-xdist share."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "rehearsed"


def once_for_all_workers(folder: Path, make: Callable[[], Any]) -> Any:
    """Return the JSON value that `make` returns: the first worker that asks calls it, the others read `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "made.json"
    with FileLock(folder / "lock"):
        if not made.exists():
            made.write_text(json.dumps(make()), encoding="utf-8")
    return json.loads(made.read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs `pytest ARGS` from the root, or from `cwd`; reports go to this test's folder."""

    def run_it(*args: str, cwd: Path = ROOT, **environment: str) -> Ran:
        reports = tmp_path / "reports"
        finished = subprocess.run(  # noqa: S603 - our own interpreter and arguments
            [sys.executable, "-m", "pytest", f"--reports={reports}", *args],
            cwd=cwd,
            env=inherited() | environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Ran(finished.returncode, finished.stdout + finished.stderr, reports)

    return run_it


@pytest.fixture
def recordings() -> Path:
    """Return the folder of real recordings; the tests that need it say so where it is not there."""
    folder = ROOT.parent / "shared" / "recordings" / "inspector2"
    if not folder.is_dir():
        pytest.skip("the recordings are not there: ../shared/recordings")
    return folder


@pytest.fixture
def policy_file(tmp_path: Path) -> Callable[..., str]:
    """Return what writes a copy of verify.toml with some of its text replaced, and returns the option that names it."""

    def write(*pairs: tuple[str, str], more: str = "") -> str:
        text = (ROOT / "verify.toml").read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text, f"verify.toml no longer holds {old!r}"
            text = text.replace(old, new)
        path = tmp_path / "policy.toml"
        path.write_text(text + more, encoding="utf-8")
        return f"--policy={path}"

    return write
