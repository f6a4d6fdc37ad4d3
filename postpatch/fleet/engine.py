"""What computes over the packs of a fleet: DuckDB in this process, or a Spark cluster, with the same SQL."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from postpatch.evidence.kept import read_kept
from postpatch.evidence.pack import EVIDENCE
from postpatch.fleet.concerns import Concerns
from postpatch.model import Snapshot

DELTA_CSV, AFTER = "delta.csv", f"{EVIDENCE}/after.ndjson.gz"
DIFFERENCES = Path(__file__).with_name("differences.sql").read_text(encoding="utf-8")


class Engine(Protocol):
    """What computes over the packs in these folders; one whose findings could not be compared is left out."""

    def concerns(self, packs: Sequence[Path], most: int) -> Concerns:
        """Return what concerns the hosts of the packs: every cause, and at most `most` packages."""
        ...

    def differences(self, packs: Sequence[Path]) -> Mapping[Path, int]:
        """Return how many rows of each `delta.csv` are not what its snapshots give; packs that agree are left out.

        BadEvidence if a snapshot or its manifest cannot be read.
        """
        ...


def compared(packs: Sequence[Path]) -> list[Path]:
    """Return the packs that have a delta, and the snapshots that it is of."""
    return [pack for pack in packs if (pack / DELTA_CSV).is_file() and (pack / AFTER).is_file()]


def snapshots(pack: Path) -> tuple[Snapshot, Snapshot]:
    """Return the baseline of a pack and its later snapshot; BadEvidence if one cannot be read."""
    before, after = (read_kept(pack / EVIDENCE / f"{name}.json", Snapshot) for name in ("baseline", "after"))
    return before, after
