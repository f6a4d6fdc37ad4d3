"""The options that hold an address: which mode takes them, and what they may name."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from postpatch.model import Engine, Mode, S3Folder
from postpatch.run.addresses import findings_file, store_folder


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.RECORDED])
def test_evidence_is_stored(mode: Mode) -> None:
    """Of AWS, and of exported files."""
    problems: list[str] = []
    assert store_folder("s3://example/a", mode, False, problems) == S3Folder("example", "a")
    assert problems == []


@pytest.mark.parametrize(
    ("given", "mode", "taking_baseline", "words"),
    [
        ("s3://example/a", Mode.SIMULATED, False, "a rehearsal is none"),
        ("s3://example/a", Mode.LIVE, True, "a baseline is no pack"),
        ("example/a", Mode.LIVE, False, "--store: Name a folder in S3"),
    ],
)
def test_what_is_not_stored_is_refused(given: str, mode: Mode, taking_baseline: bool, words: str) -> None:
    """In one sentence each, before anything is asked."""
    problems: list[str] = []
    store_folder(given, mode, taking_baseline, problems)
    (problem,) = problems
    assert words in problem


def test_nothing_is_stored_unless_it_is_asked_for() -> None:
    """No option, no problem."""
    problems: list[str] = []
    assert store_folder("", Mode.SIMULATED, True, problems) is None
    assert problems == []


@pytest.mark.parametrize(
    ("mode", "engine", "given", "words"),
    [
        (Mode.SIMULATED, Engine.V2, {}, "goes with --aws live alone"),
        (Mode.RECORDED, Engine.V2, {}, "goes with --aws live alone"),
        (Mode.LIVE, Engine.CLASSIC, {}, "Classic has no delegated administrator"),
        (Mode.LIVE, Engine.V2, {"read_only": True}, "with --read-only it starts none"),
        (Mode.LIVE, Engine.V2, {"taking_baseline": True}, "a baseline is taken at once"),
    ],
)
def test_findings_are_read_by_an_administrator_after_a_scan_alone(
    mode: Mode, engine: Engine, given: dict[str, bool], words: str
) -> None:
    """Where no run of this kind would use them, naming them is refused."""
    options: Any = SimpleNamespace(**({"read_only": False, "taking_baseline": False} | given))
    for path, expected in ((None, 0), (Path("x.ndjson.gz"), 1)):
        problems: list[str] = []
        assert findings_file(path, mode, engine, options, problems) == path
        assert [words in problem for problem in problems] == [True] * expected
