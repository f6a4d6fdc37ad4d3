"""Inspector v2: what an inventory proves of a scan, whatever the clock of its host says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.aws import inspector_wait
from postpatch.aws.inventory import InventoryAge
from postpatch.aws.inventory_proof import Capture, left_to_findings, seems_unchanged, settled
from postpatch.model import HostScan, Launch
from postpatch.model.moment import CLOCK_TOLERANCE
from postpatch.simulator import Simulator
from tests.aws.test_inspector_wait import ACCOUNT, LAUNCHED, PATCHED, Connect, hosts

__all__ = ["hosts"]

HOURS = st.integers(-30, 30).map(lambda hours: timedelta(hours=hours))
SCAN = HostScan("i-1", PATCHED, LAUNCHED - timedelta(hours=2), None, "ACTIVE", "SUCCESSFUL", "EC2_SSM_AGENT_BASED")
AGE = InventoryAge(LAUNCHED + timedelta(minutes=2), PATCHED - timedelta(minutes=5))
# An inventory that may be older than the launch, and one that the run had captured itself.
OLDER = Capture(LAUNCHED, LAUNCHED + timedelta(days=9))
OURS = Capture(LAUNCHED, LAUNCHED + timedelta(minutes=3), ours=True)


@pytest.mark.parametrize(
    ("scan", "age", "proof"),
    [
        pytest.param({}, {}, "inventory", id="nothing-installed-since"),
        pytest.param({"scanned_at": LAUNCHED + timedelta(minutes=3)}, {}, "coverage", id="scanned-after-the-capture"),
        pytest.param({}, {"installed_at": LAUNCHED - timedelta(hours=1)}, "", id="installed-since"),
        pytest.param({}, {"captured_at": LAUNCHED - timedelta(minutes=1)}, "", id="captured-before-the-launch"),
        pytest.param({}, {"installed_at": None}, "versions", id="no-times"),
        pytest.param(
            {"scanned_at": PATCHED - timedelta(hours=1)}, {"installed_at": None}, "", id="no-times-and-an-old-scan"
        ),
        pytest.param(
            {"scanned_at": PATCHED - timedelta(hours=1)},
            {"installed_at": PATCHED - timedelta(days=9)},
            "inventory",
            id="nothing-installed-since-an-old-scan",
        ),
        pytest.param({"scanned_at": None}, {}, "", id="never-scanned"),
    ],
)
def test_a_scan_against_the_inventory(scan: dict[str, Any], age: dict[str, Any], proof: str) -> None:
    """Whether the inventory shows that the last scan rests on what is installed."""
    assert settled(replace(SCAN, **scan), replace(AGE, **age), OLDER).proof == proof


@given(scanned=HOURS, captured=HOURS, installed=st.none() | HOURS, older=st.integers(0, 60))
def test_an_older_inventory_proves_no_more(
    scanned: timedelta, captured: timedelta, installed: timedelta | None, older: int
) -> None:
    """A capture before the run's launch proves nothing, and an older scan no more than a newer one."""
    scan = replace(SCAN, scanned_at=PATCHED + scanned)
    age = InventoryAge(LAUNCHED + captured, None if installed is None else PATCHED + installed)
    proved = settled(scan, age, OLDER)
    assert proved.fresh <= (age.captured_at >= LAUNCHED)
    older_scan = replace(scan, scanned_at=PATCHED + scanned - timedelta(hours=older))
    assert settled(older_scan, age, OLDER).fresh <= proved.fresh


@given(scanned=HOURS, captured=HOURS, installed=st.none() | HOURS)
def test_findings_decide_only_where_nothing_else_does(
    scanned: timedelta, captured: timedelta, installed: timedelta | None
) -> None:
    """They do about a scan that is not newer than the patching, by a newer inventory with nothing newer in it."""
    scan = replace(SCAN, scanned_at=PATCHED + scanned)
    age = InventoryAge(LAUNCHED + captured, None if installed is None else PATCHED + installed)
    left = left_to_findings(settled(scan, age, OLDER), age, OLDER)
    decide = left.proof == "findings"
    assert not decide or settled(scan, age, OLDER).proof == ""
    assert not decide or (scan.scanned_at <= PATCHED and age.captured_at >= LAUNCHED)
    assert not decide or age.installed_at is None or scan.scanned_at <= age.installed_at <= PATCHED


