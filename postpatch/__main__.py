"""`python -m postpatch cleanup`: list, and with --yes delete, what this suite created."""

import argparse
import sys
from pathlib import Path

from postpatch.aws.live import live_connection, require_account
from postpatch.aws.owned import DELETIONS, delete, owned
from postpatch.errors import BadPolicy, CouldNotLook
from postpatch.policy import Policy, load_policy

COULD_NOT_LOOK = 10
USAGE = 4


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 0 when done, 4 for a policy that cannot be used, 10 when AWS could not be asked."""
    options = _parser().parse_args(arguments)
    try:
        return _cleanup(load_policy(options.policy), options.endpoint_url, really=options.yes)
    except BadPolicy as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except CouldNotLook as error:
        sys.stderr.write(f"{error}\n")
        return COULD_NOT_LOOK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m postpatch", description="Prove that a patch round worked.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    cleanup = commands.add_parser("cleanup", help="list, and with --yes delete, what this suite created and tagged")
    cleanup.add_argument("--yes", action="store_true", help="delete what is listed")
    cleanup.add_argument(
        "--policy", type=Path, default=Path("verify.toml"), help="whose account and region (verify.toml)"
    )
    cleanup.add_argument("--endpoint-url", default="", help="where AWS answers, such as a simulated one on loopback")
    return parser


def _cleanup(policy: Policy, endpoint_url: str, *, really: bool) -> int:
    connection = live_connection(policy.scope.region, read_only=not really, endpoint_url=endpoint_url, writes=DELETIONS)
    caller = connection.caller()
    require_account(caller, policy.scope.account)
    things = list(owned(connection))
    _say(f"account {caller.account}, region {caller.region}: {len(things)} created by this suite")
    for thing in things:
        if thing.kept_for:
            _say(f"  {thing.what}: stays, for {thing.kept_for}")
        else:
            _say(f"  {thing.what}: {delete(thing) if really else 'would be deleted'}")
    if things and not really:
        _say("Nothing was deleted: say --yes to delete.")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
