"""`init`: write a commented policy for the account at hand, to read and complete."""

import argparse
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postpatch.errors import BadPolicy, CouldNotCheck
from postpatch.policy import load_policy
from postpatch.text.legible import legible_lines
from postpatch.text.toml import toml

if TYPE_CHECKING:
    from postpatch.aws.session import Connection
    from postpatch.model import Scope

USAGE = 4
# The sample next to the checks: installed, or in a clone.
_PACKAGE = Path(__file__).resolve().parents[1]
_SAMPLES = (_PACKAGE / "_suite" / "verify.toml", _PACKAGE.parent / "verify.toml")
_HEADING = """\
# The policy: what must be true after patching.
# Written by `postpatch init`: read each value, and set window.start to the first day of your recurring patching.
"""
_READABLE = 0o644
_HOSTS = "--stack, --tag or --auto-scaling-group"


class Unanswered(Exception):
    """A value is missing, and there is no terminal to ask for it."""


@dataclass(frozen=True)
class Start:
    """What a first policy says of its account: `kind` is one of stack, tag and auto_scaling_group."""

    account: str
    region: str
    kind: str
    value: str
    key: str = ""

    @property
    def tag(self) -> str:
        """Return the key of the tag that every host in scope carries; AWS sets those of a stack and of a group."""
        ours = {"stack": "aws:cloudformation:stack-name", "auto_scaling_group": "aws:autoscaling:groupName"}
        return ours.get(self.kind, self.key)


def add_to(commands: Any) -> None:
    """Declare the command to argparse."""
    parser = commands.add_parser(
        "init", help="write a commented verify.toml, filled in from the account where possible"
    )
    parser.add_argument("--policy", type=Path, default=Path("verify.toml"), help="the file to write (verify.toml)")
    parser.add_argument("--account", default="", help="the account of the hosts (default: the credentials')")
    parser.add_argument("--region", default="", help="their region (default: the environment's)")
    parser.add_argument(
        "--endpoint-url", default="", help="another endpoint than AWS, such as a simulated one on loopback"
    )
    parser.add_argument(
        "--from-account",
        action="store_true",
        help="write what exists: the window, association or patch policy that installs, its target and its baseline",
    )
    parser.add_argument(
        "--patched-by", default="", metavar="NAME", help="which one, if several install on the hosts: its name or id"
    )
    hosts = parser.add_mutually_exclusive_group()
    hosts.add_argument("--stack", default="", help="the CloudFormation stack of the hosts")
    hosts.add_argument("--tag", type=_key_and_value, metavar="KEY=VALUE", help="or a tag that they carry")
    hosts.add_argument("--auto-scaling-group", default="", metavar="NAME", help="or their Auto Scaling group")
    parser.set_defaults(command=_init)


