"""Judge and report a generated fleet from stored files alone: `python bench/stored.py [HOSTS …]`, of 100 findings each.

What a fleet of ten thousand hosts costs after its findings were read: the delta, the causes, `delta.csv` and the
sections of the page. The snapshots hold the rows of `rows.py`; the process that judges is measured by itself.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench.fleet import cost
from bench.report import opening, page
from bench.rows import ACCOUNT, FINDINGS, REGION, SOME, TAG, fleet, host_id
from postpatch.evidence.kept import read_kept
from postpatch.evidence.snapshot import manifest_path, write_snapshot
from postpatch.model import Host, Manifest, Mode, ScannedHost, Scope, Snapshot
from postpatch.report.delta_csv import write_delta
from postpatch.report.html import render_sections
from postpatch.translation.decoded import decoded_findings
from postpatch.translation.row import Row
from postpatch.verdict.delta import Delta
from tests.report.runs import passing_run, with_delta

_SIZES = (100, 1_000)
_SIDES = ("baseline", "after")
_SEEN = datetime(2026, 11, 22, tzinfo=UTC)
_KINDS = (0, 1)  # a host that kept some fixable findings, and one of the others


def rows(hosts: int, *, patched: bool) -> Iterator[Row]:
    """Yield the rows of a fleet's findings, host by host."""
    found = fleet(_SEEN.timestamp(), patched=patched)
    blocks = [decoded_findings(f'{{"findings":[{found.findings_of(host_id(one))}]}}'.encode()).rows for one in _KINDS]
    for number in range(hosts):
        host = host_id(number)
        for row in blocks[number % SOME != 0]:
            yield msgspec.structs.replace(row, host=host, arn=row.arn.replace(row.host, host))


def store(folder: Path, hosts: int) -> None:
    """Write both snapshots of a fleet."""
    scanned = tuple(ScannedHost(host_id(number), True, True, True, _SEEN) for number in range(hosts))
    manifest = Manifest(Mode.LIVE, "inspector2", ACCOUNT, REGION, Scope("tag", TAG), "", _SEEN, _SEEN, "bench", scanned)
    for side in _SIDES:
        write_snapshot(folder / f"{side}.ndjson.gz", rows(hosts, patched=side == "after"), lambda: manifest)


def judge(folder: Path) -> None:
    """Write `delta.csv` and the sections of the page, as a run that has read its findings does."""
    baseline, after = (_stored(folder / f"{side}.ndjson.gz") for side in _SIDES)
    hosts = tuple(Host(one.id, f"node {one.id}") for one in after.manifest.hosts)
    run = replace(
        with_delta(passing_run(folder / "small"), Delta(baseline, after)),
        hosts=hosts, baseline=baseline.manifest, after=after.manifest,
    )  # fmt: skip
    if run.remaining:
        write_delta(folder / "delta.csv", run.remaining, run.mode.value)
    (folder / "page.html").write_text(page(render_sections(run)), encoding="utf-8")


def _stored(path: Path) -> Snapshot:
    manifest: Manifest = read_kept(manifest_path(path), Manifest)
    return Snapshot(path, manifest)


def measure(hosts: int) -> None:
    """Print what judging and reporting a fleet of one size costs, and how fast a browser opens its page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store(folder, hosts)
        taken = cost(__file__, "judge", folder)
        size = (folder / "page.html").stat().st_size / 1e6
        opened = opening([folder / "page.html"])
        sys.stdout.write(
            f"{hosts:>6} hosts {hosts * FINDINGS:>9,} findings  judged from stored files  {taken.cpu:7.1f} s CPU  "
            f"{taken.memory:5.0f} MB  page {size:.2f} MB"
            f"{f', opened in {opened[0]:.2f} s' if opened else ', not opened: no playwright or no Chromium'}\n"
        )
        sys.stdout.flush()


def main(given: list[str]) -> None:
    """Measure each size, or judge one folder."""
    if given[:1] == ["judge"]:
        judge(Path(given[1]))
        return
    for hosts in [int(one) for one in given] or _SIZES:
        measure(hosts)


if __name__ == "__main__":
    main(sys.argv[1:])
