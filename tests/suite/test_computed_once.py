"""One run derives each value once: the snapshots are loaded once, and each remaining finding is settled once."""

import os
from collections import Counter
from pathlib import Path

import pytest

from postpatch.verdict.database import Database
from postpatch.verdict.remaining import RemainingFindings

NOTED_IN = "NOTED_IN"


def note():
    """Write a line to a file for each load of two snapshots, and for each remaining finding that is settled."""
    file = Path(os.environ[NOTED_IN])
    load, settle = Database.__init__, RemainingFindings._settled

    def noted_load(self, *snapshots):
        _add(file, "load")
        load(self, *snapshots)

    def noted_settle(self, finding, contradicted):
        _add(file, f"{finding.arn} {finding.vulnerability} {finding.host}")
        return settle(self, finding, contradicted)

    Database.__init__ = noted_load
    RemainingFindings._settled = noted_settle


def _add(file, line):
    with file.open("a", encoding="utf-8") as opened:
        opened.write(f"{line}\n")


@pytest.mark.parametrize("world", ["workshop", "failed-install"])
def test_a_run_loads_once_and_settles_each_finding_once(rehearse, tmp_path, world):
    """All checks, the JSON, the CSV and the HTML report share one database and one cause a finding."""
    noted = tmp_path / "noted"
    ran = rehearse("--world", world, prepare=note, **{NOTED_IN: str(noted)})
    times = Counter(noted.read_text(encoding="utf-8").splitlines())
    assert times.pop("load") == 1
    assert set(times.values()) == {1}
    assert len(times) >= ran.verdict["counts"]["remaining"] > 0
