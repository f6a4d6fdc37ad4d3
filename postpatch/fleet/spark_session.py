"""Connect to a Spark cluster, or to one inside this process (`local[2]`), which is all that pyspark itself needs."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from postpatch.errors import BadOptions, CouldNotCheck

_PATIENCE = 120  # seconds until a worker must have taken the application
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    # What the SQL relies on, whatever the cluster's own defaults are.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    # Rows are shuffled once, by host (`spark_relations.py`): what is of one host stays in one partition, and no join or
    # count shuffles it again, whatever other columns it is by. Sizes that Spark guesses from compressed files mean
    # nothing, so that nothing is sent to all workers, or planned again, because of them.
    "spark.sql.requireAllClusterKeysForCoPartition": "false",
    "spark.sql.unionOutputPartitioning": "true",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}


@contextmanager
def spark_session(master: str) -> Iterator[Any]:
    """Connect to the cluster at `master`, as spark-submit knows it, until the block ends.

    BadOptions if pyspark or Java is not installed; CouldNotCheck if no worker takes the application.
    """
    if not find_spec("pyspark"):
        raise BadOptions("Install what runs on Spark: pip install 'postpatch[spark]'.")
    if not _has_java():
        raise BadOptions(
            "Install Java 17 or newer (on Debian: apt-get install default-jre-headless), or set JAVA_HOME."
        )
    session = _connected(master)
    try:
        if not master.startswith("local"):
            with asking():
                _wait_for_a_worker(session, master)
        yield session
    finally:
        session.stop()


@contextmanager
def asking() -> Iterator[None]:
    """Turn what Spark raises in the block into CouldNotCheck, which says what to do."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise CouldNotCheck(
            "See what the cluster logged, and that all its workers can read the packs under the same path, or gather "
            f"without --engine: Spark did not finish. It said: {_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin") if home else None) is not None


def _connected(master: str) -> Any:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("postpatch gather").master(master)
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, Py4JError) as error:
        raise BadOptions(
            f"See that --master is the address of a Spark cluster, and that java is Java 17 or newer: {master} did not "
            f"answer. Spark said: {_first_line(error)}"
        ) from error


def _wait_for_a_worker(session: Any, master: str) -> None:
    # The driver itself is one of those that the status lists.
    status, end = session.sparkContext._jsc.sc(), time.monotonic() + _PATIENCE
    while status.getExecutorMemoryStatus().size() < 2:
        if time.monotonic() > end:
            raise CouldNotCheck(
                f"Start workers of the cluster, or give them more memory: at {master} none took the work in "
                f"{_PATIENCE} seconds."
            )
        time.sleep(0.2)
