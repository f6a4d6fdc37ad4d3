"""What was overdue after the newest round: one line for findings that differ in their host alone, the longest first."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from postpatch.commands.history import _lines
from postpatch.model.round import Round
from postpatch.report.delta_csv import COLUMNS
from postpatch.report.history import render_history
from postpatch.verdict.history import History
from postpatch.verdict.history_overdue import MOST
from tests.verdict.test_history import make_round, only

LATE = {
    "type": "PACKAGE", "class": "remaining", "severity_after": "HIGH", "title": "CVE-1 - httpd",
    "vulnerability": "CVE-1",
    "due": "2026-09-30", "overdue_days": "8", "owner": "application owner",
}  # fmt: skip


def late(folder: Path, number: int, rows: Iterable[Mapping[str, str]]) -> Round:
    """Return a round whose delta.csv has these rows."""
    made = make_round(folder, number, {}, overdue=len(list(rows)), fixed_late=0)
    assert made.delta is not None
    with made.delta.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, COLUMNS, restval="").writerows(rows)
    return made


def shown(history: History) -> tuple[str, str]:
    """Return what the terminal shows, and the page."""
    return "\n".join(_lines(history)), render_history([history], [], [], Path())


def test_hosts_share_a_line(tmp_path: Path) -> None:
    """It has the finding, its hosts with their names, due date, days, and who has to act; so have terminal and page."""
    rows = [
        LATE | {"host": "i-1", "host_name": "web"},
        LATE | {"host": "i-2"},
        LATE | {"host": "i-3", "overdue_days": ""},
    ]
    found = only([late(tmp_path, 0, rows)])
    assert found.overdue is not None
    (line,) = found.overdue.lines
    assert (line.what, line.title, line.severity, line.due, line.days) == ("CVE-1", "httpd", "HIGH", "2026-09-30", 8)
    assert (line.owner, line.waiver, line.on, line.hosts) == ("application owner", "", 2, ("i-1 (web)", "i-2"))
    terminal, page = shown(found)
    assert (
        "  overdue: CVE-1, due 2026-09-30, 8 days overdue (application owner): i-1 (web), i-2" in terminal.splitlines()
    )
    assert "Past their deadline after the round of 2026-10-01" in page
    assert page.count('<tr><th scope="row">CVE-1</th>') == 1


def test_the_longest_is_first_and_a_waiver_is_shown(tmp_path: Path) -> None:
    """What is overdue for a time that is not known comes before all others."""
    rows = [
        LATE | {"host": "i-1", "vulnerability": "CVE-2", "overdue_days": "3", "waiver": "CHG-7 until 2026-12-01"},
        LATE | {"host": "i-1", "overdue_days": "20"},
        LATE | {"host": "i-1", "vulnerability": "CVE-3", "due": "", "overdue_days": "not known"},
    ]
    found = only([late(tmp_path, 0, rows)])
    assert found.overdue is not None
    assert [one.what for one in found.overdue.lines] == ["CVE-3", "CVE-1", "CVE-2"]
    said, _ = shown(found)
    assert "overdue: CVE-3, for how long is not known (application owner): i-1" in said
    assert (
        "overdue: CVE-2, due 2026-09-30, 3 days overdue (application owner, waiver CHG-7 until 2026-12-01): i-1" in said
    )


def test_the_newest_round_with_deadlines_counts(tmp_path: Path) -> None:
    """What was overdue before it is not listed; a later round without deadlines says nothing of what is overdue."""
    first, second = late(tmp_path, 0, [LATE | {"host": "i-1"}]), late(tmp_path, 1, [])
    found = only([first, second, make_round(tmp_path, 2, {"CVE-1": "remaining"})])
    assert found.overdue is not None
    assert (found.overdue.after, found.overdue.lines) == (second, ())
    terminal, page = shown(found)
    assert "overdue: " not in terminal
    assert "Nothing was overdue after the round of 2026-10-08." in page


def test_without_deadlines_there_is_no_list(tmp_path: Path) -> None:
    """A policy without deadlines makes nothing overdue."""
    found = only([make_round(tmp_path, 0, {"CVE-1": "remaining"})])
    assert found.overdue is None
    assert "Overdue" not in shown(found)[1]


def test_the_list_is_bounded(tmp_path: Path) -> None:
    """The page has the first hundred lines and the terminal ten; both say how many more there are, and where."""
    rows = [LATE | {"host": "i-1", "vulnerability": f"CVE-{number}"} for number in range(MOST + 23)]
    rows += [LATE | {"host": f"i-{number}", "vulnerability": "CVE-0"} for number in range(2, 9)]
    found = only([late(tmp_path, 0, rows)])
    assert found.overdue is not None
    assert (len(found.overdue.lines), found.overdue.left_out) == (MOST, 23)
    terminal, page = shown(found)
    assert "and 113 more overdue: see the page, and delta.csv of 2026-10-01" in terminal
    assert "23 more are not listed here" in page
    assert "and 3 more" in page
