"""What the inventory that an earlier snapshot keeps proves, and what a snapshot keeps of one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.aws.inventory import InventoryAge, inventory_age
from postpatch.aws.inventory_proof import Capture
from postpatch.aws.kept_inventory import digest_to_keep, proved_by_kept, shows_unread
from postpatch.aws.session import Connection
from postpatch.model import HostScan, InventoryDigest
from postpatch.simulator import Simulator
from tests.aws.test_inspector_wait import LAUNCHED, PATCHED, Connect, Rewrite, hosts

__all__ = ["hosts"]

LIMIT = timedelta(minutes=90)
SCANNED = PATCHED - timedelta(hours=1)
SCAN = HostScan("i-1", PATCHED, SCANNED, None, "ACTIVE", "SUCCESSFUL", "EC2_SSM_AGENT_BASED")
AGE = InventoryAge(LAUNCHED + timedelta(minutes=2), None, "a")
OURS = Capture(LAUNCHED, LAUNCHED + timedelta(minutes=3), ours=True)
KEPT = InventoryDigest("i-1", SCANNED - timedelta(minutes=2), SCANNED, "a")
OLD_SCAN = {"captured_at": SCANNED + timedelta(minutes=2)}
HOURS = st.integers(-30, 30).map(lambda hours: timedelta(hours=hours))


@pytest.mark.parametrize(
    ("scan", "age", "kept", "proof"),
    [
        pytest.param({}, {}, {}, "unchanged", id="the-same-as-was-scanned"),
        pytest.param({}, {"sha256": "b"}, {}, "", id="something-changed"),
        pytest.param({}, {"sha256": ""}, {"sha256": ""}, "", id="nothing-listed"),
        pytest.param({"scanned_at": SCANNED + timedelta(minutes=9)}, {}, {}, "", id="scanned-since"),
        pytest.param({"scanned_at": None}, {}, {}, "", id="never-scanned"),
        pytest.param({"mode": "EC2_INSPECTOR_AGENT_BASED"}, {}, {}, "", id="another-engine"),
        pytest.param({"clock_off": timedelta(hours=2)}, {}, {}, "", id="a-wrong-clock"),
        pytest.param({}, {"captured_at": LAUNCHED + timedelta(hours=2)}, {}, "", id="dated-in-the-future"),
        pytest.param({"after": LAUNCHED + timedelta(hours=1)}, {}, {}, "", id="captured-before-the-patching"),
        pytest.param({}, {}, OLD_SCAN, "findings", id="captured-after-the-scan-and-long-ago"),
        pytest.param({}, {}, {"captured_at": LAUNCHED - timedelta(minutes=80)}, "", id="captured-after-the-scan"),
    ],
)
def test_an_inventory_against_the_stored_one(
    scan: dict[str, Any], age: dict[str, Any], kept: dict[str, Any], proof: str
) -> None:
    """Only an equal inventory, captured for this run, shows that the scan for the snapshot rests on what is there."""
    given_age, stored = replace(AGE, **age), replace(KEPT, **kept)
    assert proved_by_kept(replace(SCAN, **scan), given_age, OURS, stored, LIMIT).proof == proof


def test_without_a_capture_of_its_own_a_run_proves_nothing() -> None:
    """An inventory from before the launch, none at all, and one without a stored one to compare it with."""
    before, older = replace(AGE, captured_at=LAUNCHED - timedelta(minutes=1)), replace(OURS, ours=False)
    assert proved_by_kept(SCAN, before, older, KEPT, LIMIT) == SCAN
    assert proved_by_kept(SCAN, None, OURS, KEPT, LIMIT) == SCAN
    assert proved_by_kept(SCAN, AGE, OURS, None, LIMIT) == SCAN


@given(scanned=HOURS, captured=HOURS, kept_scan=HOURS, kept_capture=HOURS, same=st.booleans())
def test_a_stored_inventory_proves_its_own_scan_alone(
    scanned: timedelta, captured: timedelta, kept_scan: timedelta, kept_capture: timedelta, same: bool
) -> None:
    """Whatever the times, an inventory that differs, another scan, or a capture before the patching proves nothing."""
    scan, age = replace(SCAN, scanned_at=PATCHED + scanned), replace(AGE, captured_at=LAUNCHED + captured)
    kept = InventoryDigest("i-1", PATCHED + kept_capture, PATCHED + kept_scan, "a" if same else "b")
    capture = Capture(LAUNCHED, LAUNCHED + timedelta(hours=31), ours=True)
    proof = proved_by_kept(scan, age, capture, kept, LIMIT).proof
    assert not proof or (same and scanned == kept_scan and captured >= timedelta(0))
    assert proof != "unchanged" or kept_capture < kept_scan
    assert proof != "findings" or scan.scanned_at <= scan.after


def test_what_changed_and_was_not_scanned_is_unread() -> None:
    """The scan is still the one that the snapshot knows, and what is installed is not what it keeps."""
    changed = replace(AGE, sha256="b")
    assert shows_unread(SCAN, changed, KEPT)
    assert not shows_unread(SCAN, AGE, KEPT)
    assert not shows_unread(replace(SCAN, scanned_at=LAUNCHED), changed, KEPT)
    assert not shows_unread(SCAN, None, KEPT)
    assert not shows_unread(SCAN, changed, None)


def test_what_a_snapshot_keeps() -> None:
    """The inventory after the scan, or the stored one that equals it; nothing where it may not be what was scanned."""
    later = replace(OURS, seen=LAUNCHED + timedelta(minutes=5))
    scan = replace(SCAN, scanned_at=LAUNCHED + timedelta(minutes=4))
    kept = digest_to_keep(scan, AGE, later, None)
    assert kept == InventoryDigest("i-1", AGE.captured_at, LAUNCHED + timedelta(minutes=4), "a")
    assert kept.was_scanned
    assert digest_to_keep(SCAN, AGE, later, KEPT) == KEPT
    unread = digest_to_keep(SCAN, replace(AGE, sha256="b"), later, KEPT)
    assert unread
    assert not unread.was_scanned
    for other in (replace(later, seen=LAUNCHED + timedelta(minutes=3)), replace(later, ours=False)):
        assert digest_to_keep(scan, AGE, other, None) is None
    for known in (None, replace(AGE, sha256=""), replace(AGE, captured_at=LAUNCHED + timedelta(hours=1))):
        assert digest_to_keep(scan, known, later, None) is None
    for unsure in (replace(scan, mode="EC2_AGENTLESS"), replace(scan, clock_off=LIMIT), replace(scan, scanned_at=None)):
        assert digest_to_keep(unsure, AGE, later, None) is None


class TestDigest:
    """The digest of a whole inventory, whose packages have no time of installation."""

    @pytest.fixture
    def undated(self, connect: Connect, rewrite: Rewrite) -> Callable[..., Connection]:
        """Make a connection by which no package has such a time, and whose entries are changed."""

        def connected(change: Callable[[list[dict[str, Any]]], object] = lambda _: None) -> Connection:
            def changed(parsed: dict[str, Any]) -> None:
                for entry in parsed["Entries"]:
                    entry.pop("InstalledTime")
                change(parsed["Entries"])

            connection = connect()
            rewrite(connection, "ssm.ListInventoryEntries", changed)
            return connection

        return connected

    def test_it_is_of_names_versions_and_architectures(
        self, undated: Callable[..., Connection], hosts: list[str], aws: Simulator
    ) -> None:
        """A later capture of the same has the same, in whatever order; another version or architecture has another."""
        first, host = inventory_age(undated(), hosts[0]), aws.fleet.host(hosts[0])
        assert first
        assert host
        host.capture_inventory(aws.now() + timedelta(hours=1))
        again = inventory_age(undated(), hosts[0])
        assert again
        assert (again.sha256, len(first.sha256)) == (first.sha256, 64)
        assert again.captured_at > first.captured_at
        assert inventory_age(undated(list.reverse), hosts[0]) == again
        for different in ({"Version": "9"}, {"Name": "other"}, {"Architecture": "arm64"}):
            changed = inventory_age(undated(lambda rows, new=different: rows[0].update(new)), hosts[0])
            assert changed
            assert changed.sha256 not in ("", first.sha256)

    def test_there_is_none_of_nothing_nor_where_times_are_known(
        self, undated: Callable[..., Connection], connection: Connection, hosts: list[str]
    ) -> None:
        """An inventory without packages equals any other such; and the times of installation prove more than it."""
        dated, empty = inventory_age(connection, hosts[0]), inventory_age(undated(list.clear), hosts[0])
        assert dated
        assert empty
        assert (dated.sha256, empty.sha256) == ("", "")
        assert inventory_age(connection, hosts[0], undated_only=True) is None
