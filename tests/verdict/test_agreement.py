"""Findings against what is installed, on hosts whose scan time alone does not show a fresh scan."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.model import Finding, HostInventory, InstalledPackage, Package
from postpatch.verdict.agreement import disagreements

A = "i-0aaaaaaaaaaaaaaa1"
THEN = datetime(2026, 11, 20, tzinfo=UTC)
FIXED = "1:3.0.8-1.amzn2023.0.23"
OLD = "1:3.0.8-1.amzn2023.0.19"

Make = Callable[..., Finding]
MakePackage = Callable[..., Package]


def inventory(*versions: str, name: str = "openssl", dated: bool = True) -> HostInventory:
    """Return an inventory with these versions of a package; dpkg's have no time of installation."""
    at = THEN if dated else None
    return HostInventory(A, THEN, (name,), tuple(InstalledPackage(name, one, "x86_64", at) for one in versions))


@pytest.mark.parametrize(
    ("versions", "vanished", "active"),
    [
        pytest.param([FIXED], False, True, id="fixed"),
        pytest.param(["1:3.0.9-1.amzn2023.0.1"], False, True, id="above"),
        pytest.param([OLD], True, False, id="below"),
        pytest.param([OLD, FIXED], False, False, id="both"),
        pytest.param([], False, False, id="not-installed"),
    ],
)
def test_a_finding_agrees_with_the_installed_version(
    make_finding: Make, versions: list[str], vanished: bool, active: bool
) -> None:
    """One that vanished contradicts a version below its fix, one that is active a host without any."""
    finding, told = make_finding(), {A: ("CVE-2026-1",)}
    assert disagreements([finding], [], [inventory(*versions)]) == (told if vanished else {})
    assert disagreements([], [finding], [inventory(*versions)]) == (told if active else {})


def test_a_host_without_an_inventory_is_not_contradicted(make_finding: Make) -> None:
    """Only hosts whose inventory was read can be."""
    assert disagreements([make_finding()], [make_finding()], []) == {}


@pytest.mark.parametrize(("version", "vanished"), [(OLD, True), (FIXED, False)], ids=["as-old", "newer"])
def test_what_has_no_fix_vanishes_only_with_its_version(unfixable: Make, version: str, vanished: bool) -> None:
    """The same version cannot have lost a flaw by a scan; such a finding, while active, agrees with anything."""
    assert bool(disagreements([unfixable()], [], [inventory(version)])) is vanished
    assert disagreements([], [unfixable()], [inventory(version)]) == {}


def test_a_kernel_that_runs_may_be_old(make_finding: Make, make_package: MakePackage) -> None:
    """The inventory does not name the running kernel: an active finding of one agrees with a fixed one installed."""
    kernel = make_finding(packages=(make_package(name="kernel", fixed_in=FIXED),))
    assert disagreements([], [kernel], [inventory(FIXED, name="kernel")]) == {}
    assert disagreements([kernel], [], [inventory(OLD, FIXED, name="kernel")]) == {}
    assert disagreements([kernel], [], [inventory(OLD, name="kernel")]) == {A: ("CVE-2026-1",)}


@pytest.mark.parametrize(
    "name", ["linux-image-6.8.0-1021-aws", "linux-image-6.12.41+deb13-amd64", "linux-headers-6.8.0-1021-aws"]
)
def test_an_old_kernel_of_another_name_stays_installed(
    make_finding: Make, make_package: MakePackage, name: str
) -> None:
    """Apt keeps the kernel before: that it is installed does not contradict a finding that vanished with the reboot."""
    kernel = make_finding(packages=(make_package(name=name, fixed_in="6.8.0-1024.26"),))
    assert disagreements([kernel], [], [inventory("6.8.0-1021.23", name=name, dated=False)]) == {}


def test_language_packages_are_not_in_the_inventory(make_finding: Make, make_package: MakePackage) -> None:
    """Systems Manager's inventory has the system's packages alone."""
    finding = make_finding(packages=(make_package(manager="NODEPKG"),))
    assert disagreements([finding], [finding], [inventory(OLD)]) == {}


def test_dpkg_compares_as_dpkg(make_finding: Make, make_package: MakePackage) -> None:
    """A version with a tilde is older for dpkg, and such packages have no time of installation."""
    finding = make_finding(packages=(make_package(arch="X86_64", fixed_in="3.0.2-0ubuntu1.18"),))
    assert disagreements([finding], [], [inventory("3.0.2-0ubuntu1.18~rc1", dated=False)])
    assert not disagreements([finding], [], [inventory("3.0.2-0ubuntu1.18", dated=False)])


