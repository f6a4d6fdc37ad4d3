"""What concerns most hosts of a fleet: the causes of what remains, and the packages, over the deltas of all packs."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from postpatch.evidence.pack import EVIDENCE

CONCERNS = Path(__file__).with_name("concerns.sql").read_text(encoding="utf-8")
_DELTA, _AFTER = "delta.csv", f"{EVIDENCE}/after.ndjson.gz"
_CAUSES = "SELECT cause, hosts, findings FROM cause_concern ORDER BY hosts DESC, findings DESC, cause"
_PACKAGES = (
    "SELECT package, hosts, vulnerabilities FROM package_concern ORDER BY hosts DESC, vulnerabilities DESC, package"
)


@dataclass(frozen=True)
class Concern:
    """A cause or a package, the hosts that it concerns, and its findings: of a package, its vulnerabilities."""

    name: str
    hosts: int
    findings: int


@dataclass(frozen=True)
class Concerns:
    """The causes and the packages of a fleet, those of most hosts first."""

    causes: tuple[Concern, ...] = ()
    packages: tuple[Concern, ...] = ()


def concerns_of(packs: Sequence[Path], most: int) -> Concerns:
    """Return what concerns the hosts of the packs in these folders: every cause, and at most `most` packages.

    A pack whose findings could not be compared has no delta, and is left out.
    """
    compared = [pack for pack in packs if (pack / _DELTA).is_file() and (pack / _AFTER).is_file()]
    if not compared:
        return Concerns()
    with closing(duckdb.connect()) as database:
        database.execute("SET VARIABLE deltas = ?", [[str(pack / _DELTA) for pack in compared]])
        database.execute("SET VARIABLE afters = ?", [[str(pack / _AFTER) for pack in compared]])
        database.execute(CONCERNS)
        causes = database.execute(_CAUSES).fetchall()
        packages = database.execute(f"{_PACKAGES} LIMIT ?", [most]).fetchall()
    return Concerns(tuple(Concern(*row) for row in causes), tuple(Concern(*row) for row in packages))
