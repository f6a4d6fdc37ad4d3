"""Suppression rules of Inspector v2: filters whose action is SUPPRESS, and what each of them hides."""

from collections.abc import Collection, Iterator
from datetime import UTC
from typing import Any

from postpatch.aws.hosts import batches
from postpatch.aws.session import Connection, asking
from postpatch.model import SuppressionRule
from postpatch.translation.decoded import listed

_VALUES_A_FILTER = 10  # every filter list of inspector2 holds at most ten entries
_A_PAGE = 100  # botocore shape ListFindingsMaxResults
_SUPPRESSED = {"findingStatus": [{"comparison": "EQUALS", "value": "SUPPRESSED"}]}


def suppression_rules(connection: Connection, hidden_on: Collection[str] = ()) -> tuple[SuppressionRule, ...]:
    """Return the suppression rules that this caller can see, by name; CouldNotCheck if they cannot be listed.

    In an organization the rules are the delegated administrator's (Inspector user guide, "Managing multiple accounts"),
    so that a member's caller may see none. `hidden_on` are the hosts on which a finding is suppressed: for each rule
    Inspector is asked which of their suppressed findings its criteria match, ten hosts a call.
    """
    with asking("for the suppression rules"):
        pages = connection.client("inspector2").get_paginator("list_filters").paginate(action="SUPPRESS")
        rules = [_rule(connection, row, frozenset(hidden_on)) for page in pages for row in page["filters"]]
    return tuple(sorted(rules, key=lambda rule: rule.name))


def _rule(connection: Connection, row: dict[str, Any], hidden_on: frozenset[str]) -> SuppressionRule:
    return SuppressionRule(
        arn=row["arn"],
        name=row["name"],
        created_at=row["createdAt"].astimezone(UTC),
        updated_at=row["updatedAt"].astimezone(UTC),
        reason=row.get("reason", ""),
        hits=len({arn for arn, host in _hidden_by(connection, row["criteria"], hidden_on) if host in hidden_on}),
    )


def _hidden_by(connection: Connection, criteria: dict[str, Any], hosts: frozenset[str]) -> Iterator[tuple[str, str]]:
    # A rule that names hosts itself is asked for as it is: two lists of hosts cannot be joined in one request.
    by_host = [{}] if criteria.get("resourceId") else [_of(batch) for batch in batches(sorted(hosts), _VALUES_A_FILTER)]
    pages = connection.client("inspector2").get_paginator("list_findings")
    for chosen in by_host if hosts else ():
        for page in pages.paginate(filterCriteria={**criteria, **_SUPPRESSED, **chosen}, maxResults=_A_PAGE):
            yield from ((finding.arn, finding.host) for finding in listed(page["findings"]))


def _of(hosts: list[str]) -> dict[str, Any]:
    return {"resourceId": [{"comparison": "EQUALS", "value": host} for host in hosts]}
