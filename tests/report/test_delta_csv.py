"""`delta.csv`: a row for each finding, and nothing that a spreadsheet would run."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from postpatch.model import FindingType
from postpatch.report.delta_csv import COLUMNS, write_delta
from postpatch.report.verdict_json import verdict_json
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.run import Run


def rows(path: Path, delta: Any, stories: Any = None) -> list[dict[str, str]]:
    """Write a delta and read it as a spreadsheet does."""
    write_delta(path, RemainingFindings(delta, stories or {}), "SIMULATED")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", ["passing", "failing"])
def test_every_finding_has_its_row(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """The rows count as the verdict counts, class by class and cause by cause, CIS checks included."""
    run: Run = request.getfixturevalue(kind)
    told, found = verdict_json(run), rows(tmp_path / "delta.csv", run.delta)
    by_class = Counter(row["class"] for row in found if row["type"] != "CONFIGURATION")
    classes = ("fixed", "remaining", "new", "host_gone", "not_scanned", "suppressed")
    assert by_class == Counter({name: told["counts"][name] for name in classes})  # type: ignore[literal-required,index]
    causes = Counter(row["cause"] for row in found if row["class"] == "remaining")
    assert causes == Counter({str(kind): number for kind, number in (told["remaining_kinds"] or {}).items()})
    assert {row["cause"] for row in found if row["class"] != "remaining"} == {""}


def test_the_cause_is_that_of_its_own_finding(make_delta: Any, make_finding: Any, tmp_path: Path) -> None:
    """Among many findings each row carries the cause of its own, whatever the order they came in."""
    both = [
        make_finding(
            f"CVE-2024-{number}",
            fix_available="NO" if number % 3 else "YES",
            **({"packages": ()} if number % 3 else {}),
        )
        for number in (*range(0, 2_500, 2), *range(1, 2_500, 2))
    ]
    found = rows(tmp_path / "delta.csv", make_delta(both, reversed(both)))
    assert len(found) == 2_500
    for row in found:
        number = int(row["vulnerability"].rpartition("-")[2])
        assert (row["cause"] == "no_fix") is bool(number % 3), row


def test_a_row_says_who_what_and_what_became_of_it(make_delta: Any, make_finding: Any, tmp_path: Path) -> None:
    """A port stands with its numbers, a package without any; what does not apply is empty."""
    port = make_finding("", type=FindingType.NETWORK, protocol="TCP", port_begin=22, port_end=22, packages=())
    gone = make_finding("CVE-2024-1", severity="HIGH")
    one, other = rows(tmp_path / "delta.csv", make_delta([gone], [port]))
    assert tuple(one) == COLUMNS
    assert one["evidence"] == "SIMULATED"
    assert [one[name] for name in ("protocol", "port_begin", "class", "severity_before")] == ["TCP", "22", "new", ""]
    assert [other[name] for name in ("port_begin", "class", "severity_before", "severity_after")] == [
        "", "fixed", "HIGH", "",
    ]  # fmt: skip
    assert {one["comparable"], other["comparable"]} == {"yes"}


@pytest.mark.parametrize("title", ["=cmd|'/C calc'!A0", "+1", "-2+3", "@SUM(A1)", '="a",b'])
def test_no_cell_is_a_formula(make_delta: Any, make_finding: Any, tmp_path: Path, title: str) -> None:
    """A text that a spreadsheet would take for a formula has an apostrophe before it, and is otherwise as it was."""
    (row,) = rows(tmp_path / "delta.csv", make_delta([make_finding("CVE-2024-1", title=title)], []))
    assert row["title"] == f"'{title}"


@pytest.mark.parametrize("identity", ["\tCVE\n2024", "\nCVE", "=CVE"])
def test_no_identity_is_a_formula_and_each_stays(
    make_delta: Any, make_finding: Any, tmp_path: Path, identity: str
) -> None:
    """By the identity later runs compare rows: only the apostrophe is added to it."""
    (row,) = rows(tmp_path / "delta.csv", make_delta([make_finding(identity, title="x")], []))
    assert row["vulnerability"] == f"'{identity}"


def test_a_title_is_one_line_that_is_seen(make_delta: Any, make_finding: Any, tmp_path: Path) -> None:
    """Whoever prints the file in a terminal, or in the log of a pipeline, is shown what it holds."""
    title = "\n\x1b[2J\u202edrow\r\n::error title=x::forged\x9b ##[error]x"
    (row,) = rows(tmp_path / "delta.csv", make_delta([make_finding("CVE-2024-1", title=title)], []))
    assert row["title"] == "[U+001B][2J[U+202E]drow ::error title=x::forged[U+009B] # #[error]x"


def test_other_texts_stay_as_they_are(make_delta: Any, make_finding: Any, tmp_path: Path) -> None:
    """Quotes, commas and other scripts come back as they were."""
    title = 'an "öpen" door, こんにちは; a=b'
    (row,) = rows(tmp_path / "delta.csv", make_delta([make_finding("CVE-2024-1", title=title)], []))
    assert row["title"] == title
