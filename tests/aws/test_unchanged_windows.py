"""On which Windows hosts nothing was installed: what vanished there was not fixed."""

from datetime import UTC, datetime, timedelta

import pytest

from postpatch.aws.leftovers import unchanged_windows
from postpatch.aws.patch_manager import patching
from postpatch.aws.session import Connection
from postpatch.model import Host
from postpatch.simulator import Simulator, worlds
from postpatch.simulator.worlds.workshop import nodes, red_team_host

EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("world", "later", "asked", "unchanged"),
    [
        pytest.param("windows-timed-out", timedelta(0), 0, True, id="no-command"),
        pytest.param("windows-timed-out:fixed", timedelta(0), 1, False, id="installed"),
        pytest.param("windows-timed-out:fixed", timedelta(days=2), 0, True, id="installed-before"),
    ],
)
def test_a_host_without_a_new_update_is_unchanged(world: str, later: timedelta, asked: int, unchanged: bool) -> None:
    """Linux hosts are none of them, and a host whose last patch operation is older costs no call."""
    aws = Simulator(worlds()[world], EVENING)
    since = aws.now()
    aws.remediate()
    hosts = [*nodes(aws), red_team_host(aws)]
    connection = Connection(aws.session(), read_only=True, clock=aws.now, poll_seconds=0)
    found = patching(connection, [Host(host.instance_id) for host in hosts], since)
    before = connection.calls["ssm:DescribeInstancePatches"]
    assert unchanged_windows(connection, found, since + later) == (
        {red_team_host(aws).instance_id} if unchanged else frozenset()
    )
    assert connection.calls["ssm:DescribeInstancePatches"] - before == asked
