"""Derive and count generated packs with DuckDB, and with Spark on two workers: `python -m bench.spark [ROWS …]`.

It runs in the environment of `make test-spark`. Both engines must come to the same. CPU (user and system) of DuckDB is
that of a process of its own; of Spark that of this process, its JVM, and the two workers' executors, and `start` is the
part of it before the first query. Peak memory of Spark is the sum of these, without this process. Wall time says little
on a machine that does other work.
"""

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from postpatch.fleet.concerns import Concerns
from postpatch.fleet.engine import Engine
from postpatch.fleet.on_duckdb import OnDuckDB
from postpatch.fleet.on_spark import OnSpark
from postpatch.fleet.spark_session import spark_session
from tests.spark.cluster import cluster
from tests.spark.generated import make_packs

_SIZES = (40_000, 400_000)
_PACKS, _MOST = 4, 50
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Took:
    """What an engine took: CPU and wall time in seconds, and what it found."""

    derive: float
    count: float
    wall: float
    different: int
    concerns: Concerns


@dataclass(frozen=True)
class _Process:
    parent: int
    cpu: float
    memory: float


def _measured(engine: Engine, packs: Sequence[Path], cpu: Callable[[], float]) -> Took:
    began, at_first = time.monotonic(), cpu()
    different = engine.differences(packs)
    derived = cpu()
    concerns = engine.concerns(packs, _MOST)
    return Took(derived - at_first, cpu() - derived, time.monotonic() - began, sum(different.values()), concerns)


def _by_duckdb(packs: Sequence[Path]) -> tuple[Took, float]:
    took = _measured(OnDuckDB(), packs, time.process_time)
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _silence() -> None:
    """Let DuckDB write its progress to nowhere, which it shows in a process that multiprocessing starts."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _processes() -> dict[int, _Process]:
    """Return this process, by its id, and all that it and its children started."""
    every = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        except OSError:  # it has ended
            continue
        cpu, peak = (int(stat[11]) + int(stat[12])) / _TICK, status.get("VmHWM", "0").split()[0]
        every[int(folder.name)] = _Process(int(stat[1]), cpu, int(peak) / 1024)
    found = {os.getpid()}
    while more := {one for one, process in every.items() if process.parent in found} - found:
        found |= more
    return {one: every[one] for one in found}


class Cpu:
    """What this process and what it started took since; the daemons of the cluster are not counted."""

    def __init__(self) -> None:
        self._daemons = set(_processes()) - {os.getpid()}
        self._before = _processes()[os.getpid()].cpu

    def __call__(self) -> float:
        """Return the seconds."""
        return sum(one.cpu for one in self._ours().values()) - self._before

    def memory(self) -> float:
        """Return the sum of the peaks, in MB, without this process, which made the packs."""
        return sum(one.memory for number, one in self._ours().items() if number != os.getpid())

    def _ours(self) -> dict[int, _Process]:
        return {number: one for number, one in _processes().items() if number not in self._daemons}


def measure(rows: int, folder: Path) -> None:
    """Print what both engines take for packs of so many rows."""
    packs = make_packs(folder / "packs", rows, _PACKS)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _silence) as apart:
        duckdb, memory = apart.submit(_by_duckdb, packs).result()
    _say(rows, "DuckDB", duckdb, memory)
    (folder / "cluster").mkdir()
    with cluster(folder / "cluster", quick=False) as started:
        cpu = Cpu()
        with spark_session(started.url) as session:
            start = cpu()
            spark = _measured(OnSpark(session), packs, cpu)
            _say(rows, f"Spark (start {start:.1f} s)", spark, cpu.memory())
    if (spark.different, duckdb.different) != (0, 0) or spark.concerns != duckdb.concerns:
        raise SystemExit("the engines differ")
    _write(
        f"{rows:,} rows: Spark takes {spark.derive / duckdb.derive:.1f} times DuckDB's CPU to derive, "
        f"{spark.count / duckdb.count:.1f} times to count; equal results"
    )


def _say(rows: int, engine: str, took: Took, memory: float) -> None:
    _write(
        f"{rows:,} rows, {engine}: {took.derive:.1f} s of CPU to derive, {took.count:.1f} s to count, "
        f"{took.wall:.0f} s of wall time, {memory:.0f} MB"
    )


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or _SIZES):
        with tempfile.TemporaryDirectory(prefix="postpatch-bench-") as temporary:
            measure(size, Path(temporary))
