"""What a run in each world of the simulated AWS leaves: its two snapshots, and the delta that it reports."""

import contextlib
import multiprocessing
from pathlib import Path

from postpatch.errors import CouldNotCheck
from postpatch.report.delta_csv import write_delta
from postpatch.simulator import worlds
from tests.catalogue.judged_here import collect_in


def packs_of_worlds(folder: Path, names: list[str]) -> list[Path]:
    """Collect in each world and judge it, two at a time; return a folder for each, laid out as a pack."""
    context = multiprocessing.get_context("forkserver")  # of this process threads and a JVM would be forked too
    context.set_forkserver_preload([__name__])  # imported once, for all of them
    with context.Pool(2, maxtasksperchild=50) as pool:
        pool.starmap(_collect, [(folder / name, name) for name in names], chunksize=4)
    return [folder / name for name in names]


def _collect(pack: Path, name: str) -> None:
    (pack / "evidence").mkdir(parents=True)
    with (pack / "log").open("w", encoding="utf-8") as log, contextlib.redirect_stderr(log):
        collection = collect_in(worlds()[name], pack / "evidence")
        with contextlib.suppress(CouldNotCheck):  # its findings could not be compared: there is no delta
            write_delta(pack / "delta.csv", collection.case.remaining, "SIMULATED")
