"""`gather` as a user types it: on Spark it writes what it writes without, and says what is missing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from postpatch.evidence.pack import read_manifest, seal
from tests.spark.cluster import Cluster

ROOT = Path(__file__).parents[2]


def _run(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *map(str, words)]
    own = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=1800)  # noqa: S603


def _seal_again(pack: Path) -> None:
    manifest = read_manifest(pack)
    seal(pack, [file.name for file in manifest.files], manifest)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the pack of a run, and a copy that was altered and sealed again by who can seal."""
    folder = tmp_path_factory.mktemp("fleet")
    ran = _run("pytest", "-m", "verify", "-p", "no:cacheprovider", f"--reports={folder / 'honest'}")
    assert ran.returncode == 0, ran.stdout
    shutil.copytree(folder / "honest", folder / "altered")
    delta = folder / "altered" / "delta.csv"
    delta.write_text(delta.read_text(encoding="utf-8").replace(",remaining,", ",fixed,", 2), encoding="utf-8")
    _seal_again(folder / "altered")
    return folder


def _written(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "fleet.json").read_text(encoding="utf-8"))
    document.pop("gathered_at")
    for target in document["targets"]:
        target.pop("report")
    return document


def test_both_engines_write_the_same(fleet: Path, two_workers: Cluster, tmp_path: Path) -> None:
    """With --derive both refuse the pack whose delta is not what its snapshots give, which no hash shows."""
    ways = {"duckdb": [], "spark": ["--engine", "spark", "--master", two_workers.url]}
    ran = {
        name: _run("postpatch", "gather", fleet, "--derive", "--to", tmp_path / name, *words)
        for name, words in ways.items()
    }
    assert [one.returncode for one in ran.values()] == [10, 10], ran
    written = [_written(tmp_path / name) for name in ways]
    assert written[0] == written[1]
    assert [(one["name"], one["errors"]) for one in written[0]["targets"] if one["errors"]] == [
        ("altered", ["delta.csv is not what the pack's two snapshots give: 2 rows differ"])
    ]
    assert written[0]["causes"]
    assert "honest: " not in ran["spark"].stdout


def test_what_is_missing_is_named(fleet: Path, tmp_path: Path) -> None:
    """Without Java, or a cluster's address, there is one sentence that says what to do, and exit code 4."""
    spark = ("postpatch", "gather", fleet, "--to", tmp_path, "--engine", "spark")
    for words, environment, said in (
        ((*spark, "--master", "local[1]"), {"PATH": "/nowhere", "JAVA_HOME": ""}, "Install Java 17 or newer"),
        (spark, {}, "Name the cluster with --engine spark --master URL"),
        (("postpatch", "gather", fleet, "--master", "local[1]"), {}, "Name the cluster"),
    ):
        ran = _run(*words, **environment)
        assert (ran.returncode, ran.stdout) == (4, ""), ran
        assert ran.stderr.startswith(said)
        assert len(ran.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
