"""The findings of a fleet's accounts, read once in each Region by Inspector's delegated administrator, and split.

They count for a target only if they were read after its hosts were scanned; its own run checks that.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from postpatch.aws.delegated import associated_members, findings_of, require_administrator, scanned_hosts
from postpatch.aws.hosts import batches
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.evidence.members import Reading, keep_reading, split_by_account
from postpatch.evidence.pack import sha256_of
from postpatch.fleet.targets import Target
from postpatch.model import Utc
from postpatch.verdict.facts import count

_FILES_AT_ONCE = 100  # accounts whose files are open
Place = tuple[str, str]


def require_administrators(regions: Iterable[str], connect: Callable[[str], Connection]) -> None:
    """Raise CouldNotCheck with every Region in which `connect` leads to another account than the administrator."""
    problems = []
    for region in sorted({*regions}):
        try:
            connection = connect(region)
            require_administrator(connection, connection.caller().account)
        except CouldNotCheck as error:
            problems.append(str(error))
    if problems:
        raise CouldNotCheck("\n".join(problems))


def read_regions(
    targets: Sequence[Target],
    connect: Callable[[str], Connection],
    path: Callable[[str, str], Path],
    say: Callable[[str], None],
) -> None:
    """Read the findings of the targets' accounts once in each Region; `path` is where those of a place go.

    `connect` makes the administrator's connection in a Region. What could not be read is recorded with its reason in
    place of the findings, so that the run of each target reports it.
    """
    by_region: dict[str, set[str]] = defaultdict(set)
    for target in targets:
        by_region[target.region].add(target.account)
    for region, accounts in sorted(by_region.items()):
        number = count(len(accounts), "account")
        say(f"{region}: reading the findings of {number} as Inspector's delegated administrator")
        paths = {account: path(account, region) for account in sorted(accounts)}
        try:
            read_region(connect(region), region, paths)
        except Exception as error:  # noqa: BLE001 - any exception means that it could not be read
            why = str(error) if isinstance(error, CouldNotCheck) else f"{type(error).__name__}: {error}"
            say(f"{region}: {why}")
            now = datetime.now(UTC)
            for account, findings in paths.items():
                keep_reading(findings, Reading(account, region, "", now, now, error=why))


def read_region(connection: Connection, region: str, paths: Mapping[str, Path]) -> None:
    """Read the findings of some accounts in one Region to `paths`, each with its record.

    An account that is not associated with the administrator gets a record that says so. CouldNotCheck if the
    connection's account is not the administrator, or a page cannot be read.
    """
    caller = connection.caller()
    require_administrator(connection, caller.account)
    seen = associated_members(connection, caller.account) | {caller.account}
    started_at = connection.clock()
    for account in paths.keys() - seen:
        why = (
            f"Associate account {account} with Inspector's delegated administrator {caller.account} in {region}, or "
            "leave out [delegated]: it is no member that the administrator sees."
        )
        keep_reading(paths[account], Reading(account, region, caller.arn, started_at, started_at, error=why))
    for some in batches([account for account in paths if account in seen], _FILES_AT_ONCE):
        # Coverage first: the findings are at least as new as the scans that it shows.
        scanned: dict[str, dict[str, Utc]] = defaultdict(dict)
        for account, host, moment in scanned_hosts(connection, some):
            scanned[account][host] = moment
        counts = split_by_account(findings_of(connection, some), {account: paths[account] for account in some})
        for account in some:
            reading = Reading(
                account, region, caller.arn, started_at, connection.clock(), scanned[account], counts[account],
                sha256_of(paths[account]),
            )  # fmt: skip
            keep_reading(paths[account], reading)
