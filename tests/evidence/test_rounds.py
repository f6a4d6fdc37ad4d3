"""The rounds of a history: packs are checked before they are read, and each run counts once."""

import json
import shutil
from pathlib import Path

import pytest

from postpatch.evidence.rounds import rounds
from postpatch.model import Severity
from tests.packs.sealing import seal_again, sealed
from tests.packs.test_packs import SMALL


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Return a folder with a pack, and the same one in `runs`."""
    reports = tmp_path / "reports"
    shutil.copytree(sealed(SMALL, tmp_path / "made"), reports)
    shutil.copytree(reports, reports / "runs" / "20261120T221231Z-12345678")
    return reports


def test_a_run_counts_once(reports: Path) -> None:
    """The newest pack is in the folder and, once another run replaced it, in `runs` as well."""
    found, unreadable = rounds([reports, reports])
    assert (len(found), unreadable) == (1, ())
    assert (found[0].verdict, found[0].altered, found[0].simulated) == ("FAIL", (), False)
    assert found[0].active is not None
    assert found[0].active.keys() <= set(Severity)


def test_an_altered_pack_is_named_and_not_used(reports: Path) -> None:
    """Of an altered pack there is what it says of itself alone; a whole copy of it counts beside it."""
    (reports / "verify.json").write_text("{}", encoding="utf-8")
    found, _ = rounds([reports])
    whole, altered = sorted(found, key=lambda one: len(one.altered))
    assert whole.folder.parent.name == "runs"
    assert [one.split(":")[0] for one in altered.altered] == ["verify.json"]
    assert (altered.active, altered.delta, altered.subject) == (None, None, "")


def test_what_is_no_pack_is_told(reports: Path) -> None:
    """A manifest that cannot be read is a sentence, and hides no other pack."""
    (reports / "manifest.json").write_text("no JSON", encoding="utf-8")
    found, unreadable = rounds([reports])
    assert len(found) == 1
    assert len(unreadable) == 1
    assert str(reports) in unreadable[0]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("severities", "HIGH", "after"), "9"), (("severities", "HIGH", "after"), True),
        (("severities", "HIGH", "after"), -1), (("severities", "HIGH", "after"), [1]),
        (("counts", "fixed"), "many"), (("counts", "new"), {}),
    ],
)  # fmt: skip
def test_a_count_that_is_none_makes_no_round(reports: Path, path: tuple[str, ...], value: object) -> None:
    """A verdict of another shape is a problem of its own pack: nothing is added up from it."""
    verdict = json.loads((reports / "verify.json").read_text(encoding="utf-8"))
    place = verdict
    for key in path[:-1]:
        place = place.setdefault(key, {})
    place[path[-1]] = value
    (reports / "verify.json").write_text(json.dumps(verdict), encoding="utf-8")
    shutil.rmtree(reports / "runs")
    seal_again(reports)
    ((one,), _) = rounds([reports])
    assert "is not a number of findings" in one.altered[0]
