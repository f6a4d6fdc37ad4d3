"""The options that hold an address: which mode takes them, and what they may name."""

import pytest

from postpatch.model import Mode, S3Folder
from postpatch.run.addresses import store_folder


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
