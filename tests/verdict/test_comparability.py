"""What two snapshots can say together: only what was scanned in the same way both times."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.model import Finding, Manifest, Mode, Package, ScannedHost, Scanning, Scope
from postpatch.verdict.changed_hosts import ChangedHosts
from postpatch.verdict.comparability import compared_hosts, partly_scanned, scanned_differently
from postpatch.verdict.coverage import same_hosts
from postpatch.verdict.delta import Delta

A, B = "i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2"
MOMENT = datetime(2026, 11, 20, 22, tzinfo=UTC)
SSM, VM = "EC2_SSM_AGENT_BASED", "EC2_INSPECTOR_AGENT_BASED"
FAILED = "DEEP_INSPECTION_NO_INVENTORY"
ON = Scanning("ACTIVATED", ("/opt/shop",), None)
MODES = st.sampled_from(["", SSM, VM, "EC2_AGENTLESS"])
REASONS = st.sampled_from(["", "SUCCESSFUL", FAILED])
ACCOUNTS = st.none() | st.builds(
    Scanning,
    st.sampled_from(["ACTIVATED", "DEACTIVATED"]),
    st.sampled_from([(), ("/opt",)]),
    st.none() | st.just(MOMENT),
)


def manifest(*hosts: ScannedHost, scanning: Scanning | None = ON) -> Manifest:
    """Return a manifest of these hosts."""
    return Manifest(
        Mode.LIVE, "inspector2", "123456789012", "us-east-1", Scope("stack", ("pww",)), "arn", MOMENT, MOMENT, "test",
        hosts, scanning=scanning,
    )  # fmt: skip


def host(name: str = A, mode: str = SSM, reason: str = "SUCCESSFUL") -> ScannedHost:
    """Return a scanned host."""
    return ScannedHost(name, scanned=True, cis_scanned=True, mode=mode, reason=reason)


@pytest.mark.parametrize(
    ("before", "later", "words"),
    [
        pytest.param({}, {}, None, id="alike"),
        pytest.param({}, {"mode": VM}, f"scan mode of {A}: expected {SSM}, found {VM}", id="engine"),
        pytest.param({}, {"mode": ""}, None, id="mode-not-known"),
        pytest.param(
            {"reason": FAILED}, {}, f"deep inspection ended differently on: expected none, found {A}", id="then"
        ),
        pytest.param(
            {}, {"reason": FAILED}, f"deep inspection ended differently on: expected none, found {A}", id="now"
        ),
    ],
)
def test_a_host_that_is_scanned_in_another_way_is_named(
    before: dict[str, str], later: dict[str, str], words: str | None
) -> None:
    """What changed on a host is a fact that does not hold; what is not known is no change."""
    facts = list(scanned_differently(manifest(host(**before)), manifest(host(**later))))
    assert [f"{one.name}: expected {one.expected}, found {one.found}" for one in facts] == ([words] if words else [])
    assert not any(one.holds for one in facts)


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (ON, []),
        (None, []),
        (replace(ON, deep_inspection="DEACTIVATED"), ["deep inspection: ACTIVATED, DEACTIVATED"]),
        (replace(ON, deep_inspection_paths=()), ["paths of deep inspection: /opt/shop, the default ones"]),
        (replace(ON, vm_scanner_since=MOMENT), ["VM scanner since: not on, 2026-11-20 22:00:00 UTC"]),
    ],
    ids=["alike", "not-known", "off", "paths", "vm-scanner"],
)
def test_an_account_that_is_scanned_in_another_way_is_named(later: Scanning | None, words: list[str]) -> None:
    """A change of the account's settings is named with both values."""
    facts = scanned_differently(manifest(host()), manifest(host(), scanning=later))
    assert [f"{one.name}: {one.expected}, {one.found}" for one in facts] == words


def test_a_deep_inspection_that_never_ends_well_is_a_note() -> None:
    """Where it failed both times nothing changed: language packages are not compared, and the note says where."""
    before, later = manifest(host(reason=FAILED), host(B)), manifest(host(reason=FAILED), host(B))
    assert list(scanned_differently(before, later)) == []
    assert partly_scanned(before, later) == (
        f"deep inspection did not end well, so that language packages are not compared: {A}",
    )
    assert [one.languages_alike for one in compared_hosts(before, later)] == [False, True]


def test_scan_3_names_what_changed(make_delta: Callable[..., Delta]) -> None:
    """A change of how hosts are scanned fails SCAN-3."""
    delta = make_delta([], [], others=[A])
    delta.baseline = replace(delta.baseline, scanning=ON)
    delta.after = replace(delta.after, scanning=replace(ON, deep_inspection="DEACTIVATED"))
    judgement = same_hosts(delta, ChangedHosts())
    assert not judgement.holds
    assert "deep inspection: DEACTIVATED" in judgement.reason


@given(before=MODES, later=MODES, then=REASONS, now=REASONS, accounts=st.tuples(ACCOUNTS, ACCOUNTS), data=st.data())
def test_another_way_of_scanning_never_compares_more(
    before: str, later: str, then: str, now: str, accounts: tuple[Any, Any], data: st.DataObject
) -> None:
    """Two snapshots that were scanned in the same way stay comparable only until one of them is scanned otherwise."""
    alike = manifest(host(mode=before or SSM)), manifest(host(mode=before or SSM))
    assert not list(scanned_differently(*alike))
    changed = manifest(host(A, before, then), scanning=accounts[0]), manifest(host(A, later, now), scanning=accounts[1])
    [compared] = compared_hosts(*changed)
    if list(scanned_differently(*changed)):
        assert not compared.languages_alike
    other = data.draw(MODES.filter(lambda mode: mode and mode != (before or SSM)))
    assert list(scanned_differently(alike[0], manifest(host(mode=other))))


def test_language_packages_that_vanish_are_no_progress(
    make_delta: Callable[..., Delta], make_finding: Callable[..., Finding], make_package: Callable[..., Package]
) -> None:
    """What deep inspection found before and not now, in another mode, is not comparable; the system's is fixed."""
    npm = make_finding("CVE-2026-2", packages=(make_package(name="ip", manager="NODEPKG"),))
    delta = make_delta([npm, make_finding()], [], others=[A])
    assert delta.counts.fixed == 2
    before, later = (replace(one, hosts=(host(mode=mode),)) for one, mode in ((delta.baseline, SSM), (delta.after, VM)))
    assert [one.languages_alike for one in compared_hosts(before, later)] == [False]


@pytest.mark.parametrize(
    ("before", "later", "alike"),
    [
        pytest.param(MOMENT, MOMENT, False, id="no-scan-since"),
        pytest.param(MOMENT, MOMENT - timedelta(hours=1), False, id="an-older-one"),
        pytest.param(MOMENT, MOMENT + timedelta(hours=1), True, id="scanned-since"),
        pytest.param(None, MOMENT, True, id="not-known-then"),
        pytest.param(MOMENT, None, True, id="not-known-now"),
    ],
)
def test_without_a_scan_since_no_language_package_was_found_fixed(
    before: datetime | None, later: datetime | None, alike: bool
) -> None:
    """An inventory may prove the last scan of an unchanged host; of packages of languages it lists nothing."""
    then, now = replace(host(), scanned_at=before), replace(host(), scanned_at=later, proof="inventory")
    (compared,) = compared_hosts(manifest(then), manifest(now))
    assert compared.languages_alike is alike
