"""Inspector v2: start a new assessment of the hosts, and read the findings; `inspector_wait.py` waits in between.

v2 has no call to scan an EC2 instance now (`StartOnDemandScan` is for AMIs alone), so launching is: start what makes
the hosts send what is installed, and a one-time CIS scan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain

from postpatch.aws import cis
from postpatch.aws.coverage import SSM_AGENT, WINDOWS, Coverage, coverage
from postpatch.aws.hosts import batches
from postpatch.aws.session import Connection, answered_at, asking
from postpatch.aws.side_by_side import side_by_side
from postpatch.aws.vm_scanner import start_vm_scanners, startable
from postpatch.errors import CouldNotCheck
from postpatch.model import CisScans, Host, Launch, Scope
from postpatch.translation.decoded import listed
from postpatch.translation.row import Row

INVENTORY_ASSOCIATION = "InspectorInventoryCollection-do-not-delete"
_WINDOWS_ASSOCIATION = "InvokeInspectorSsmPlugin-do-not-delete"
_INVENTORY_DOCUMENT = "AWS-GatherSoftwareInventory"
_ALL_INSTANCES = {"Key": "InstanceIds", "Values": ["*"]}
_VALUES_A_FILTER = 10  # every filter list of inspector2 holds at most ten entries


def require_enabled(connection: Connection, account: str) -> None:
    """Raise CouldNotCheck unless Inspector scans EC2 in `account`: otherwise the absence of findings means nothing."""
    with asking("whether Inspector scans EC2"):
        answer = connection.client("inspector2").batch_get_account_status(accountIds=[account])
    states = {row["accountId"]: row["resourceState"]["ec2"]["status"] for row in answer["accounts"]}
    if states.get(account) != "ENABLED":
        failures = [row.get("errorMessage", "") for row in answer.get("failedAccounts", [])]
        raise CouldNotCheck(
            "Enable Amazon Inspector's EC2 scanning, wait for the first scan, and take a baseline: "
            f"Inspector does not scan EC2 in account {account}: {states.get(account) or ' '.join(failures)}."
        )


def launch(
    connection: Connection,
    account: str,
    scope: Scope,
    tags: dict[str, list[str]],
    hosts: Iterable[str],
    announce: Callable[[str], None],
    cis_scans: CisScans = CisScans.REQUIRE,
    *,
    start_vm_scanner: bool = False,
    shared: Mapping[str, list[str]] | None = None,
) -> Launch:
    """Start what scans `hosts`, as far as anything can, and a one-time CIS scan of the hosts with `tags`.

    The inventory association serves hosts whose mode is EC2_SSM_AGENT_BASED, or that Inspector does not know yet; on
    Windows Inspector's plugin does. Nothing starts an agentless scan, and the VM scanner runs by itself; with
    `start_vm_scanner` Run Command starts it on hosts that Systems Manager reaches.
    A connection that only reads starts nothing; where CIS scans are off, none is started. `shared` are tags that the
    hosts have, whatever is scanned.
    """
    now = connection.clock()
    if connection.read_only:
        return Launch("inspector2", now, started=False)
    ids = tuple(hosts)
    covered = tuple(coverage(connection, account, ids, shared))
    associations = associations_for(connection, covered, ids)
    scanners = startable(connection, covered) if start_vm_scanner else {}
    for platform, on in scanners.items():
        announce(f"starting the VM scanner of {len(on)} hosts, {platform.capitalize()}, by Run Command")
    commands = start_vm_scanners(connection, scanners)
    started_at = None
    if any(associations.values()):
        for name in (name for name, association in associations.items() if association):
            announce(f"starting association {name} once, on every host it covers")
        with asking(f"to start association {', '.join(name for name in associations)}"):
            started = [association for association in associations.values() if association]
            answer = connection.client("ssm").start_associations_once(AssociationIds=started)
        started_at = answered_at(connection, dict(answer))
    configuration = ""
    if cis_scans is not CisScans.OFF:
        announce(f"starting a one-time CIS scan of {scope}")
        configuration = cis.create_scan(connection, scope, tags, now)
    return Launch(
        "inspector2",
        now,
        started=True,
        association=associations.get(INVENTORY_ASSOCIATION, ""),
        windows_association=associations.get(_WINDOWS_ASSOCIATION, ""),
        associations_started_at=started_at,
        cis_configuration=configuration,
        vm_scanner_commands=commands,
    )


def associations_for(connection: Connection, covered: Iterable[Coverage], hosts: tuple[str, ...]) -> dict[str, str]:
    """Return the associations that have `hosts` scanned, by name, each with its id or nothing where there is none."""
    known = {row.host: row for row in covered}
    by_agent = [host for host in hosts if host not in known or known[host].mode in (SSM_AGENT, "")]
    on_windows = [host for host in by_agent if host in known and known[host].platform == WINDOWS]
    found = {}
    if len(by_agent) > len(on_windows):
        found[INVENTORY_ASSOCIATION] = inventory_association(connection)
    if on_windows:
        found[_WINDOWS_ASSOCIATION] = _association(connection, "AssociationName", _WINDOWS_ASSOCIATION)
    return found


def hosts_closed_since(
    connection: Connection, account: str, tags: Mapping[str, list[str]], moment: datetime
) -> frozenset[str]:
    """Return hosts with any of `tags`, also gone ones, on which a finding was closed at or after `moment`, by id.

    Inspector keeps the findings of a terminated host for three days (user guide, "Understanding findings").
    """
    found: set[str] = set()
    pages = connection.client("inspector2").get_paginator("list_findings")
    for key, values in tags.items():
        for batch in batches(values, _VALUES_A_FILTER):
            criteria = {
                "awsAccountId": [{"comparison": "EQUALS", "value": account}],
                "resourceTags": [{"comparison": "EQUALS", "key": key, "value": value} for value in batch],
                "findingStatus": [{"comparison": "EQUALS", "value": "CLOSED"}],
                "updatedAt": [{"startInclusive": moment}],
            }
            with asking(f"which hosts with the tag {key} had findings closed since patching"):
                for page in pages.paginate(filterCriteria=criteria, maxResults=100):
                    found.update(finding.host for finding in listed(page["findings"]))
    return frozenset(found)


def findings(connection: Connection, account: str, hosts: Iterable[Host]) -> Iterator[Row]:
    """Yield the findings of `hosts` in every status, in the order of the hosts' tens; pages may repeat a row."""
    owned = [{"comparison": "EQUALS", "value": account}]
    pages = connection.client("inspector2").get_paginator("list_findings")
    statuses = [{"comparison": "EQUALS", "value": status} for status in ("ACTIVE", "SUPPRESSED", "CLOSED")]

    def of(batch: list[str]) -> Iterator[list[Row]]:
        ids = [{"comparison": "EQUALS", "value": host} for host in batch]
        with asking(f"for the findings of {len(batch)} hosts, beginning with {batch[0]}"):
            criteria = {"awsAccountId": owned, "resourceId": ids, "findingStatus": statuses}
            for page in pages.paginate(filterCriteria=criteria, maxResults=100):
                yield list(listed(page["findings"]))

    tens = batches((host.id for host in hosts), _VALUES_A_FILTER)
    yield from chain.from_iterable(side_by_side(tens, of, connection.at_once))


def inventory_association(connection: Connection) -> str:
    """Return the id of the association that captures the inventory for Inspector, or nothing where there is none."""
    # Where an inventory association of all instances existed before, Inspector uses that one.
    return _association(connection, "AssociationName", INVENTORY_ASSOCIATION) or _association(
        connection, "Name", _INVENTORY_DOCUMENT
    )


def _association(connection: Connection, key: str, value: str) -> str:
    with asking(f"for the inventory association {value}"):
        pages = connection.client("ssm").get_paginator("list_associations")
        for page in pages.paginate(AssociationFilterList=[{"key": key, "value": value}]):
            for row in page["Associations"]:
                if key == "AssociationName" or _ALL_INSTANCES in row.get("Targets", []):
                    return str(row["AssociationId"])
    return ""
