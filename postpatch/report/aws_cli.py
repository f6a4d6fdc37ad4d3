"""Command lines of the AWS CLI to copy: every value quoted for a POSIX shell, lists and objects in JSON.

A value with a character that is not visible makes no command: what is copied must be what is seen. Neither does a value
that the CLI would take for an option, or for a file on the machine where it is copied.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from postpatch.text.legible import legible

_INSTANCES = 50  # botocore shape InstanceIdList of SendCommand
_COMMANDS = 4  # for more hosts than these reach, a target by tag is better
# AWS CLI user guide, "Load a parameter from a file": the CLI sends what is in such a file, or at such an address. A
# value that begins with a hyphen is an option.
_MISREAD = re.compile(r"(?i)(?:fileb?|https?)://|-")
Value = str | int | bool | Sequence[str] | Mapping[str, object]


def aws(region: str, service: str, operation: str, **options: object) -> str:
    """Return a command line, or nothing if it holds what cannot be shown as it is.

    A list of texts becomes words of their own, an object or a list of objects becomes JSON, True a flag, False its
    `--no-` form; None leaves the option out.
    """
    parts = [[*_option(name.replace("_", "-"), value)] for name, value in options.items()]
    line = shlex.join(["aws", service, operation, "--region", region, *chain.from_iterable(parts)])
    seen = legible(line, len(line)) == line and "\n" not in line
    return line if seen and not any(_MISREAD.match(value) for part in parts for value in part[1:]) else ""


def _option(name: str, value: object) -> Iterator[str]:
    if value is None:
        return
    if isinstance(value, bool):
        yield f"--{name}" if value else f"--no-{name}"
    elif isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        yield from (f"--{name}", *value)
    elif isinstance(value, (dict, list, tuple)):
        yield from (f"--{name}", json.dumps(value))
    else:
        yield from (f"--{name}", str(value))


def run_patch_baseline(region: str, hosts: Sequence[str], operation: str = "Install") -> tuple[str, ...]:
    """Return the commands that run AWS-RunPatchBaseline on hosts, fifty in each; at most four of them.

    One host after the other, and no further after an error: AWS's default would reboot fifty at once.
    """
    batches = [list(hosts[start : start + _INSTANCES]) for start in range(0, len(hosts), _INSTANCES)]
    return tuple(
        aws(
            region, "ssm", "send-command", document_name="AWS-RunPatchBaseline",
            parameters={"Operation": [operation]}, instance_ids=batch, max_concurrency="1", max_errors="1",
        )
        for batch in batches[:_COMMANDS]
    )  # fmt: skip
