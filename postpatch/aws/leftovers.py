"""Why patching left something: the patches of the hosts concerned, and what their baselines reject."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from postpatch.aws.session import Connection, asking
from postpatch.model import InstancePatch, Leftovers, PatchBaseline

# InstalledTime of what is not installed.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def leftovers(connection: Connection, hosts: Iterable[str], baselines: Iterable[str]) -> Leftovers:
    """Return the patches of `hosts`, one list a host, and each of `baselines` once."""
    asked = tuple(hosts)
    patches = tuple(patch for host in asked for patch in _patches(connection, host))
    return Leftovers(asked, patches, tuple(_baseline(connection, baseline) for baseline in sorted(set(baselines))))


def _patches(connection: Connection, host: str) -> Iterator[InstancePatch]:
    with asking(f"for the patches of {host}"):
        pages = connection.client("ssm").get_paginator("describe_instance_patches").paginate(InstanceId=host)
        for page in pages:
            yield from (_patch(host, row) for row in page["Patches"])


def _patch(host: str, row: dict[str, Any]) -> InstancePatch:
    installed = row["InstalledTime"].astimezone(UTC)
    return InstancePatch(
        host=host,
        kb=row["KBId"],
        title=row["Title"],
        state=row["State"].replace("_", "").lower(),
        installed_at=installed if installed > _NEVER else None,
        classification=row.get("Classification", ""),
        severity=row.get("Severity", ""),
        cves=tuple(cve.strip() for cve in row.get("CVEIds", "").split(",") if cve.strip()),
    )


def _baseline(connection: Connection, baseline: str) -> PatchBaseline:
    with asking(f"for patch baseline {baseline}"):
        row = connection.client("ssm").get_patch_baseline(BaselineId=baseline)
    return PatchBaseline(row["BaselineId"], row.get("Name", ""), tuple(row.get("RejectedPatches", ())))
