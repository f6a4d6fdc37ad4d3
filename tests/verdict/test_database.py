"""A large fleet's database is a file, which changes nothing but the memory that it takes."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from postpatch.model import DeltaClass, Finding
from postpatch.verdict import database
from postpatch.verdict.delta import Delta

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
    """Each gets half as much again until it runs; what a comparison gets beyond that, it gives back."""
    monkeypatch.setattr(database, "_FEW", 0)
    monkeypatch.setattr(database, "_LEAST_MEMORY", 16)
    allowed: list[int] = []
    allow = database.Database._allow

    def noted(db: database.Database, memory: int) -> None:
        allowed.append(memory)
        allow(db, memory)

    monkeypatch.setattr(database.Database, "_allow", noted)
    before = [make_finding(f"CVE-2026-{number:05}", host) for number in range(50) for host in (A, B)]
    with make_delta(before, before[:30]) as delta:
        assert (delta.counts.baseline, delta.counts.remaining) == (100, 30)
    assert max(allowed[:-1]) > 16
    assert allowed[-1] < max(allowed)


def test_a_statement_that_needs_more_than_there_is_fails(
    make_finding: Callable[..., Finding], make_delta: Callable[..., Delta], monkeypatch: pytest.MonkeyPatch
):
    """Memory is not taken without an end."""
    monkeypatch.setattr(database, "_FEW", 0)
    monkeypatch.setattr(database, "_LEAST_MEMORY", 16)
    monkeypatch.setattr(database, "_MOST_MEMORY", 16)
    with pytest.raises(duckdb.OutOfMemoryException):
        make_delta([make_finding("CVE-2026-1", A)], [])
