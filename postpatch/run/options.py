"""The options of a run, as pytest's command line takes them."""

from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from postpatch.model import Mode, approver, ticket
from postpatch.report.formats import EXPORTS


def _checked(option: str, check: Callable[[str], str]) -> Callable[[str], str]:
    def checked(text: str) -> str:
        try:
            return check(text)
        except ValueError as error:
            raise ArgumentTypeError(f"what is given with {option} {error}") from error

    return checked


OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "--aws": {
        "choices": [mode.value for mode in Mode],
        "help": "what is judged (ini: verify_aws; default: simulated)",
    },
    "--world": {"metavar": "NAME", "help": "simulated: which world; `list` shows them (default: workshop)"},
    "--baseline": {
        "metavar": "FILE|reconstruct",
        "help": "the findings before patching (default: those of -m baseline); `reconstruct` builds them from the "
        "data that AWS still has, if you patched without a baseline",
    },
    "--after": {"metavar": "FILE", "help": "recorded: the findings after patching"},
    "--check": {
        "action": "append",
        "metavar": "IDS",
        "help": "judge only these checks: ids, and * for any part of one, such as FIND-4,MW-*",
    },
    "--inspector": {"choices": ["v2", "classic"], "help": "which Inspector assesses (default: the policy's)"},
    "--endpoint-url": {
        "metavar": "URL",
        "help": "live: another endpoint than AWS, such as a simulated one on loopback",
    },
    "--roles": {"metavar": "FILE", "help": "live: the roles to assume first, one after the other (see docs/fleet.md)"},
    "--findings": {
        "metavar": "FILE",
        "help": "live: the findings that Inspector's delegated administrator reads after the scan (see docs/fleet.md)",
    },
    "--read-only": {"action": "store_true", "help": "change nothing in AWS: create no window, start no scan"},
    "--resume": {
        "action": "store_true",
        "help": "live: continue the run in --reports whose hosts were not all scanned yet; start no other assessment",
    },
    "--plan": {"action": "store_true", "help": "show what would be started and created, for which hosts, and exit"},
    "--format": {
        "action": "append",
        "metavar": "NAMES",
        "help": f"write the report in formats of other tools too: {', '.join(EXPORTS)}",
    },
    "--change": {
        "metavar": "TICKET",
        "type": _checked("--change", ticket),
        "help": "the ticket of the change that patched, such as CHG-123, for the record",
    },
    "--approver": {"metavar": "NAME", "type": _checked("--approver", approver), "help": "who approved that change"},
    "--policy": {"metavar": "FILE", "help": "what must be true (ini: verify_policy; default: verify.toml)"},
    "--reports": {"metavar": "DIR", "help": "where the report and its evidence go (ini: verify_reports)"},
    "--store": {
        "metavar": "s3://BUCKET/PREFIX",
        "help": "put the sealed pack into S3 after the run, into a folder of its own, where nothing is overwritten",
    },
    "--allow-imminent": {"action": "store_true", "help": "create a window even if it fires within 24 hours"},
    "--allow-partial": {"action": "store_true", "help": "under CI, accept a run that left checks out"},
    "--evidence": {"metavar": "DIR", "help": "judge the evidence of an earlier run in DIR again, without calling AWS"},
}


def destination(option: str) -> str:
    """Return the name under which argparse stores an option's value."""
    return option.removeprefix("--").replace("-", "_")


def takes_value(option: str) -> bool:
    """Return whether the word after an option is its value."""
    return option in OPTIONS and OPTIONS[option].get("action") != "store_true"


def joined(words: list[str]) -> list[str]:
    """Return a command line with `--option VALUE` written as `--option=VALUE`, for those options that are ours.

    pytest looks for its root folder before it knows them, and would take an existing file for a folder of tests.
    """
    together: list[str] = []
    for word in words:
        if together and takes_value(together[-1]):
            together[-1] += f"={word}"
        else:
            together.append(word)
    return together


def positions(words: list[str], named: list[str]) -> list[str]:
    """Return those of `named` that are no value of an option of ours: the paths of tests that a command line names."""
    values = [value for option, value in pairwise(words) if takes_value(option)]
    return [word for word in named if word not in values]
