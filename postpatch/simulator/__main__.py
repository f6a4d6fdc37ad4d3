"""`python -m postpatch.simulator --world NAME --port PORT`: the simulated AWS over HTTP, on loopback."""

import argparse
import sys
from datetime import UTC, datetime, timedelta

from . import Simulator, UnknownWorld, listing, worlds
from .accounts.estate import Estate, places_of
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
        simulator = _simulated(options)
    except (ImpossibleDeployment, UnknownWorld) as error:
        sys.stderr.write(f"{error}\n")
        return 2
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


def _simulated(options: argparse.Namespace) -> Simulator | Estate:
    """Return one simulator, or an estate where several accounts or Regions are named."""
    begins_at, poll_takes = datetime.now(UTC), timedelta(seconds=options.poll_takes)
    usual, world = Deployment(), worlds()[options.world]
    accounts, regions = options.account or [usual.account], options.region or [usual.region]
    if len(accounts) == len(regions) == 1 and not options.world_in and not options.console:
        named = (options.stack, options.group, options.baseline, dict(options.tag))
        return Simulator(world, begins_at, Deployment(accounts[0], regions[0], *named), poll_takes)
    places = places_of(accounts, regions, world)
    places |= {place: worlds()[name] for place, name in options.world_in}
    if options.console and options.console not in places:
        raise ImpossibleDeployment(f"--console names {'/'.join(options.console)}, which is no place of the estate")
    return Estate(accounts[0], places, begins_at, poll_takes, options.console)


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
    place.add_argument(
        "--account",
        action="append",
        metavar="ID",
        help=f"12 digits; repeat it for an estate, the management account first ({usual.account})",
    )
    place.add_argument("--region", action="append", metavar="NAME", help=f"may be repeated ({usual.region})")
    place.add_argument(
        "--world-in",
        type=_world_in,
        action="append",
        default=[],
        metavar="ACCOUNT/REGION=WORLD",
        help="of an estate: another world there",
    )
    place.add_argument(
        "--console",
        type=_place,
        metavar="ACCOUNT/REGION",
        help="of an estate: Systems Manager's unified console is set up, with this delegated administrator and Region",
    )
    place.add_argument("--stack", default=usual.stack, metavar="NAME", help=f"the stack of the hosts ({usual.stack})")
    place.add_argument("--group", default=usual.group, metavar="NAME", help="its Auto Scaling group (CloudFormation's)")
    place.add_argument("--baseline", default=usual.baseline, metavar="NAME", help=f"patch baseline ({usual.baseline})")
    place.add_argument("--tag", type=_tag, action="append", default=[], metavar="KEY=VALUE", help="a tag of the hosts")
    return parser


def _world_in(text: str) -> tuple[tuple[str, str], str]:
    place, equals, world = text.partition("=")
    if not (equals and "/" in place):
        raise argparse.ArgumentTypeError(f"{text!r} is no ACCOUNT/REGION=WORLD")
    return _place(place), world


def _place(text: str) -> tuple[str, str]:
    account, slash, region = text.partition("/")
    if not slash:
        raise argparse.ArgumentTypeError(f"{text!r} is no ACCOUNT/REGION")
    return account, region


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
