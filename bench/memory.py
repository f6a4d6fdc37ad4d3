"""Measure the memory of the simulated AWS after 100,000 mixed requests: good ones, mutated ones, lists read in pages.

The requests are those of the tests, from a chance of their own, so that they are the same in each measurement.
The figure is the most that the process ever held, the interpreter and moto included.
"""

import random
import resource
import sys
import time
from datetime import UTC, datetime

from postpatch.simulator import Simulator, worlds
from tests.simulator.mutating import Mutator

REQUESTS = 100_000
MOST_MEGABYTES = 500


def megabytes() -> float:
    """Return the most memory that this process has held (getrusage(2): in kilobytes on Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Print the figures; 1 if the bound does not hold."""
    simulator = Simulator(worlds()["workshop"], datetime(2026, 11, 22, 18, tzinfo=UTC))
    mutator = Mutator(simulator, random.Random(20261122))  # noqa: S311 - no secret
    before, begun = megabytes(), time.process_time()
    for environ in mutator.requests(REQUESTS):
        simulator.wsgi(environ, lambda *_: lambda _: None)
    after = megabytes()
    per_request = (time.process_time() - begun) / REQUESTS * 1000
    sys.stdout.write(f"memory in MB before any request               {before:6.0f}\n")
    sys.stdout.write(f"memory in MB after {REQUESTS} mixed requests      {after:6.0f} (at most {MOST_MEGABYTES})\n")
    sys.stdout.write(f"milliseconds of CPU a request                 {per_request:6.2f}\n")
    sys.stdout.write(f"rows of lists remembered                      {simulator.pages.remembered:6}\n")
    return after > MOST_MEGABYTES


if __name__ == "__main__":
    sys.exit(main())
