"""Six rounds whose packs are kept: a finding that came back, and a pack that was altered."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postpatch.__main__ import main
from tests.suite.conftest import Ran, Run
from tests.suite.exported import HOSTS, LATER, export, finding

WEEK = 604_800.0
BACK, OTHER, LEFT = "CVE-2023-0001", "CVE-2023-0002", "CVE-2023-0009"
# What is active before and after each of six rounds: the second fixes what is back in the fourth.
ROUNDS = (
    ({BACK, OTHER}, {BACK, OTHER}),
    ({BACK, OTHER}, {OTHER}),
    ({OTHER}, {OTHER}),
    ({OTHER}, {OTHER, BACK}),
    ({OTHER, BACK}, {OTHER, BACK}),
    ({OTHER, BACK}, set[str]()),
)


def rows(active: set[str], at: float) -> list[dict[str, Any]]:
    """Return an export's rows at a moment: each known finding of the first host, and one without a fix of each host."""
    states = {cve: "ACTIVE" if cve in active else "CLOSED" for cve in (BACK, OTHER)}
    found = [finding(HOSTS[0], cve, "0:8.1-1", at, status=state) for cve, state in states.items()]
    return [*found, *(finding(host, LEFT, at=at) for host in HOSTS)]


@pytest.fixture(scope="module")
def judge(rehearse_in: Callable[[Path], Run], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """Return what judges a round on files, with its reports in a folder."""
    files = tmp_path_factory.mktemp("files")
    run = rehearse_in(files)

    def judge_round(number: int, reports: Path) -> Ran:
        at = LATER + number * WEEK
        sides = (
            export(files / f"{number}-{side}.json", rows(active, at + seconds))
            for side, active, seconds in zip(("before", "after"), ROUNDS[number], (0.0, 3600.0), strict=True)
        )
        before, after = sides
        return run("--aws=recorded", f"--baseline={before}", f"--after={after}", f"--reports={reports}")

    return judge_round


@pytest.fixture(scope="module")
def after_four(judge: Callable[..., Ran], tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return the fourth round, in a folder with the packs of the three before it."""
    reports = tmp_path_factory.mktemp("rounds") / "reports"
    return [judge(number, reports) for number in range(4)][-1]


def classes(reports: Path) -> dict[str, str]:
    """Return what became of each finding of the first host, by `delta.csv`."""
    with (reports / "delta.csv").open(encoding="utf-8", newline="") as file:
        return {row["vulnerability"]: row["class"] for row in csv.DictReader(file) if row["host"] == HOSTS[0]}


def test_what_an_earlier_run_fixed_is_a_class_of_its_own(after_four: Ran) -> None:
    """Counts, table, page, summary and terminal have it, with when and by which run it was fixed."""
    reports, counts = after_four.reports, after_four.verdict["counts"]
    assert (counts["new"], counts["resurfaced"]) == (0, 1)
    assert (counts["remaining"], counts["after"]) == (3, 4)
    assert classes(reports) == {BACK: "resurfaced", OTHER: "remaining", LEFT: "remaining"}
    sentence = f"1 finding resurfaced: fixed in an earlier run, and active again: {BACK} on {HOSTS[0]}"
    assert sentence in after_four.verdict["headline"]
    assert sentence in after_four.out
    assert sentence in (reports / "summary.md").read_text(encoding="utf-8").replace("\\", "")
    read = after_four.verdict["earlier_runs"]["read"]
    assert len(read) == 3
    page = (reports / "verify.html").read_text(encoding="utf-8")
    assert sentence in page
    assert f"seen fixed 2023-11-28 by run {read[1]}" in page


def test_it_is_judged_as_a_new_finding(after_four: Ran, judge: Callable[..., Ran], tmp_path: Path) -> None:
    """The same files without earlier packs give the same outcomes and reasons; only the class is another."""
    alone = judge(3, tmp_path / "alone")
    assert alone.outcomes == after_four.outcomes
    assert alone.reason("FIND-3") == after_four.reason("FIND-3")
    assert (alone.verdict["counts"]["new"], alone.verdict["counts"]["resurfaced"]) == (1, 0)
    assert classes(alone.reports)[BACK] == "new"


def test_the_pack_alone_repeats_it(after_four: Ran, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Judged again where no other pack is: what the earlier runs fixed is in the pack."""
    pack = shutil.copytree(after_four.reports, tmp_path / "pack", ignore=shutil.ignore_patterns("runs"))
    assert main(["evidence", "rejudge", str(pack)]) == 0, capsys.readouterr()


def test_of_an_altered_pack_nothing_is_believed(after_four: Ran, judge: Callable[..., Ran], tmp_path: Path) -> None:
    """If the pack of the round that fixed it was altered, the finding is new, and the report says what is not known."""
    (pack,) = (one for one in (after_four.reports / "runs").glob("2*") if classes(one).get(BACK) == "fixed")
    reports = tmp_path / "reports"
    shutil.copytree(pack, reports / "runs" / pack.name)
    with (reports / "runs" / pack.name / "delta.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    ran = judge(3, reports)
    assert classes(reports)[BACK] == "new"
    (left_out,) = ran.verdict["earlier_runs"]["left_out"]
    assert "delta.csv: altered" in left_out
    assert "Not known is what this earlier run fixed" in (reports / "verify.html").read_text(encoding="utf-8")


def test_the_history_of_six_rounds(
    after_four: Ran, judge: Callable[..., Ran], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One finding resurfaced and is gone again; the one altered pack is named, and nothing of it is used."""
    reports = shutil.copytree(after_four.reports, tmp_path / "reports")
    for number in (4, 5):
        judge(number, reports)
    (pack,) = (one for one in (reports / "runs").glob("2*") if baseline_of(one).startswith("2023-12-05"))
    (pack / "summary.md").write_text("All is well.", encoding="utf-8")
    assert main(["history", str(reports)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("stack pww, 123456789012, us-east-1 (recorded files): 5 rounds\n")
    back = f"resurfaced: {BACK} on {HOSTS[0]}: fixed 2023-11-28, active again 2023-12-12, not active now"
    assert [line.strip() for line in said.splitlines() if "resurfaced" in line] == [back]
    assert f"altered, and not used: {pack}: summary.md: altered" in said
    page = (reports / "history.html").read_text(encoding="utf-8")
    assert page.count(f'<tr><th scope="row">{BACK}</th>') == 1
    assert f"<code>runs/{pack.name}</code>" in page


def baseline_of(pack: Path) -> str:
    """Return when a pack's baseline was taken."""
    return str(json.loads((pack / "verify.json").read_text(encoding="utf-8"))["baseline"]["taken_at"])