@given(
    off=st.timedeltas(timedelta(hours=-30), timedelta(hours=30)),
    scanned=st.timedeltas(timedelta(hours=-30), timedelta(hours=2)),
    installed=st.timedeltas(timedelta(hours=-30), timedelta(hours=10, minutes=1)),
    captured=st.timedeltas(timedelta(0), timedelta(minutes=3)),
)
def test_no_clock_makes_an_old_scan_a_fresh_one(
    off: timedelta, scanned: timedelta, installed: timedelta, captured: timedelta
) -> None:
    """Whatever a host's clock says, a scan is proved only if nothing was installed since, or it is newer."""
    scan = replace(SCAN, scanned_at=LAUNCHED + scanned)
    truly = min(PATCHED + installed, LAUNCHED + captured)
    proved = settled(scan, InventoryAge(LAUNCHED + captured + off, truly + off), OURS)
    assert not proved.fresh or truly < LAUNCHED + scanned or captured < scanned
    assert abs(proved.clock_off) <= abs(off)
    if abs(off) > CLOCK_TOLERANCE + timedelta(minutes=3):
        assert (proved.clock_off > timedelta(0)) == (off > timedelta(0))
        assert not settled(scan, InventoryAge(LAUNCHED + off, truly + off), replace(OURS, ours=False)).fresh


@pytest.mark.parametrize("hours", [-2, 12])
def test_a_wrong_clock_is_named_and_its_times_are_corrected(hours: int) -> None:
    """A scan since the patching, and nothing installed since: that is so by AWS's times too."""
    off = timedelta(hours=hours)
    scan = replace(SCAN, scanned_at=LAUNCHED + timedelta(minutes=1))
    age = InventoryAge(LAUNCHED + timedelta(minutes=1) + off, PATCHED - timedelta(hours=3) + off)
    proved = settled(scan, age, OURS)
    assert proved.proof == "inventory"
    assert abs(proved.clock_off - off) <= timedelta(minutes=3)


@pytest.mark.parametrize("minutes", [-5, -1, 0, 4])
def test_a_clock_within_the_tolerance_changes_nothing(minutes: int) -> None:
    """An unchanged host is proved by its inventory, whose dates are a little wrong."""
    off = timedelta(minutes=minutes)
    age = InventoryAge(LAUNCHED + timedelta(minutes=1) + off, PATCHED + off)
    proved = settled(SCAN, age, OURS)
    assert (proved.proof, proved.clock_off) == ("inventory", timedelta(0))


def test_an_unchanged_host_with_a_wrong_clock_is_not_waited_for() -> None:
    """Its last scan may never move; one on which something was installed since may still be scanned."""
    off = timedelta(hours=-2)
    age = InventoryAge(LAUNCHED + timedelta(minutes=1) + off, PATCHED - timedelta(days=9) + off)
    read_late = replace(SCAN, after=LAUNCHED + timedelta(minutes=1), scanned_at=PATCHED)
    assert settled(read_late, age, OURS).proof == ""
    assert seems_unchanged(settled(read_late, age, OURS), age)
    changed = replace(age, installed_at=LAUNCHED - timedelta(hours=1) + off)
    assert not seems_unchanged(settled(read_late, changed, OURS), changed)
    assert not seems_unchanged(settled(SCAN, AGE, OURS), AGE)
    known = replace(SCAN, clock_off=off)  # by AWS's times of the patching
    assert settled(known, AGE, OURS).proof == ""


def test_reading_only_an_inventory_of_the_future_proves_nothing() -> None:
    """No capture is later than the moment at which AWS told of it."""
    now = LAUNCHED
    ahead = InventoryAge(now + timedelta(hours=3), PATCHED - timedelta(days=9))
    found = settled(SCAN, ahead, Capture(None, now))
    assert (found.proof, found.clock_off) == ("", timedelta(hours=3))


def test_reading_only_goes_by_the_inventory_that_there_is(aws: Simulator, connect: Connect, hosts: list[str]) -> None:
    """Without a launch, a scan that is older than something installed since is no proof."""
    reader = connect(read_only=True)
    moments = dict.fromkeys(hosts, aws.now() - timedelta(days=1))
    nothing = Launch("inspector2", aws.now(), started=False)
    found = inspector_wait.wait_for(reader, ACCOUNT, nothing, moments, 5, lambda *_: None)
    assert all(scan.proof in ("coverage", "inventory") for scan in found.hosts)
    host = aws.fleet.host(hosts[0])
    assert host
    host.install(replace(host.packages[0], installed_at=aws.now()))
    host.capture_inventory(aws.now())
    found = inspector_wait.wait_for(reader, ACCOUNT, nothing, moments, 5, lambda *_: None)
    assert [scan.fresh for scan in found.hosts] == [False, True, True]
