"""One run derives each value once: the snapshots are loaded once, and each cause is settled once."""

import os
from collections import Counter
from pathlib import Path

import pytest

from postpatch.verdict import settled
from postpatch.verdict.database import Database

NOTED_IN = "NOTED_IN"


def note():
    """Write a line to a file for each load of two snapshots, and for each description and finding that is settled."""
    file = Path(os.environ[NOTED_IN])
    load, by_itself, by_host = Database.__init__, settled.kind_of, settled.cause_of

    def noted_load(self, *snapshots):
        _add(file, "load")
        load(self, *snapshots)

    def noted_kind(finding):
        _add(file, f"itself: {finding!r}")
        return by_itself(finding)

    def noted_cause(finding, story):
        _add(file, f"by its host: {finding!r}")
        return by_host(finding, story)

    Database.__init__ = noted_load
    settled.kind_of, settled.cause_of = noted_kind, noted_cause


def _add(file, line):
    with file.open("a", encoding="utf-8") as opened:
        opened.write(f"{line}\n")


@pytest.mark.parametrize("world", ["workshop", "failed-install"])
def test_a_run_loads_once_and_settles_each_finding_once(rehearse, tmp_path, world):
    """All checks, the JSON, the CSV and the HTML report share one database, and what is settled in it."""
    noted = tmp_path / "noted"
    ran = rehearse("--world", world, prepare=note, **{NOTED_IN: str(noted)})
    times = Counter(noted.read_text(encoding="utf-8").splitlines())
    assert times.pop("load") == 1
    assert set(times.values()) == {1}
    assert ran.verdict["counts"]["remaining"] > 0
    assert any(line.startswith("itself: ") for line in times)
    # Where patching left fixable packages, each of their findings is settled by its host.
    by_host = sum(line.startswith("by its host: ") for line in times)
    assert (by_host > 0) is (world == "failed-install")
