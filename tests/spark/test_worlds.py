"""What the suite itself derived in each world of the catalogue, Spark derives from the same evidence, all at once."""

import os
from pathlib import Path

from postpatch.fleet.engine import compared
from postpatch.fleet.on_duckdb import OnDuckDB
from postpatch.fleet.on_spark import OnSpark
from postpatch.simulator import worlds
from tests.spark.worlds import packs_of_worlds

# One world of so many; 1 takes every world.
STEP = int(os.environ.get("POSTPATCH_SPARK_WORLDS_STEP", "1"))
# Worlds whose snapshots cannot be compared, by what their story says.
_FEWEST = 0.8


def test_every_world(on_spark: OnSpark, tmp_path: Path) -> None:
    """The hosts of a world have the same ids as those of others, and are never taken for them."""
    names = [*worlds()][::STEP]
    packs = packs_of_worlds(tmp_path, names)
    assert len(compared(packs)) >= _FEWEST * len(names)
    assert on_spark.differences(packs) == OnDuckDB().differences(packs) == {}
    assert on_spark.concerns(packs, 100) == OnDuckDB().concerns(packs, 100)
