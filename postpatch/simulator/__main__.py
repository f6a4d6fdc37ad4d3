"""`python -m postpatch.simulator --world NAME --port PORT`: the simulated AWS over HTTP, on loopback."""

import argparse
import sys
from datetime import UTC, datetime, timedelta

from . import Simulator, UnknownWorld, listing, worlds
from .deployment import Deployment, ImpossibleDeployment
from .serving import LOOPBACK, serve
from .simulator import A_POLL_TAKES


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; return 0 then, 1 where the address cannot be had, 2 for wrong arguments.

    An account, a Region, a stack or a tag that cannot be is a wrong argument; all of them are named at once.
    """
    options = _parser().parse_args(arguments)
    if options.world == "list":
        _say(listing())
        return 0
    if options.world not in worlds():
        sys.stderr.write(f"{UnknownWorld(options.world)}\n")
        return 2
    try:
        deployment = Deployment(
            options.account, options.region, options.stack, options.group, options.baseline, dict(options.tag)
        )
    except ImpossibleDeployment as error:
        sys.stderr.write(f"{error}\n")
        return 2
    poll_takes = timedelta(seconds=options.poll_takes)
    simulator = Simulator(worlds()[options.world], datetime.now(UTC), deployment, poll_takes)
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
    parser.add_argument(
        "--poll-takes",
        type=_seconds,
        default=A_POLL_TAKES.seconds,
        metavar="SECONDS",
        help=f"the simulated time that a poll takes: if it is long, a client polls less often ({A_POLL_TAKES.seconds})",
    )
    usual = Deployment()
    place = parser.add_argument_group("where the world is deployed, as in verify.toml")
    place.add_argument("--account", default=usual.account, metavar="ID", help=f"12 digits ({usual.account})")
    place.add_argument("--region", default=usual.region, metavar="NAME", help=f"({usual.region})")
    place.add_argument("--stack", default=usual.stack, metavar="NAME", help=f"the stack of the hosts ({usual.stack})")
    place.add_argument("--group", default=usual.group, metavar="NAME", help="its Auto Scaling group (CloudFormation's)")
    place.add_argument("--baseline", default=usual.baseline, metavar="NAME", help=f"patch baseline ({usual.baseline})")
    place.add_argument("--tag", type=_tag, action="append", default=[], metavar="KEY=VALUE", help="a tag of the hosts")
    return parser


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is no KEY=VALUE")
    return key, value


def _seconds(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 3600:
        raise argparse.ArgumentTypeError(f"{number} is not from 1 to 3600 seconds")
    return number


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
