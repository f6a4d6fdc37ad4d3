"""Why findings remain after patching: the hosts' patches, their patch baselines, and the patches those can approve."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from postpatch.aws.baseline_override import host_overrides
from postpatch.aws.build_revision import build_revision
from postpatch.aws.hosts import batches
from postpatch.aws.inventory import inventory_of
from postpatch.aws.patch_baselines import read_baseline
from postpatch.aws.patch_manager import AMAZON_LINUX_2
from postpatch.aws.session import Connection, asking
from postpatch.aws.side_by_side import side_by_side, together
from postpatch.model import AvailablePatch, HostInventory, InstancePatch, Leftovers, Patching, PatchState

_WINDOWS = "microsoft windows"
# Of Windows, InstalledTime is a day without an hour (AWS CLI reference, examples of describe-instance-patches).
_A_DAY = timedelta(days=1)
# InstalledTime of what is not installed.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# botocore shapes PatchComplianceMaxResults and PatchBaselineMaxResults: the largest pages there are.
_A_PAGE = 100
# A baseline's word for the one system in use of which DescribeAvailablePatches tells.
_TOLD_OF = "AMAZON_LINUX_2"
_OF_WINDOWS = "WINDOWS"
# No limit of a filter's values is documented; those of a patch baseline hold 20 (botocore shape PatchFilterValueList).
_NAMES_A_FILTER = 20


def leftovers(
    connection: Connection,
    fixable: Mapping[str, Collection[str]],
    states: Iterable[PatchState],
    since: datetime,
    managed: Collection[str],
    overrides: Mapping[str, str] | None = None,
) -> Leftovers:
    """Return the data about the hosts on which a fixable finding remains; other hosts are not queried.

    `fixable` maps such a host to the names of its fixable packages; `states` are the hosts' patch states, and `since`
    is when the baseline of the findings was taken. `overrides` are the paths of the overrides that took the place of
    a host's patch baseline, as far as they explain anything. The calls: one list of patches a host, each patch
    baseline and each override once, of Amazon Linux 2 the patches that there are of twenty packages at a time, and one
    for the update build revision of a Windows host.
    """
    used = {state.host: state.baseline for state in states if state.host in fixable and state.ended_at > since}
    at_once = connection.at_once
    captured = sorted(host for host in fixable if host in managed)
    patches, baselines, inventories = together(
        at_once,
        lambda: _every_patch(connection, sorted(fixable), at_once),
        lambda: {baseline: read_baseline(connection, baseline) for baseline in sorted(set(used.values()))},
        lambda: tuple(side_by_side(captured, lambda host: _inventories(connection, host, fixable[host]), at_once)),
    )
    systems = {host: baselines[baseline].system for host, baseline in used.items()}
    overridden = host_overrides(connection, overrides or {}, systems)
    names = {name for host, system in systems.items() if system == _TOLD_OF for name in fixable[host]}
    available = tuple(_available(connection, names))
    windows = [host for host in captured if systems.get(host) == _OF_WINDOWS]
    built = side_by_side(windows, lambda host: iter([build_revision(connection, host)]), at_once)
    return Leftovers(
        hosts=tuple(sorted(fixable)),
        patches=patches,
        baselines=tuple(baselines.values()),
        available=available,
        since=since,
        inventories=inventories,
        overrides=overridden,
        revisions=tuple(one for one in built if one),
    )


def _every_patch(connection: Connection, hosts: list[str], at_once: int) -> tuple[InstancePatch, ...]:
    listed = side_by_side(hosts, lambda host: iter([tuple(_patches(connection, host))]), at_once)
    return tuple(chain.from_iterable(listed))


def _inventories(connection: Connection, host: str, names: Collection[str]) -> Iterator[HostInventory]:
    found = inventory_of(connection, host, names)
    if found:
        yield found


def unchanged_windows(connection: Connection, patching: Patching, since: datetime) -> frozenset[str]:
    """Return the Windows hosts on which Patch Manager lists no update that was installed since a moment.

    A host without a patch operation since then is one of them. The calls: one for a hundred patches of each other one.
    """
    windows = [host.host for host in patching.managed if host.platform.lower().startswith(_WINDOWS)]
    return frozenset(host for host in windows if not _updated(connection, patching.state(host), since))


def _updated(connection: Connection, state: PatchState | None, since: datetime) -> bool:
    if state is None or state.ended_at <= since:
        return False
    times = (patch.installed_at for patch in _patches(connection, state.host))
    return any(moment is not None and moment >= since - _A_DAY for moment in times)


def _patches(connection: Connection, host: str) -> Iterator[InstancePatch]:
    pages = connection.client("ssm").get_paginator("describe_instance_patches")
    with asking(f"for the patches of {host}"):
        for page in pages.paginate(InstanceId=host, MaxResults=_A_PAGE):
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


def _available(connection: Connection, names: Iterable[str]) -> Iterator[AvailablePatch]:
    pages = connection.client("ssm").get_paginator("describe_available_patches")
    for batch in batches(sorted(names), _NAMES_A_FILTER):
        filters = [{"Key": "PRODUCT", "Values": [AMAZON_LINUX_2]}, {"Key": "NAME", "Values": batch}]
        with asking(f"which patches there are of {', '.join(batch)}"):
            for page in pages.paginate(Filters=filters, MaxResults=_A_PAGE):
                yield from (_available_patch(row) for row in page["Patches"])


def _available_patch(row: dict[str, Any]) -> AvailablePatch:
    released = row.get("ReleaseDate")
    return AvailablePatch(
        name=row.get("Name", ""),
        arch=row.get("Arch", ""),
        version=f"{row.get('Epoch', 0)}:{row.get('Version', '')}-{row.get('Release', '')}",
        released_at=released.astimezone(UTC) if released else None,
        classification=row.get("Classification", ""),
        severity=row.get("Severity", ""),
        cves=tuple(row.get("CVEIds", ())),
        advisories=tuple(row.get("AdvisoryIds", ())),
    )
