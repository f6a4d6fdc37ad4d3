"""ListNodes: refused until the unified console is set up; with the sync, the nodes of all accounts and Regions."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from postpatch.simulator import worlds
from postpatch.simulator.accounts.estate import Estate, places_of
from postpatch.simulator.wire.mount import mount
from tests.simulator.asking import code_of

HOME, SECOND = "111111111111", "222222222222"
REGIONS = ("us-east-1", "eu-west-1")
SYNC = {"SyncName": "AWS-QuickSetup-ManagedNode"}
_EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)


class Console:
    """An estate of two accounts and two Regions, in one place of which a host is not managed."""

    def __init__(self) -> None:
        places = places_of([HOME, SECOND], REGIONS, worlds()["workshop"])
        self.estate = Estate(HOME, places, _EVENING, console=(HOME, "us-east-1"))
        self.unmanaged = self.estate.simulators[SECOND, "eu-west-1"].fleet.hosts()[0]
        self.unmanaged.managed = False

    def ask(self, region: str = "us-east-1", **asked: Any) -> Any:
        """Return the nodes that are listed in a Region of the management account."""
        pages = self.client(region).get_paginator("list_nodes").paginate(**asked)
        return [node for page in pages for node in page["Nodes"]]

    def client(self, region: str = "us-east-1") -> Any:
        """Return a client of the management account."""
        session = boto3.Session("SIMULATED", "simulated", region_name=region)
        mount(session, self.estate.wsgi)
        return session.client("ssm")


@pytest.fixture(scope="module")
def console() -> Console:
    """Set up the unified console, with the management account as its delegated administrator."""
    return Console()


def ids(nodes: list[Any]) -> list[str]:
    """Return the ids of nodes, in their order."""
    return [node["Id"] for node in nodes]


def only(key: str, *values: str, kind: str = "Equal") -> dict[str, Any]:
    """Return a filter."""
    return {"Key": key, "Values": [*values], "Type": kind}


def test_it_is_not_supported_until_the_console_is_set_up(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """As AWS words it, with and without the sync."""
    monkeypatch.setattr(console.estate.simulators[HOME, "us-east-1"].node_list, "set_up", False)
    client = console.client()
    assert code_of(client.list_nodes) == "UnsupportedOperationException"
    assert code_of(client.list_nodes, **SYNC) == "UnsupportedOperationException"


def test_the_sync_is_in_the_home_region_alone(console: Console) -> None:
    """Elsewhere it is not found; a place's own nodes are listed without it."""
    assert code_of(console.client("eu-west-1").list_nodes, **SYNC) == "ResourceDataSyncNotFoundException"
    assert code_of(console.client().list_nodes, SyncName="another") == "ResourceDataSyncNotFoundException"
    owners = {(node["Owner"]["AccountId"], node["Region"]) for node in console.ask("eu-west-1")}
    assert owners == {(HOME, "eu-west-1")}


def test_a_host_that_is_not_managed_is_listed_where_it_is_asked_for(console: Console) -> None:
    """Of it only what no agent says is known; managed nodes alone come without that filter."""
    [node] = console.ask(**SYNC, Filters=[only("ManagedStatus", "Unmanaged")])
    assert (node["Id"], node["Owner"]["AccountId"], node["Region"]) == (
        console.unmanaged.instance_id, SECOND, "eu-west-1",
    )  # fmt: skip
    assert node["NodeType"]["Instance"] == {"ManagedStatus": "Unmanaged", "ResourceType": "EC2Instance"}
    managed, every = console.ask(**SYNC), console.ask(**SYNC, Filters=[only("ManagedStatus", "All")])
    assert len(every) == len(managed) + 1
    assert console.unmanaged.instance_id not in ids(managed)


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ([only("AccountId", SECOND)], lambda one: one["Owner"]["AccountId"] == SECOND),
        ([only("Region", "us-east-1", kind="NotEqual")], lambda one: one["Region"] != "us-east-1"),
        ([only("PlatformName", "Amazon", kind="BeginWith")], lambda _: True),
        ([only("PlatformType", "Windows")], lambda _: False),
        ([only("AvailabilityZone", "us-east-1a")], lambda _: False),
    ],
)
def test_filters_narrow_the_list(console: Console, filters: list[Any], kept: Any) -> None:
    """Values are alternatives; a field that a node does not have passes no filter."""
    every = console.ask(**SYNC)
    assert ids(console.ask(**SYNC, Filters=filters)) == ids([node for node in every if kept(node)])


def test_pages_are_whole(console: Console) -> None:
    """Page by page the same nodes come."""
    paged = console.ask(**SYNC, PaginationConfig={"PageSize": 3})
    assert ids(paged) == ids(console.ask(**SYNC))


def test_no_answer_is_dated_before_what_it_says(console: Console) -> None:
    """Each place has a clock of its own, and that of who asks may be behind."""
    later = console.estate.simulators[SECOND, "us-east-1"]
    later.clock.advance_to(datetime(2026, 11, 21, tzinfo=UTC))
    listed = console.client().list_nodes(**SYNC)["Nodes"]
    assert console.estate.now() >= max(node["CaptureTime"] for node in listed)
