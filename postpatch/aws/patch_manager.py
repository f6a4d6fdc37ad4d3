"""Patch Manager: each host's patch state, the Run Command history, and what Systems Manager knows of the host."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from postpatch.aws.hosts import batches
from postpatch.aws.patch_history import DOCUMENT, patch_history
from postpatch.aws.session import Connection, asking
from postpatch.aws.side_by_side import side_by_side, together
from postpatch.model import Host, ManagedHost, Patching, PatchState

AMAZON_LINUX_2 = "AmazonLinux2.0"
_STATES_A_CALL = 50  # botocore shape InstanceIdList: DescribeInstancePatchStates
_IDS_A_FILTER = 50  # botocore shape InstanceInformationFilterValueSet allows 100; AWS documents 50 instance ids
# The largest page there is: botocore shape MaxResultsEC2Compatible.
_NODES_A_PAGE = 50


def patching(connection: Connection, hosts: Iterable[Host], since: datetime, document: str = DOCUMENT) -> Patching:
    """Return patch states, the runs of documents that patch requested at or after `since`, and managed hosts.

    `document` is the policy's own, which is asked for beside AWS's.
    """
    ids = [host.id for host in hosts]
    states, commands, managed = together(
        connection.at_once,
        partial(patch_states, connection, ids),
        partial(patch_history, connection, ids, since, document),
        partial(managed_hosts, connection, ids),
    )
    return Patching(states, commands, managed, connection.clock())


def managed_hosts(connection: Connection, ids: Iterable[str]) -> tuple[ManagedHost, ...]:
    """Return what Systems Manager knows of the hosts; a host that it does not manage has no row."""
    with asking("which hosts Systems Manager manages"):
        pages = connection.client("ssm").get_paginator("describe_instance_information")

        def of(batch: list[str]) -> Iterator[dict[str, Any]]:
            filters = [{"Key": "InstanceIds", "Values": batch}]
            yield from pages.paginate(Filters=filters, MaxResults=_NODES_A_PAGE)

        found = [
            ManagedHost(
                row["InstanceId"],
                row["PingStatus"],
                f"{row.get('PlatformName', '')} {row.get('PlatformVersion', '')}".strip(),
                row.get("AgentVersion", ""),
            )
            for page in side_by_side(batches(sorted(ids), _IDS_A_FILTER), of, connection.at_once)
            for row in page["InstanceInformationList"]
        ]
    return tuple(sorted(found, key=lambda host: host.host))


def patches_available(connection: Connection, vulnerabilities: list[str]) -> dict[str, bool]:
    """Return for each CVE whether Patch Manager knows a patch for Amazon Linux 2.

    Of the Linux systems `DescribeAvailablePatches` knows Amazon Linux 1 and 2 alone, and needs the product named.
    """
    if not vulnerabilities:
        return {}
    filters = [{"Key": "PRODUCT", "Values": [AMAZON_LINUX_2]}, {"Key": "CVE_ID", "Values": vulnerabilities}]
    with asking("which patches are available"):
        pages = connection.client("ssm").get_paginator("describe_available_patches").paginate(Filters=filters)
        known = {cve for page in pages for patch in page["Patches"] for cve in patch.get("CVEIds", [])}
    return {cve: cve in known for cve in vulnerabilities}


def patch_states(connection: Connection, ids: list[str]) -> tuple[PatchState, ...]:
    """Return the last patch operation of each host; a host without one has no row."""
    with asking("for the hosts' patch states"):
        return tuple(_states(connection, ids))


def _states(connection: Connection, ids: list[str]) -> Iterator[PatchState]:
    pages = connection.client("ssm").get_paginator("describe_instance_patch_states")

    def of(batch: list[str]) -> Iterator[dict[str, Any]]:
        yield from pages.paginate(InstanceIds=batch, MaxResults=_STATES_A_CALL)

    for page in side_by_side(batches(ids, _STATES_A_CALL), of, connection.at_once):
        yield from (_state(row) for row in page["InstancePatchStates"])


def _state(row: dict[str, Any]) -> PatchState:
    return PatchState(
        host=row["InstanceId"],
        operation=row["Operation"],
        started_at=row["OperationStartTime"].astimezone(UTC),
        ended_at=row["OperationEndTime"].astimezone(UTC),
        baseline=row["BaselineId"],
        installed=row.get("InstalledCount", 0),
        missing=row.get("MissingCount", 0),
        failed=row.get("FailedCount", 0),
        pending_reboot=row.get("InstalledPendingRebootCount", 0),
        rejected=row.get("InstalledRejectedCount", 0),
        reboot_option=row.get("RebootOption", ""),
        override_list=row.get("InstallOverrideList", ""),
        patch_group=row.get("PatchGroup", ""),
        installed_other=row.get("InstalledOtherCount"),
    )
