"""The wheel, built once, and what a run in a folder left."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from postpatch.verdict.checks import CHECKS
from tests.install.environments import ROOT, built
from tests.suite.exported import LATER, export, fixable, fixed, unfixable


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this clone."""
    return built(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that holds a policy and nothing else."""
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copy(ROOT / "verify.toml", empty)
    return empty


@pytest.fixture
def exports(tmp_path: Path) -> tuple[str, ...]:
    """Return the options that name two exports in a folder where pytest must read nothing else."""
    elsewhere = tmp_path / "evidence"
    elsewhere.mkdir()
    (elsewhere / "conftest.py").write_text("raise RuntimeError('a conftest.py beside evidence was run')\n")
    before = export(elsewhere / "before.json", fixable() + unfixable())
    after = export(elsewhere / "after.json", fixed(LATER) + unfixable(LATER))
    return ("-m", "verify", "--aws", "recorded", "--baseline", str(before), "--after", str(after))


@pytest.fixture(scope="session")
def outcomes() -> Callable[[Path], dict[str, str]]:
    """Return what reads each check's outcome from a folder of reports."""

    def read(reports: Path) -> dict[str, str]:
        told = json.loads((reports / "verify.json").read_text(encoding="utf-8"))["checks"]
        assert [check["id"] for check in told] == [check.id for check in CHECKS]
        return {check["id"]: check["outcome"] for check in told}

    return read
