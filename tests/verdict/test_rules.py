"""The table of rule changes: in order, about things that exist, and the same in the documentation."""

from pathlib import Path

import pytest

from postpatch.report.schema import VerdictJson
from postpatch.verdict import rules
from postpatch.verdict.checks import CHECKS
from postpatch.verdict.rules import RuleChange

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence.md"


def test_the_documentation_has_the_table():
    """docs/evidence.md shows each change of the rules, as the code has it, and no other."""
    text = EVIDENCE.read_text(encoding="utf-8")
    assert rules.table() + "\n" in text


def test_each_change_concerns_what_exists():
    """A change names ids of checks and keys of `verify.json`; a misspelt one would explain nothing."""
    known = {check.id for check in CHECKS} | set(VerdictJson.__annotations__)
    for change in rules.CHANGES:
        assert change.concerns
        assert {name.partition(".")[0] for name in change.concerns} <= known


def test_versions_grow():
    """Changes stand in the order of their versions, the first of which is 2."""
    versions = [change.version for change in rules.CHANGES]
    assert versions == sorted(versions)
    assert set(range(rules.FIRST + 1, rules.current() + 1)) == set(versions)


@pytest.fixture
def changed(monkeypatch):
    """Put three changes in two versions into the table."""
    changes = tuple(
        RuleChange(version, frozenset({name}), name) for version, name in ((2, "FIND-1"), (3, "counts"), (3, "MW-1"))
    )
    monkeypatch.setattr(rules, "CHANGES", changes)
    return changes


def test_changes_since_a_version(changed):
    """A verdict of a version knows that version's changes; the newest one is the version of today."""
    assert rules.current() == 3
    assert rules.changes_since(1) == changed
    assert rules.changes_since(2) == changed[1:]
    assert rules.changes_since(3) == ()


def test_the_table_has_a_row_for_each(changed):
    """Each change is a row of the table, after the rules of 0.1.0."""
    rows = rules.table().splitlines()
    assert len(rows) == 3 + len(changed)
    assert rows[-2] == "| 3 | `counts` | counts |"
