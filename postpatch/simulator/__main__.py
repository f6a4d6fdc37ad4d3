"""`python -m postpatch.simulator --world NAME --port PORT`: the simulated AWS over HTTP, on loopback."""

import argparse
import sys
from datetime import UTC, datetime

from . import Simulator, UnknownWorld, worlds
from .serving import LOOPBACK, serve


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; return 0 then, 1 where the address cannot be had, 2 for wrong arguments."""
    options = _parser().parse_args(arguments)
    if options.world == "list":
        _say("".join(f"{world.name:<18} {world.story}\n" for world in worlds().values()))
        return 0
    if options.world not in worlds():
        sys.stderr.write(f"{UnknownWorld(options.world)}\n")
        return 2
    simulator = Simulator(worlds()[options.world], datetime.now(UTC))
    try:
        serve(simulator, options.host, options.port, _say)
    except OSError as error:
        sys.stderr.write(
            f"Could not serve on {options.host} port {options.port}: {error.strerror}. Name another --port.\n"
        )
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m postpatch.simulator", description="Serve the simulated AWS over HTTP."
    )
    parser.add_argument("--world", default="workshop", metavar="NAME", help=f"one of {', '.join(worlds())} (workshop)")
    parser.add_argument("--port", type=_port, default=4599, help="0 takes any that is free (4599)")
    parser.add_argument(
        "--host", default=LOOPBACK, help=f"the address to bind; anyone who reaches it may use it ({LOOPBACK})"
    )
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is no port: 0 to 65535")
    return number


def _say(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
