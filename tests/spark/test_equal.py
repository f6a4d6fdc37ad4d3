"""Spark and DuckDB come to the same of the same packs; what DuckDB derived, Spark derives again, row by row."""

import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from postpatch.fleet.on_duckdb import OnDuckDB
from postpatch.fleet.on_spark import OnSpark
from tests.spark.cluster import Cluster

_MOST = 50
_PATIENCE = 120


def _altered(pack: Path, folder: Path, *, of: str = ",fixed,", to: str = ",host_gone,", rows: int = 3) -> Path:
    """Return a copy of a pack that says something else of some findings."""
    copy = folder / f"{pack.name} (2)"
    shutil.copytree(pack, copy)
    text = (copy / "delta.csv").read_text(encoding="utf-8")
    assert text.count(of) >= rows
    (copy / "delta.csv").write_text(text.replace(of, to, rows), encoding="utf-8")
    return copy


def test_generated_packs(packs: list[Path], on_spark: OnSpark) -> None:
    """Spark derives each row that DuckDB derived, and counts causes and packages as DuckDB does."""
    assert on_spark.differences(packs) == {}
    found = on_spark.concerns(packs, _MOST)
    assert found == OnDuckDB().concerns(packs, _MOST)
    assert len(found.causes) == 3
    assert len(found.packages) == _MOST


def test_what_was_altered_is_found(packs: list[Path], on_spark: OnSpark, tmp_path: Path) -> None:
    """Both engines find the same number of rows in the same pack, and none in the others."""
    one, another = _altered(packs[0], tmp_path), _altered(packs[1], tmp_path, of=",yes,", to=",no,", rows=7)
    every = [packs[0], one, another, packs[2]]
    assert on_spark.differences(every) == OnDuckDB().differences(every) == {one: 3, another: 7}


def test_a_worker_that_is_killed_changes_nothing(two_workers: Cluster, session: Any, packs: list[Path]) -> None:
    """It is killed while it works; the other one does its part again, and the results are those of DuckDB."""
    two_workers.add_worker()
    killed: list[bool] = []

    def kill() -> None:
        tracker, until = session.sparkContext.statusTracker(), time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            stages = [tracker.getStageInfo(one) for one in tracker.getActiveStageIds()]
            # In the middle: something was done, whose result is lost with the worker.
            if any(stage and stage.numActiveTasks for stage in stages) and _done(session):
                two_workers.kill_a_worker()
                killed.append(bool(tracker.getActiveStageIds()))
                return
            time.sleep(0.02)

    killer = threading.Thread(target=kill)
    killer.start()
    engine = OnSpark(session)
    different, found = engine.differences(packs), engine.concerns(packs, _MOST)
    killer.join()
    assert killed == [True]
    assert different == {}
    assert found == OnDuckDB().concerns(packs, _MOST)


def _done(session: Any) -> bool:
    """Return whether a stage of the jobs that run has done a part of its tasks."""
    tracker = session.sparkContext.statusTracker()
    jobs = [tracker.getJobInfo(one) for one in tracker.getActiveJobsIds()]
    stages = [tracker.getStageInfo(stage) for job in jobs if job for stage in job.stageIds]
    return any(stage and stage.numCompletedTasks for stage in stages)


@pytest.mark.parametrize("missing", [[], ["delta.csv"]])
def test_nothing_to_compare(on_spark: OnSpark, tmp_path: Path, missing: list[str]) -> None:
    """A pack without a delta is left out, as with DuckDB."""
    for name in missing:
        (tmp_path / name).touch()
    for engine in (on_spark, OnDuckDB()):
        assert engine.differences([tmp_path]) == {}
        assert not engine.concerns([tmp_path], _MOST).causes
