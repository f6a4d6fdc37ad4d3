"""`gather` as a user types it: on Spark it writes what it writes without, and says what is missing."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from postpatch.evidence.pack import MANIFEST, read_manifest, seal
from tests.spark.cluster import Cluster

ROOT = Path(__file__).parents[2]
_THERE = "s3://example-patch-evidence/rounds"
_KEY = "testing"
_CREDENTIALS = {"AWS_ACCESS_KEY_ID": _KEY, "AWS_SECRET_ACCESS_KEY": _KEY, "AWS_REGION": "eu-west-1"}


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


@pytest.fixture
def s3(fleet: Path) -> Iterator[str]:
    """Return where moto serves S3, with the packs in a bucket."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1",
        aws_access_key_id=_KEY, aws_secret_access_key=_KEY,
    )  # fmt: skip
    bucket, _, prefix = _THERE.removeprefix("s3://").partition("/")
    client.create_bucket(Bucket=bucket)
    for pack in fleet.iterdir():
        for name in (MANIFEST, *(file.name for file in read_manifest(pack).files)):
            client.upload_file(str(pack / name), bucket, f"{prefix}/{pack.name}/{name}")
    yield f"http://{host}:{port}"
    client.close()
    server.stop()


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


def test_packs_in_s3(fleet: Path, s3: str, two_workers: Cluster, tmp_path: Path) -> None:
    """They are fetched to where the workers read them, and what is written is what DuckDB writes of the folder."""
    here = _run("postpatch", "gather", fleet, "--derive", "--to", tmp_path / "here")
    spark = ("--engine", "spark", "--master", two_workers.url, "--derive", "--to", tmp_path / "there")
    there = _run("postpatch", "gather", _THERE, "--endpoint-url", s3, *spark, **_CREDENTIALS)
    assert (here.returncode, there.returncode) == (10, 10), there
    assert _written(tmp_path / "there") == _written(tmp_path / "here")


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
