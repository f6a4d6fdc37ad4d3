"""A large fleet's database is a file, which changes nothing but the memory that it takes."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

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
