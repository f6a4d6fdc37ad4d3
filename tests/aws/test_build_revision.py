"""The update build revision of a Windows host, as an inventory has it, and where there is none."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from postpatch.aws.build_revision import build_revision
from postpatch.aws.leftovers import leftovers
from postpatch.aws.patch_manager import patching
from postpatch.aws.session import Connection
from postpatch.errors import CouldNotCheck
from postpatch.model import Host
from postpatch.simulator import Simulator, worlds
from postpatch.simulator.worlds import workshop

EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)
KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
LIST = "ssm.ListInventoryEntries"

Connect = Callable[..., Connection]


@pytest.fixture(scope="module")
def aws() -> Iterator[Simulator]:
    """Give a site that inventories the revision of its hosts, the morning after a patching."""
    simulator = Simulator(worlds()["windows-not-offered"], EVENING)
    simulator.remediate()
    yield simulator
    assert simulator.front.broken == []


@pytest.fixture(scope="module")
def windows(aws: Simulator) -> str:
    """Return the id of the Windows host."""
    return str(workshop.red_team_host(aws).instance_id)


def test_it_is_read_where_a_site_has_it(aws: Simulator, connection: Connection, windows: str) -> None:
    """The host is at the build of the month before; a Linux host has none."""
    found = build_revision(connection, windows)
    assert found is not None
    assert (found.host, found.revision) == (windows, 2700)
    assert EVENING < found.captured_at <= aws.now()
    assert build_revision(connection, workshop.nodes(aws)[0].instance_id) is None


def test_one_call_is_made_for_a_windows_host(aws: Simulator, connect: Connect, windows: str) -> None:
    """Of Linux hosts no registry is asked for."""
    connection = connect()
    hosts = [windows, *(host.instance_id for host in workshop.nodes(aws))]
    told = patching(connection, [Host(host) for host in hosts], EVENING)
    left = leftovers(connection, {host: [] for host in hosts}, told.states, EVENING, hosts)
    assert [one.host for one in left.revisions] == [windows]
    assert connection.calls["ssm:ListInventoryEntries"] == 1


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"KeyPath": r"HKEY_LOCAL_MACHINE\SOFTWARE\Example", "ValueName": "UBR", "Value": "2700"},
        {"KeyPath": KEY, "ValueName": "CurrentBuild", "Value": "20348"},
        {"KeyPath": KEY, "ValueName": "UBR"},
        {"KeyPath": KEY, "ValueName": "UBR", "Value": "0xa8c"},
    ],
)
def test_what_is_no_revision_is_none(
    connect: Connect, rewrite: Callable[..., None], windows: str, entry: dict[str, Any]
) -> None:
    """Another key or value, and what is no number, say nothing."""
    connection = connect()
    rewrite(connection, LIST, lambda parsed: parsed.update(Entries=[entry]))
    assert build_revision(connection, windows) is None


def test_a_type_of_which_nothing_was_ever_captured_is_none(
    connect: Connect, refuse: Callable[..., list[str]], windows: str
) -> None:
    """AWS may not know the type in an account that has no such inventory."""
    connection = connect()
    refuse(connection, LIST, "InvalidTypeNameException")
    assert build_revision(connection, windows) is None


def test_a_refusal_is_an_error(connect: Connect, refuse: Callable[..., list[str]], windows: str) -> None:
    """Whoever may not read it does not know that there is none."""
    connection = connect()
    refuse(connection, LIST, "AccessDeniedException")
    with pytest.raises(CouldNotCheck, match="update build revision"):
        build_revision(connection, windows)


def test_no_more_pages_are_read_than_an_agent_can_fill() -> None:
    """The agent captures 250 values at most: five pages."""
    read: list[dict[str, Any]] = []

    def entries(**asked: Any) -> dict[str, Any]:
        read.append(asked)
        return {"Entries": [{}], "NextToken": str(len(read))}

    client = SimpleNamespace(list_inventory_entries=entries)
    connection = cast("Connection", SimpleNamespace(client=lambda _: client))
    assert build_revision(connection, "i-0123456789abcdef0") is None
    assert len(read) == 5
