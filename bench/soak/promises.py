"""What every run must keep, whatever breaks it."""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from bench.soak.running import Ended
from postpatch.errors import CouldNotCheck
from postpatch.evidence.pack import MANIFEST, NotAPack, read_manifest
from postpatch.evidence.pack_check import problems
from postpatch.evidence.snapshot import open_snapshot

_TRACEBACK = re.compile(r"Traceback \(most recent call last\)|INTERNALERROR|\bFatal Python error\b")


def whole_packs(reports: Path) -> dict[str, str]:
    """Return the verdict of each whole pack in a folder of reports and below its `runs/`, by its run."""
    found = {}
    for folder in (reports, *(reports / "runs").glob("2*")):
        try:
            manifest = read_manifest(folder)
            if not list(problems(folder, manifest)):
                found[manifest.run] = manifest.verdict
        except (NotAPack, OSError):
            continue
    return found


def broken_promises(
    ended: Ended,
    *,
    exits: Collection[int],
    earlier: Collection[str] = (),
    green: bool = True,
    kept_in: Path | None = None,
) -> Iterator[str]:
    """Yield each promise that a run broke.

    `exits` are the exit codes that its fault may give, `earlier` the runs whose packs were whole before, in `kept_in`
    if the fault moved them; `green` says whether its world may pass.
    """
    if ended.exit not in exits:
        yield f"exit code {ended.exit}, not one of {sorted(exits)}"
    if found := _TRACEBACK.search(ended.out):
        yield f"printed {found[0]!r}"
    reports = kept_in or ended.reports
    packs = whole_packs(reports)
    if lost := set(earlier) - packs.keys():
        yield f"lost {len(lost)} packs of earlier runs"
    new = [packs[run] for run in packs.keys() - set(earlier)]
    if ended.exit == 0 and new != ["PASS"]:
        yield f"exit code 0, and published {new or 'nothing'}"
    if not green and "PASS" in new:
        yield "published PASS of a world that must fail"
    if (reports / MANIFEST).exists() and _run_in(reports) not in packs:
        yield "left a manifest whose pack is not whole"


def whole_baselines(reports: Path) -> set[str]:
    """Return the sha256 of each baseline in a folder that a verify run would accept as whole."""
    found = set()
    for path in reports.glob("baseline*.ndjson.gz"):
        try:
            found.add(open_snapshot(path, "").manifest.sha256)
        except CouldNotCheck:
            continue
    return found


def _run_in(folder: Path) -> str:
    try:
        return str(json.loads((folder / MANIFEST).read_bytes())["run"])
    except (OSError, ValueError, KeyError):
        return ""
