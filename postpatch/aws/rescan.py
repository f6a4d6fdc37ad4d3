"""Ask Patch Manager for a fresh list of patches: AWS-RunPatchBaseline with Operation Scan, which installs nothing.

Source: Systems Manager user guide, "SSM Command document for patching: AWS-RunPatchBaseline"; a Scan replaces the
host's patch state and its list of patches.
"""

from collections.abc import Iterable
from typing import Any

from postpatch.aws.hosts import batches
from postpatch.aws.session import SCAN_PATCHES, Connection, asking
from postpatch.aws.waiting import attempts_in, wait

_HOSTS_A_COMMAND = 50  # botocore shape InstanceIdList
_A_PAGE = 50  # botocore shape CommandMaxResults
_RUNNING = ("Pending", "InProgress", "Delayed", "Cancelling")
_COMMENT = "postpatch: list the patches again"


def scan_patches(connection: Connection, hosts: Iterable[str], minutes: int) -> bool:
    """Scan `hosts` with AWS-RunPatchBaseline, and wait at most `minutes`; return whether all scans ended in time.

    A host whose scan fails keeps its older list. Fifty hosts share a command.
    """
    client = connection.client("ssm")
    sent: dict[str, int] = {}
    for batch in batches(hosts, _HOSTS_A_COMMAND):
        with asking(f"to scan the patches of {len(batch)} hosts, beginning with {batch[0]}"):
            command = client.send_command(**SCAN_PATCHES, InstanceIds=batch, MaxErrors="100%", Comment=_COMMENT)[
                "Command"
            ]
        sent[command["CommandId"]] = len(batch)

    def poll() -> dict[str, Any]:
        ended = all(_has_ended(client, command, number) for command, number in sent.items())
        return {"state": "DONE" if ended else "PENDING"}

    delay = connection.poll_seconds
    in_time, _ = wait("InstallationsEnded", poll, delay=delay, attempts=attempts_in(minutes, delay))
    return in_time


def _has_ended(client: Any, command: str, number: int) -> bool:
    # A command has no invocations yet in the first moments.
    with asking(f"how far command {command} is"):
        pages = client.get_paginator("list_command_invocations").paginate(CommandId=command, MaxResults=_A_PAGE)
        states = [row["Status"] for page in pages for row in page["CommandInvocations"]]
    return len(states) >= number and not any(state in _RUNNING for state in states)
