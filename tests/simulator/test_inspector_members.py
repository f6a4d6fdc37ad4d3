"""Inspector's delegated administrator sees the findings and the coverage of the members associated with it."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from postpatch.simulator import worlds
from postpatch.simulator.accounts.estate import Estate, places_of
from postpatch.simulator.simulator import Simulator
from postpatch.simulator.wire.mount import mount
from tests.simulator.asking import code_of

HOME, SECOND = "111111111111", "222222222222"
_EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def estate() -> Estate:
    """Make an organization of two accounts: its management account is to administer Inspector."""
    return Estate(HOME, places_of([HOME, SECOND], ["us-east-1"], worlds()["workshop"]), _EVENING)


@pytest.fixture(scope="module")
def inspector(estate: Estate) -> Any:
    """Return a client of the management account."""
    session = boto3.Session("SIMULATED", "simulated", region_name="us-east-1")
    mount(session, estate.wsgi)
    return session.client("inspector2")


def accounts(client: Any, **criteria: Any) -> set[str]:
    """Return the accounts whose findings are listed."""
    pages = client.get_paginator("list_findings").paginate(filterCriteria=criteria)
    return {row["awsAccountId"] for page in pages for row in page["findings"]}


def covered(client: Any) -> set[str]:
    """Return the accounts whose hosts are covered."""
    pages = client.get_paginator("list_coverage").paginate()
    return {row["accountId"] for page in pages for row in page["coveredResources"]}


def test_an_administrator_is_designated_and_associates_members(estate: Estate, inspector: Any) -> None:
    """Nobody sees another account before; what ended is not associated any more."""
    assert code_of(inspector.get_delegated_admin_account) == "ResourceNotFoundException"
    assert code_of(inspector.list_members) == "AccessDeniedException"
    assert (accounts(inspector), covered(inspector)) == ({HOME}, {HOME})
    inspector.enable_delegated_admin_account(delegatedAdminAccountId=HOME)
    administrator = inspector.get_delegated_admin_account()["delegatedAdmin"]
    assert administrator == {"accountId": HOME, "relationshipStatus": "ENABLED"}
    assert (inspector.list_members(onlyAssociated=True)["members"], accounts(inspector)) == ([], {HOME})
    estate.simulators[SECOND, "us-east-1"].clock.advance_to(datetime(2026, 11, 21, tzinfo=UTC))
    inspector.associate_member(accountId=SECOND)
    [member] = inspector.list_members(onlyAssociated=True)["members"]
    assert (member["accountId"], member["delegatedAdminAccountId"], member["relationshipStatus"]) == (
        SECOND, HOME, "ENABLED",
    )  # fmt: skip
    assert estate.now() >= datetime(2026, 11, 21, tzinfo=UTC)  # what it says of a member is no later than its answer
    assert (accounts(inspector), covered(inspector)) == ({HOME, SECOND}, {HOME, SECOND})
    assert accounts(inspector, awsAccountId=[{"comparison": "EQUALS", "value": SECOND}]) == {SECOND}
    assert inspector.get_member(accountId=SECOND)["member"] == member
    inspector.disassociate_member(accountId=SECOND)
    assert (inspector.list_members(onlyAssociated=True)["members"], accounts(inspector)) == ([], {HOME})
    assert inspector.list_members(onlyAssociated=False)["members"][0]["relationshipStatus"] == "REMOVED"


def test_what_the_organization_does_not_know_is_refused(inspector: Any) -> None:
    """There is one administrator, and members are accounts of the organization."""
    inspector.enable_delegated_admin_account(delegatedAdminAccountId=HOME)
    assert code_of(inspector.enable_delegated_admin_account, delegatedAdminAccountId=SECOND) == "ConflictException"
    assert code_of(inspector.associate_member, accountId="999999999999") == "ValidationException"
    assert code_of(inspector.get_member, accountId="999999999999") == "ResourceNotFoundException"


def test_a_lone_account_has_no_organization() -> None:
    """What moto knows of members answers there, as it did."""
    client = Simulator(worlds()["workshop"], _EVENING).client("inspector2")
    assert client.list_members()["members"] == []
