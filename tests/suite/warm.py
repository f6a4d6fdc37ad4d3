"""Import what every run of the suite needs, and build an embedded AWS once: forks of a process that did are quick.

Nothing is imported here that pytest rewrites: the checks, the fixtures and the plugins are each run's own.
"""

from datetime import UTC, datetime

import duckdb  # noqa: F401
import pytest  # noqa: F401

import postpatch.aws.inspector_v2
import postpatch.report.html
import postpatch.verdict.findings  # noqa: F401
from postpatch.simulator import Simulator, worlds

Simulator(worlds()["workshop"], datetime(2026, 1, 1, tzinfo=UTC))