@given(releases=st.lists(st.integers(1, 40), min_size=1, max_size=3), older=st.integers(0, 40))
def test_an_older_inventory_never_agrees_more(make_finding: Make, releases: list[int], older: int) -> None:
    """Whatever vanished findings an inventory contradicts, one with older versions contradicts as well."""
    finding = make_finding()
    now = inventory(*(f"1:3.0.8-1.amzn2023.0.{release}" for release in releases))
    before = inventory(*(f"1:3.0.8-1.amzn2023.0.{max(1, release - older)}" for release in releases))
    assert disagreements([finding], [], [now]).items() <= disagreements([finding], [], [before]).items()


BEFORE = {A: THEN}


@pytest.mark.parametrize(
    ("versions", "installed", "vanished", "told"),
    [
        pytest.param([FIXED], 1, True, {}, id="fixed-since"),
        pytest.param([FIXED], -1, True, {A: ()}, id="fixed-before"),
        pytest.param([FIXED], 1, False, {A: ("CVE-2026-1",)}, id="not-read"),
        pytest.param([OLD], 1, True, {A: ("CVE-2026-1",)}, id="never-installed"),
        pytest.param([OLD], 1, False, {A: ()}, id="remains-with-times"),
        pytest.param([], 1, True, {A: ()}, id="removed"),
    ],
)
def test_a_scan_older_than_the_patching_needs_a_witness(
    make_finding: Make, versions: list[str], installed: int, vanished: bool, told: dict[str, tuple[str, ...]]
) -> None:
    """Where packages have times, one that was installed since that scan must have lost its finding."""
    at = THEN + timedelta(hours=installed)
    packages = tuple(InstalledPackage("openssl", one, "x86_64", at) for one in versions)
    now = HostInventory(A, THEN, ("openssl",), packages)
    gone, left = ([make_finding()], []) if vanished else ([], [make_finding()])
    assert disagreements(gone, left, [now], BEFORE) == told


@pytest.mark.parametrize(
    ("version", "told"),
    [
        pytest.param("3.0.2-0ubuntu1.10", {}, id="the-version-it-names"),
        pytest.param("3.0.2-0ubuntu1.15", {A: ("CVE-2026-1",)}, id="another-one"),
        pytest.param("", {A: ()}, id="under-another-name"),
    ],
)
def test_without_times_an_active_finding_testifies_by_its_version(
    make_finding: Make, make_package: MakePackage, version: str, told: dict[str, tuple[str, ...]]
) -> None:
    """On Debian and Ubuntu nothing may have been installed: the version that Inspector names is the installed one."""
    named = make_package(version="3.0.2-0ubuntu1.10", epoch=0, release="", fixed_in="3.0.2-0ubuntu1.18")
    now = inventory(*filter(None, [version]), dated=False)
    assert disagreements([], [make_finding(packages=(named,))], [now], BEFORE) == told


@pytest.mark.parametrize("vanished", [True, False])
def test_a_kernel_that_stays_is_no_witness(make_finding: Make, make_package: MakePackage, vanished: bool) -> None:
    """It is installed in the version that a finding names, whether Inspector knows of its successor or not."""
    name = "linux-image-6.8.0-1021-aws"
    package = make_package(name=name, version="6.8.0-1021.23", epoch=0, release="", fixed_in="6.8.0-1024.26")
    kernel, now = make_finding(packages=(package,)), inventory("6.8.0-1021.23", name=name, dated=False)
    assert disagreements([kernel] * vanished, [kernel] * (not vanished), [now], BEFORE) == {A: ()}


def test_no_finding_or_no_inventory_is_no_witness(make_finding: Make) -> None:
    """A host of which nothing is known is not scanned."""
    assert disagreements([], [], [inventory(FIXED)], BEFORE) == {A: ()}
    assert disagreements([make_finding()], [], [], BEFORE) == {A: ()}


@given(
    versions=st.lists(st.sampled_from([OLD, FIXED]), max_size=2),
    dated=st.booleans(),
    vanished=st.booleans(),
    active=st.booleans(),
)
def test_an_older_scan_never_agrees_more(
    make_finding: Make, versions: list[str], dated: bool, vanished: bool, active: bool
) -> None:
    """Whatever contradicts a scan that is newer than the patching contradicts one that is older as well."""
    gone, left = [make_finding()] * vanished, [make_finding("CVE-2026-2")] * active
    now = inventory(*versions, dated=dated)
    newer, older = disagreements(gone, left, [now]), disagreements(gone, left, [now], BEFORE)
    assert newer.keys() <= older.keys()
    assert all(set(newer[host]) <= set(older[host]) for host in newer)
