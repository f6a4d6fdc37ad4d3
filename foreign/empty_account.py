"""`python -m foreign.empty_account --port PORT`: serve an account in which nobody has done anything yet.

moto's own tests suppose such an account, and no world is one.
"""

import argparse
import sys
from datetime import UTC, datetime

from postpatch.simulator import Simulator, World
from postpatch.simulator.serving import LOOPBACK, serve

EMPTY = World("empty-account", "Nobody has done anything.", frozenset(), lambda _: None, lambda _: None)


def main() -> int:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any that is free (0)")
    serve(Simulator(EMPTY, datetime.now(UTC)), LOOPBACK, parser.parse_args().port, _announce)
    return 0


def _announce(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
