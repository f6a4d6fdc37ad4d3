"""What Inspector's delegated administrator reads of all accounts of a Region: members, coverage and findings.

Source: Inspector user guide, "Understanding the delegated administrator account and member accounts": it views the
findings and the coverage of each associated member. It is regional: it may have other members in another Region.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from botocore.exceptions import ClientError

from postpatch.aws.coverage import VALUES_A_FILTER
from postpatch.aws.hosts import batches
from postpatch.aws.session import Connection, asking
from postpatch.aws.side_by_side import side_by_side
from postpatch.errors import CouldNotCheck
from postpatch.translation.decoded import listed
from postpatch.translation.row import Row

_STATUSES = ("ACTIVE", "SUPPRESSED", "CLOSED")
_HOSTS = {"resourceType": [{"comparison": "EQUALS", "value": "AWS_EC2_INSTANCE"}]}


def require_administrator(connection: Connection, account: str) -> None:
    """Raise CouldNotCheck unless `account` is Inspector's delegated administrator in the connection's Region."""
    region = connection.session.region_name
    with asking(f"who is Inspector's delegated administrator in {region}"):
        try:
            answer = connection.client("inspector2").get_delegated_admin_account()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ResourceNotFoundException":
                raise
            answer = {}
    named = answer.get("delegatedAdmin", {}).get("accountId", "")
    if named != account:
        raise CouldNotCheck(
            f"Correct the roles of [delegated], which lead to account {account}: in {region} Inspector's delegated "
            f"administrator is {named or 'not designated'}."
        )


def associated_members(connection: Connection, administrator: str) -> frozenset[str]:
    """Return the accounts whose association with the administrator is enabled, in the connection's Region."""
    with asking("which accounts are associated with Inspector's delegated administrator"):
        pages = connection.client("inspector2").get_paginator("list_members").paginate(onlyAssociated=True)
        return frozenset(
            row["accountId"]
            for page in pages
            for row in page["members"]
            if (row.get("relationshipStatus"), row.get("delegatedAdminAccountId")) == ("ENABLED", administrator)
        )


def scanned_hosts(connection: Connection, accounts: Iterable[str]) -> Iterator[tuple[str, str, datetime]]:
    """Yield account, host and time of the last scan of its packages, of each host that was scanned."""
    pages = connection.client("inspector2").get_paginator("list_coverage")

    def of(some: list[str]) -> Iterator[list[tuple[str, str, datetime]]]:
        criteria = {"accountId": _equal(some), "scanType": _equal(["PACKAGE"]), **_HOSTS}
        with asking(f"how the hosts of {len(some)} accounts, beginning with {some[0]}, are covered"):
            for page in pages.paginate(filterCriteria=criteria, maxResults=200):
                yield [
                    (row["accountId"], row["resourceId"], row["lastScannedAt"].astimezone(UTC))
                    for row in page["coveredResources"]
                    if "lastScannedAt" in row
                ]

    yield from chain.from_iterable(side_by_side(batches(accounts, VALUES_A_FILTER), of, connection.at_once))


def findings_of(connection: Connection, accounts: Iterable[str]) -> Iterator[Row]:
    """Yield the findings of all hosts of `accounts` in every status, ten accounts after the other.

    Pages may repeat a row. CouldNotCheck if there is one of an account that was not asked about.
    """
    pages = connection.client("inspector2").get_paginator("list_findings")

    def of(some: list[str]) -> Iterator[list[Row]]:
        criteria = {"awsAccountId": _equal(some), "findingStatus": _equal(_STATUSES), **_HOSTS}
        with asking(f"for the findings of {len(some)} accounts, beginning with {some[0]}"):
            for page in pages.paginate(filterCriteria=criteria, maxResults=100):
                rows = list(listed(page["findings"]))
                if strange := {row.account for row in rows} - {*some}:
                    raise CouldNotCheck(
                        f"Run again: Inspector lists findings of {', '.join(strange)}, not asked about."
                    )
                yield rows

    yield from chain.from_iterable(side_by_side(batches(accounts, VALUES_A_FILTER), of, connection.at_once))


def _equal(values: Iterable[str]) -> list[dict[str, Any]]:
    return [{"comparison": "EQUALS", "value": value} for value in values]
