"""Why findings remain after patching: the hosts' patches, their patch baselines, and the patches those can approve."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from postpatch.aws.hosts import batches
from postpatch.aws.inventory import inventory_of
from postpatch.aws.patch_manager import AMAZON_LINUX_2
from postpatch.aws.session import Connection, asking
from postpatch.model import ApprovalRule, AvailablePatch, InstancePatch, Leftovers, PatchBaseline, PatchState

# InstalledTime of what is not installed.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# botocore shapes PatchComplianceMaxResults and PatchBaselineMaxResults: the largest pages there are.
_A_PAGE = 100
# A baseline's word for the one system in use of which DescribeAvailablePatches tells.
_TOLD_OF = "AMAZON_LINUX_2"
# No limit of a filter's values is documented; those of a patch baseline hold 20 (botocore shape PatchFilterValueList).
_NAMES_A_FILTER = 20

_Filters = tuple[tuple[str, tuple[str, ...]], ...]


def leftovers(
    connection: Connection,
    fixable: Mapping[str, Collection[str]],
    states: Iterable[PatchState],
    since: datetime,
    managed: Collection[str],
) -> Leftovers:
    """Return the data about the hosts on which a fixable finding remains; other hosts are not queried.

    `fixable` maps such a host to the names of its fixable packages; `states` are the hosts' patch states, and `since`
    is when the baseline of the findings was taken. The calls: one list of patches a host, each patch baseline once, and
    of Amazon Linux 2 the patches that there are of twenty packages at a time.
    """
    used = {state.host: state.baseline for state in states if state.host in fixable and state.ended_at > since}
    patches = tuple(patch for host in sorted(fixable) for patch in _patches(connection, host))
    baselines = {baseline: _baseline(connection, baseline) for baseline in sorted(set(used.values()))}
    told_of = {host for host, baseline in used.items() if baselines[baseline].system == _TOLD_OF}
    names = {name for host in told_of for name in fixable[host]}
    available = tuple(_available(connection, names))
    found = (inventory_of(connection, host, fixable[host]) for host in sorted(fixable) if host in managed)
    inventories = tuple(one for one in found if one)
    return Leftovers(tuple(sorted(fixable)), patches, tuple(baselines.values()), available, since, inventories)


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


def _baseline(connection: Connection, baseline: str) -> PatchBaseline:
    with asking(f"for patch baseline {baseline}"):
        row = connection.client("ssm").get_patch_baseline(BaselineId=baseline)
    return PatchBaseline(
        # The id by which the patch state names it, since AWS writes its own baselines' in two ways.
        id=baseline,
        name=row.get("Name", ""),
        rejected=tuple(row.get("RejectedPatches", ())),
        approved=tuple(row.get("ApprovedPatches", ())),
        system=row.get("OperatingSystem", ""),
        filters=_filters(row.get("GlobalFilters", {})),
        rules=tuple(_rule(rule) for rule in row.get("ApprovalRules", {}).get("PatchRules", [])),
    )


def _rule(rule: dict[str, Any]) -> ApprovalRule:
    until = rule.get("ApproveUntilDate")
    return ApprovalRule(
        filters=_filters(rule["PatchFilterGroup"]),
        after_days=rule.get("ApproveAfterDays"),
        until=date.fromisoformat(until) if until else None,
    )


def _filters(group: dict[str, Any]) -> _Filters:
    return tuple((one["Key"], tuple(one["Values"])) for one in group.get("PatchFilters", []))


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
