"""A large fleet's database is a file, which changes nothing but the memory that it takes."""

import gzip
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import DeltaClass, Finding, Manifest, Mode, Package, ScannedHost, Scope, Snapshot
from postpatch.verdict import database, memory
from postpatch.verdict.delta import Delta

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
A, B = "i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2"


def test_a_database_on_disk_gives_the_same_delta(
    make_finding: Callable[..., Finding],
    make_delta: Callable[..., Delta],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    """Counts, classes and findings are the same, rows of one ARN count once, and the file is removed."""
    before = [make_finding(f"CVE-2026-{number:05}", host) for number in range(50) for host in (A, B)]
    before = [replace(one, arn=f"arn:{number}" if number % 2 else "") for number, one in enumerate(before)]
    after = [one for number, one in enumerate(before) if number % 3] * 2
    small = make_delta(before, after)
    found = (small.counts, list(small.every()), list(small.active(DeltaClass.REMAINING)), list(small.vanished()))
    monkeypatch.setattr(database, "_FEW", 0)
    # Where no other process makes any.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with make_delta(before, after) as large:
        assert [*tmp_path.iterdir()]
        assert found == (
            large.counts, list(large.every()), list(large.active(DeltaClass.REMAINING)), list(large.vanished())
        )  # fmt: skip
    assert not [*tmp_path.iterdir()]


def test_a_statement_gets_the_memory_that_it_needs(
    make_finding: Callable[..., Finding], make_delta: Callable[..., Delta], monkeypatch: pytest.MonkeyPatch
):
    """Each gets half as much again until it runs."""
    monkeypatch.setattr(database, "_FEW", 0)
    monkeypatch.setattr(memory, "_LEAST", 16)
    allowed: list[int] = []
    allow = memory.Memory._allow

    def noted(limit: memory.Memory, megabytes: int) -> None:
        allowed.append(megabytes)
        allow(limit, megabytes)

    monkeypatch.setattr(memory.Memory, "_allow", noted)
    before = [make_finding(f"CVE-2026-{number:05}", host) for number in range(50) for host in (A, B)]
    with make_delta(before, before[:30]) as delta:
        assert (delta.counts.baseline, delta.counts.remaining) == (100, 30)
    assert 24 in allowed


def test_a_statement_that_needs_more_than_there_is_fails(
    make_finding: Callable[..., Finding], make_delta: Callable[..., Delta], monkeypatch: pytest.MonkeyPatch
):
    """Memory is not taken without an end."""
    monkeypatch.setattr(database, "_FEW", 0)
    monkeypatch.setattr(memory, "_LEAST", 16)
    monkeypatch.setattr(memory, "_MOST", 16)
    with pytest.raises(duckdb.OutOfMemoryException):
        make_delta([make_finding("CVE-2026-1", A)], [])


def _written_otherwise(finding: Finding, folder: Path, old: str, new: str) -> Snapshot:
    scanned = (ScannedHost(finding.host, scanned=True, cis_scanned=True),)
    manifest = Manifest(
        Mode.LIVE, "inspector2", finding.account, finding.region, Scope("stack", ("pww",)), "", NOON, NOON, "x", scanned
    )
    snapshot = write_snapshot(folder / "a.ndjson.gz", [finding], lambda: manifest)
    text = gzip.decompress(snapshot.path.read_bytes()).decode()
    assert old in text
    snapshot.path.write_bytes(gzip.compress(text.replace(old, new).encode()))
    return snapshot


PACKAGE = Package("curl", "1.0", fixed_in="1.1")


@pytest.mark.parametrize(
    ("old", "new", "read"),
    [
        (',"epoch":0', "", replace(PACKAGE, epoch=None)),  # type: ignore[arg-type] # not recorded
        (',"epoch":0', ',"epoch":0,"more":{"a":[1]}', PACKAGE),
    ],
    ids=["a key less", "a key more"],
)
def test_packages_of_another_version_are_read(
    make_finding: Callable[..., Finding], tmp_path: Path, old: str, new: str, read: Package
):
    """A pack may lack a key of a package, or have one more."""
    snapshot = _written_otherwise(make_finding("CVE-2026-1", A, packages=(PACKAGE,)), tmp_path, old, new)
    with Delta(snapshot, snapshot) as delta:
        (found,) = delta.active()
    assert found.packages == (read,)


@pytest.mark.parametrize("new", ['"packages":"curl","x":[', '"packages":{"name":"curl"},"x":['])
def test_what_is_no_list_of_packages_is_an_error(make_finding: Callable[..., Finding], tmp_path: Path, new: str):
    """It is not taken for a finding without packages."""
    finding = make_finding("CVE-2026-1", A, packages=(PACKAGE,))
    snapshot = _written_otherwise(finding, tmp_path, '"packages":[', new)
    with pytest.raises(duckdb.Error, match="packages is no list"):
        Delta(snapshot, snapshot)


def test_rows_that_are_not_read_to_their_end_outlive_the_database(
    make_finding: Callable[..., Finding], make_delta: Callable[..., Delta], monkeypatch: pytest.MonkeyPatch
):
    """Nothing is raised where they are given up after it was closed."""
    monkeypatch.setattr(database, "_FEW", 0)
    delta = make_delta([make_finding(f"CVE-2026-{number:05}", A) for number in range(9)], [])
    rows = delta.query("SELECT place FROM delta ORDER BY place")
    assert next(rows) == (1,)
    delta.close()
    rows.close()  # type: ignore[attr-defined]
