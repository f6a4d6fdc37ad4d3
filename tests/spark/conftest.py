"""A cluster of two workers for all tests, and packs to gather on it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from postpatch.fleet.on_spark import OnSpark
from postpatch.fleet.spark_session import spark_session
from tests.spark.cluster import Cluster, cluster
from tests.spark.generated import make_packs

# `make test-spark ROWS=10000000` measures what docs/scale.md says.
ROWS = int(os.environ.get("POSTPATCH_SPARK_ROWS", "40000"))


@pytest.fixture(scope="session")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a cluster of two workers."""
    with cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="session")
def session(two_workers: Cluster) -> Iterator[Any]:
    """Return a session on the cluster, as the command opens it."""
    with spark_session(two_workers.url) as opened:
        yield opened


@pytest.fixture(scope="session")
def on_spark(session: Any) -> OnSpark:
    """Return the engine on the cluster."""
    return OnSpark(session)


@pytest.fixture(scope="session")
def packs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return four packs of generated findings; no test may change them."""
    return make_packs(tmp_path_factory.mktemp("packs"), ROWS, 4)
