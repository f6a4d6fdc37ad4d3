"""`cleanup`: list, and with --yes delete, what this suite created."""

import argparse
import sys
from pathlib import Path
from typing import Any

from postpatch.errors import COULD_NOT_CHECK, BadPolicy, CouldNotCheck
from postpatch.policy import Policy, load_policy
from postpatch.text.legible import legible_lines

USAGE = 4


def add_to(commands: Any) -> None:
    """Declare the command to argparse."""
    parser = commands.add_parser("cleanup", help="list, and with --yes delete, what this suite created and tagged")
    parser.add_argument("--yes", action="store_true", help="delete what is listed")
    parser.add_argument(
        "--policy",
        type=Path,
        default=Path("verify.toml"),
        help="the policy that names account and region (default: verify.toml)",
    )
    parser.add_argument(
        "--endpoint-url", default="", help="another endpoint than AWS, such as a simulated one on loopback"
    )
    parser.set_defaults(command=cleanup)


def cleanup(options: argparse.Namespace) -> int:
    """Clean up; return 0 if done, 4 for a policy that cannot be used, 10 if AWS could not be called."""
    try:
        return _cleanup(load_policy(options.policy), options.endpoint_url, really=options.yes)
    except BadPolicy as error:
        sys.stderr.write(f"{legible_lines(str(error))}\n")
        return USAGE
    except CouldNotCheck as error:
        sys.stderr.write(f"{legible_lines(str(error))}\n")
        return COULD_NOT_CHECK


def _cleanup(policy: Policy, endpoint_url: str, *, really: bool) -> int:
    # Imported here because boto3 loads slowly and checking a pack does not need it.
    from postpatch.aws.live import live_connection, require_account
    from postpatch.aws.owned import DELETIONS, delete, owned

    connection = live_connection(policy.scope.region, read_only=not really, endpoint_url=endpoint_url, writes=DELETIONS)
    caller = connection.caller()
    require_account(caller, policy.scope.account)
    things = list(owned(connection))
    _say(f"account {caller.account}, region {caller.region}: {len(things)} created by this suite")
    for thing in things:
        if thing.kept_for:
            _say(f"  {thing.what}: not deleted, because {thing.kept_for}")
        else:
            _say(f"  {thing.what}: {delete(thing) if really else 'would be deleted'}")
    if things and not really:
        _say("Nothing was deleted. Add --yes to delete.")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{legible_lines(line)}\n")
