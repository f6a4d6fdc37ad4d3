"""A Spark cluster computes over the packs of a fleet (extra `spark`), with the SQL that DuckDB runs."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from postpatch.evidence.pack import EVIDENCE
from postpatch.fleet.concerns import Concerns, concerns_of, first_concerns
from postpatch.fleet.engine import AFTER, DELTA_CSV, DIFFERENCES, compared, snapshots
from postpatch.fleet.spark_relations import derived, named_package, outcome
from postpatch.fleet.spark_session import asking
from postpatch.model import SCHEME, Manifest, Snapshot
from postpatch.model.scan import FINDINGS
from postpatch.text.places import name_of
from postpatch.verdict.comparability import ComparedHost, compared_hosts
from postpatch.verdict.delta import Delta

_BEFORE = f"{EVIDENCE}/baseline.ndjson.gz"
# So many bytes of compressed snapshots are the work of one task: some hundred thousand rows.
_OF_A_TASK = 4 << 20


class OnSpark:
    """A Spark session; all packs are computed over at once.

    Each worker reads the packs' files where this process has them, so that the folder is one that all of them see.
    `direct`: what was fetched from S3 the workers read there again, by the cluster's own connector (s3a).
    """

    def __init__(self, session: Any, *, direct: bool = False) -> None:
        self._spark, self._direct = session, direct

    def concerns(self, packs: Sequence[Path], most: int) -> Concerns:
        """Return what concerns the hosts of the packs: every cause, and at most `most` packages."""
        if not (counted := dict(enumerate(compared(packs)))):
            return Concerns()
        with asking():
            self._divide(counted, AFTER)
            self._outcome(counted)
            named_package(self._spark, self._files(counted, AFTER))
            return concerns_of(map(tuple, self._spark.sql(first_concerns(most)).collect()))

    def differences(self, packs: Sequence[Path]) -> Mapping[Path, int]:
        """Return how many rows of each `delta.csv` are not what its snapshots give; packs that agree are left out.

        BadEvidence if a snapshot or its manifest cannot be read.
        """
        if not (counted := dict(enumerate(compared(packs)))):
            return {}
        hosts = [(number, host) for number, pack in counted.items() for host in _hosts(*snapshots(pack))]
        with asking():
            self._divide(counted, _BEFORE, AFTER)
            self._outcome(counted, apart=True)
            kept = derived(self._spark, self._files(counted, _BEFORE), self._files(counted, AFTER), hosts)
            try:
                return {counted[number]: rows for number, rows in self._spark.sql(DIFFERENCES).collect()}
            finally:
                for relation in kept:
                    relation.unpersist()

    def _divide(self, packs: Mapping[int, Path], *names: str) -> None:
        """Have Spark divide the hosts into as many parts as these files need, so that each has one to do."""
        files = (pack / name for pack in packs.values() for name in names)
        size = sum(file.stat().st_size for file in files if file.is_file())
        parts = max(self._spark.sparkContext.defaultParallelism, size // _OF_A_TASK)
        self._spark.conf.set("spark.sql.shuffle.partitions", parts)

    def _outcome(self, packs: Mapping[int, Path], *, apart: bool = False) -> None:
        headers = {number: _header(pack / DELTA_CSV) for number, pack in packs.items()}
        outcome(self._spark, self._files(packs, DELTA_CSV), headers, apart=apart)

    def _files(self, packs: Mapping[int, Path], name: str) -> dict[int, str]:
        return {number: self._address(pack / name) for number, pack in packs.items()}

    def _address(self, file: Path) -> str:
        there = name_of(file) if self._direct else ""
        return f"s3a://{there.removeprefix(SCHEME)}" if there.startswith(SCHEME) else f"file:{file.resolve()}"


def _hosts(before: Snapshot, after: Snapshot) -> list[ComparedHost]:
    """Return the hosts of a delta; where findings decide which of them count, as DuckDB finds it."""
    if not _decided_by_findings(after.manifest):
        return [*compared_hosts(before.manifest, after.manifest)]
    with Delta(before, after) as delta:
        return [*compared_hosts(delta.baseline, delta.after)]


def _decided_by_findings(after: Manifest) -> bool:
    return after.by_rows or bool(after.inventories) or any(host.proof == FINDINGS for host in after.hosts)


def _header(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as lines:
        return next(csv.reader(lines), [])