def policy_text(sample: str, start: Start) -> str:
    """Return a sample policy with its account, region, hosts and names replaced; its comments stay."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", start.value)[:100]  # CreateMaintenanceWindow: [a-zA-Z0-9_\-.]{3,128}
    value = toml(start.value)
    hosts = f"{start.kind} = {value}"
    if start.kind == "tag":
        hosts = f"tag = {{ key = {toml(start.key)}, value = {value} }}"
    replacements = (
        (r"\A(#[^\n]*\n)+", _HEADING),
        (r'^account = "[^"]*"', f"account = {toml(start.account)}"),
        (r'^region = "[^"]*"', f"region = {toml(start.region)}"),
        (r'^stack = "[^"]*"', hosts),
        (r"(?<=^\[window\]\n)name = .*", f'name = "{name}_mw"'),
        (r"(?<=^\[target\]\n)name = .*", f'name = "{name}_targets"'),
        (r"^tags = .*", f"tags = {toml({start.tag: [start.value]})}"),
        (r"(?<=^\[task\]\n)name = .*", f'name = "{name}_task"'),
        (r'^baseline = "[^"]*" ', '# baseline = "pb-…" '),
    )
    for pattern, replacement in replacements:
        literal = replacement.replace("\\", r"\\")
        sample, found = re.subn(pattern, literal, sample, count=1, flags=re.MULTILINE)
        if not found:
            raise ValueError(f"the sample policy has nothing that looks like {pattern}")
    return sample


def _init(options: argparse.Namespace) -> int:
    if options.policy.exists():
        return _refuse(f"Edit {options.policy}: it already exists and was not changed.")
    if options.patched_by and not options.from_account:
        return _refuse("Add --from-account: --patched-by says what of the account to write.")
    if options.from_account:
        return _write_from_account(options)
    try:
        start = _start(options, interactive=sys.stdin.isatty())
        sample = next(path for path in _SAMPLES if path.is_file()).read_text(encoding="utf-8")
        _write(policy_text(sample, start), options.policy)
    except (BadPolicy, Unanswered) as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"Name another file with --policy: {options.policy} cannot be written: {error}")
    _say(
        f"{options.policy}: account {start.account}, region {start.region}, {start.kind} {start.value}.\n"
        "Read it, set window.start, then save the findings before patching: postpatch baseline --aws live"
    )
    return 0


def _write_from_account(options: argparse.Namespace) -> int:
    from botocore.exceptions import BotoCoreError

    from postpatch.commands.from_account import origin_in
    from postpatch.commands.policy_lines import policy_from

    try:
        connection = _connection(options.region, options.endpoint_url)
        origin = origin_in(connection, _scope(options), options.patched_by)
        if options.account not in ("", origin.account):
            return _refuse(f"Correct --account or the credentials: they are of account {origin.account}.")
        _write(policy_from(origin), options.policy)
    except (BadPolicy, Unanswered, CouldNotCheck, BotoCoreError) as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"Name another file with --policy: {options.policy} cannot be written: {error}")
    _say(
        f"{options.policy}: what exists in account {origin.account}, region {origin.region}.\n"
        "Read it, then save the findings before patching: postpatch baseline --aws live"
    )
    return 0


def _scope(options: argparse.Namespace) -> "Scope | None":
    from postpatch.model import Scope

    if options.tag:
        key, value = options.tag
        return Scope("tag", (value,), key)
    if options.auto_scaling_group:
        return Scope("auto_scaling_group", (options.auto_scaling_group,))
    return Scope("stack", (options.stack,)) if options.stack else None


def _connection(region: str, endpoint_url: str) -> "Connection":
    import boto3

    from postpatch.aws.live import live_connection

    region = region or boto3.Session().region_name or ""
    if not region:
        raise Unanswered("Add --region: the environment names none. Nothing was written.")
    return live_connection(region, read_only=True, endpoint_url=endpoint_url)


def _start(options: argparse.Namespace, *, interactive: bool) -> Start:
    account, region = options.account, options.region
    if not (account and region):
        found_account, found_region, problem = _from_aws(region, options.endpoint_url)
        account, region = account or found_account, region or found_region
        if not (account and region) and problem:
            sys.stderr.write(f"{legible_lines(problem)}\n")
    hosts = options.tag or options.auto_scaling_group or options.stack
    unknown = {"--region": region, "--account": account, _HOSTS: hosts}
    if not interactive and (missing := [option for option, value in unknown.items() if not value]):
        raise Unanswered(f"Add {', and '.join(missing)}: the values are not known. Nothing was written.")
    region = region or _ask("Region of the hosts, such as eu-central-1")
    account = account or _ask("Account of the hosts, twelve digits")
    if options.tag:
        key, value = options.tag
        return Start(account, region, "tag", value, key)
    if options.auto_scaling_group:
        return Start(account, region, "auto_scaling_group", options.auto_scaling_group)
    stack = options.stack or _ask("CloudFormation stack of the hosts (Ctrl-C, then --tag, for none)")
    return Start(account, region, "stack", stack)


def _from_aws(region: str, endpoint_url: str) -> tuple[str, str, str]:
    """Return account and region of the credentials, as far as they are known, and why not."""
    import boto3
    from botocore.exceptions import BotoCoreError

    from postpatch.aws.live import live_connection

    try:
        region = region or boto3.Session().region_name or ""
        if not region:
            return "", "", "The environment names no region."
        return live_connection(region, read_only=True, endpoint_url=endpoint_url).caller().account, region, ""
    except (BotoCoreError, CouldNotCheck) as error:
        return "", region, str(error)


def _write(text: str, path: Path) -> None:
    """Write the policy, if it is one, as a whole or not at all."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".init-") as folder:
        whole = Path(folder) / path.name
        whole.write_text(text, encoding="utf-8")
        whole.chmod(_READABLE)
        load_policy(whole)
        if path.exists():
            raise FileExistsError(f"{path} was written meanwhile")
        whole.rename(path)


def _key_and_value(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals and value):
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return key, value


def _ask(question: str) -> str:
    try:
        return input(f"{question}: ").strip()
    except (EOFError, KeyboardInterrupt) as error:
        raise Unanswered("Nothing was written.") from error


def _say(lines: str) -> None:
    sys.stdout.write(f"{legible_lines(lines)}\n")


def _refuse(reason: str) -> int:
    sys.stderr.write(f"{legible_lines(reason)}\n")
    return USAGE
