"""Which accounts an organization has, and which accounts and Regions a stack set."""

from collections.abc import Iterator
from dataclasses import dataclass

from postpatch.aws.session import Connection, asking

_ACTIVE = "ACTIVE"


@dataclass(frozen=True)
class MemberAccount:
    """An account of an organization. `state` is AWS's word, or empty where AWS gives none."""

    id: str
    name: str
    state: str

    @property
    def active(self) -> bool:
        """Return whether hosts may run in it; an account of which AWS does not say that is taken to be active."""
        return self.state in (_ACTIVE, "")


def every_account(connection: Connection) -> tuple[MemberAccount, ...]:
    """Return the accounts of the whole organization, by id.

    Asked by the management account or a delegated administrator (Organizations API reference, ListAccounts).
    """
    with asking("which accounts the organization has"):
        pages = connection.client("organizations").get_paginator("list_accounts").paginate()
        found = [_account(one) for page in pages for one in page["Accounts"]]
    return tuple(sorted(found, key=lambda account: account.id))


def accounts_below(connection: Connection, parent: str) -> tuple[MemberAccount, ...]:
    """Return the accounts in an OU, or in the root, and in every OU below it, by id.

    ListAccountsForParent lists the accounts directly in a parent alone (Organizations API reference).
    """
    with asking(f"which accounts are in {parent}"):
        found = list(_accounts_below(connection, parent))
    return tuple(sorted(found, key=lambda account: account.id))


def stack_instances(connection: Connection, name: str, call_as: str) -> tuple[tuple[str, str], ...]:
    """Return account and Region of each instance of a stack set, in order, whatever its state is.

    Stacks that CloudFormation could not make or update are there too: a run there says what it cannot do.
    """
    with asking(f"which instances stack set {name} has"):
        pages = (
            connection.client("cloudformation")
            .get_paginator("list_stack_instances")
            .paginate(StackSetName=name, CallAs=call_as)
        )
        return tuple(sorted({(one["Account"], one["Region"]) for page in pages for one in page["Summaries"]}))


def _accounts_below(connection: Connection, parent: str) -> Iterator[MemberAccount]:
    client = connection.client("organizations")
    for page in client.get_paginator("list_accounts_for_parent").paginate(ParentId=parent):
        yield from map(_account, page["Accounts"])
    for page in client.get_paginator("list_organizational_units_for_parent").paginate(ParentId=parent):
        for unit in page["OrganizationalUnits"]:
            yield from _accounts_below(connection, unit["Id"])


def _account(row: dict[str, str]) -> MemberAccount:
    # `Status` was announced to end on 2026-09-09, and `State` says it since (Organizations API reference, Account).
    return MemberAccount(row["Id"], row.get("Name", ""), row.get("State") or row.get("Status") or "")
