"""Measure what must stay quick, as ratios against a plain yardstick in the same run: `make bench`.

Absolute times say more about the machine than about the code; a ratio can be compared over years.
"""

import gzip
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import Finding, Manifest, Mode, Package, ScannedHost, Scope, Snapshot
from postpatch.verdict.delta import Delta
from postpatch.verdict.remaining import RemainingFindings

HOSTS, FINDINGS_A_HOST, ROUNDS = 500, 100, 3
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def findings(skip_every: int) -> Iterator[Finding]:
    """Yield the findings of the fleet, one in `skip_every` left out; 0 leaves out none."""
    for host in range(HOSTS):
        for number in range(FINDINGS_A_HOST):
            if skip_every and number % skip_every == 0:
                continue
            package = Package("openssl", "3.0.8", release="1.amzn2023", manager="OS", fixed_in="NotAvailable")
            yield Finding(
                "123456789012", "us-east-1", f"i-{host:017x}", "PACKAGE_VULNERABILITY", f"CVE-2024-{number:05d}",
                "ACTIVE", "HIGH", f"CVE-2024-{number:05d} - openssl", disclosed_at=NOW, packages=(package,),
            )  # fmt: skip


def snapshot(path: Path, skip_every: int) -> Snapshot:
    """Write a snapshot of the fleet and return it."""
    describe = Manifest(
        Mode.SIMULATED, "inspector2", "123456789012", "us-east-1", Scope("stack", ("pww",)), "", NOW, NOW, "bench",
        tuple(ScannedHost(f"i-{host:017x}", True, True, True) for host in range(HOSTS)),
    )  # fmt: skip
    return write_snapshot(path, findings(skip_every), lambda: describe)


def yardstick(before: Snapshot, after: Snapshot) -> int:
    """Compare the same files the plain way: every row parsed into a set of identities."""
    sets = []
    for side in (before, after):
        with gzip.open(side.path, "rt", encoding="utf-8") as file:
            sets.append({(row["host"], row["vulnerability"]) for row in map(json.loads, file)})
    return len(sets[0] - sets[1])


def delta(before: Snapshot, after: Snapshot) -> int:
    """Compare them with the delta."""
    with Delta(before, after) as change:
        return change.counts.fixed


def kinds(before: Snapshot, after: Snapshot) -> int:
    """Compare them and settle the kind of every remaining finding."""
    with Delta(before, after) as change:
        return sum(1 for _ in RemainingFindings(change, {}))


def seconds(measure: Callable[[Snapshot, Snapshot], int], before: Snapshot, after: Snapshot) -> float:
    """Return the median time of some rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        measure(before, after)
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main() -> None:
    """Print each measure as a ratio of the yardstick."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = snapshot(Path(folder, "a.ndjson.gz"), 0), snapshot(Path(folder, "b.ndjson.gz"), 4)
        begun = time.perf_counter()
        rows = sum(1 for _ in findings(0))
        made = time.perf_counter() - begun
        begun = time.perf_counter()
        snapshot(Path(folder, "c.ndjson.gz"), 0)
        wrote = time.perf_counter() - begun
        plain = seconds(yardstick, before, after)
        sys.stdout.write(f"{rows} findings on {HOSTS} hosts; ratios, lower is better\n")
        sys.stdout.write(f"write a snapshot / make its rows          {wrote / made:6.2f}\n")
        for name, measure in (("delta", delta), ("delta and kinds", kinds)):
            sys.stdout.write(f"{name + ' / plain comparison':<40}  {seconds(measure, before, after) / plain:6.2f}\n")


if __name__ == "__main__":
    main()
