"""PATCH-1 by installed versions: another tool patched a host only if its inventory shows each fix that vanished."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postpatch.model import (
    Finding,
    Host,
    HostInventory,
    InstalledPackage,
    Judgement,
    Launch,
    ManagedHost,
    Package,
    PatchCommand,
    Patching,
    PatchState,
)
from postpatch.policy import Policy
from postpatch.verdict.delta import Delta
from postpatch.verdict.installed_versions import names_to_ask, shown_by_versions
from postpatch.verdict.patching import every_host_patched

A = "i-0aaaaaaaaaaaaaaa1"
BASELINE = datetime(2026, 11, 20, 21, tzinfo=UTC)
NIGHT, MORNING = BASELINE + timedelta(hours=1), BASELINE + timedelta(hours=11)
CAPTURED = MORNING + timedelta(minutes=2)
READ = MORNING + timedelta(minutes=5)
OLD, FIXED, NEWER = "1:3.0.8-1.amzn2023.0.19", "1:3.0.8-1.amzn2023.0.23", "1:3.0.12-1.amzn2023"
KERNEL = Package("kernel", "6.1.79", 0, "99.amzn2023", "X86_64", "OS", fixed_in="0:6.1.92-1.amzn2023")
KERNELS = ("0:6.1.79-99.amzn2023", "0:6.1.92-1.amzn2023")
LINUX = ManagedHost(A, "Online", "Amazon Linux 2023")
LAUNCHED = Launch("inspector2", MORNING, started=True)
SCANNED = PatchState(A, "Scan", NIGHT, NIGHT, "pb-1")

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]
Judge = Callable[..., Judgement]


def installed(version: str, name: str = "openssl", at: datetime | None = NIGHT) -> InstalledPackage:
    """Return one row of the inventory."""
    return InstalledPackage(name, version, "x86_64", at)


@pytest.fixture(scope="session")
def judge(make_policy: Callable[..., Policy]) -> Judge:
    """Judge a host that another tool may have patched."""
    policy = make_policy(patching={"evidence": "installed-versions"})

    def judged(
        delta: Delta, *rows: InstalledPackage, captured: datetime | None = CAPTURED, launch: Launch = LAUNCHED,
        commands: tuple[PatchCommand, ...] = (), states: tuple[PatchState, ...] = (SCANNED,),
        managed: ManagedHost = LINUX, baseline_at: datetime = BASELINE,
    ) -> Judgement:  # fmt: skip
        patching = Patching(states, commands, (managed,), READ)
        inventories = [HostInventory(A, captured, ("openssl",), rows)] if captured else []
        shown = shown_by_versions(delta, patching, [A], inventories, launch, baseline_at)
        return every_host_patched(patching, [Host(A)], baseline_at, policy, by_versions=shown)

    return judged


@pytest.fixture
def vanished(make_finding: Make, make_delta: MakeDelta) -> Delta:
    """Return a delta in which one fixable finding vanished."""
    return make_delta([make_finding()], [], others=[A])


@pytest.mark.parametrize(
    ("rows", "proven"),
    [
        pytest.param([installed(FIXED)], True, id="at-the-fix"),
        pytest.param([installed(NEWER)], True, id="newer"),
        pytest.param([installed(NEWER, at=None)], True, id="time-not-recorded"),
        pytest.param([installed(OLD)], False, id="old"),
        pytest.param([installed(OLD), installed(NEWER)], False, id="an-old-one-beside-it"),
        pytest.param([], None, id="none-of-the-packages"),
        pytest.param([installed(NEWER, at=BASELINE - timedelta(days=1))], False, id="installed-before-the-baseline"),
    ],
)
def test_the_inventory_decides(
    vanished: Delta, judge: Judge, rows: list[InstalledPackage], proven: bool | None
) -> None:
    """The package of a vanished finding is at the fix or newer; where that cannot be seen, it could not be checked."""
    judgement = judge(vanished, *rows)
    assert (judgement.holds, judgement.checked) == (proven is True, proven is not None)
    labelled = f"patched by another tool, as installed versions show and Patch Manager does not: {A}"
    assert (labelled in judgement.notes) == bool(proven)
    assert ("1 host by another tool, as installed versions show" in judgement.reason) == bool(proven)


def test_a_removed_package_is_no_longer_vulnerable(make_finding: Make, make_delta: MakeDelta, judge: Judge) -> None:
    """What is not listed at all counts, as long as another package shows that names are found."""
    curl = make_finding("CVE-2", packages=(Package("curl", "8.5.0", manager="OS", fixed_in="0:8.11.1-4"),))
    assert judge(make_delta([make_finding(), curl], []), installed(FIXED)).holds


def test_old_development_files_of_a_kernel_stay_too(make_finding: Make, make_delta: MakeDelta, judge: Judge) -> None:
    """The package manager keeps kernel-devel in several versions; the old one alone proves nothing."""
    delta = make_delta([make_finding(packages=(replace(KERNEL, name="kernel-devel"),))], [])
    both = [installed(version, "kernel-devel") for version in KERNELS]
    assert judge(delta, *both).holds
    assert not judge(delta, both[0]).holds


def test_an_old_kernel_of_another_name_says_nothing(make_finding: Make, make_delta: MakeDelta, judge: Judge) -> None:
    """Apt keeps the kernel before, under its own name: the other packages decide, and without any nothing is shown."""
    name = "linux-image-6.8.0-1021-aws"
    kernel = make_finding("CVE-2", packages=(Package(name, "6.8.0-1021.23", manager="OS", fixed_in="6.8.0-1024.26"),))
    kept = installed("6.8.0-1021.23", name, at=None)
    assert judge(make_delta([make_finding(), kernel], []), installed(FIXED), kept).holds
    assert not judge(make_delta([make_finding(), kernel], []), installed(OLD), kept).holds
    assert not judge(make_delta([kernel], []), kept).checked


def test_an_old_kernel_may_stay_beside_the_new_one(make_finding: Make, make_delta: MakeDelta, judge: Judge) -> None:
    """Kernels are installed side by side; the old one alone proves nothing."""
    delta = make_delta([make_finding(packages=(KERNEL,))], [])
    both = [installed(version, "kernel") for version in KERNELS]
    assert judge(delta, *both).holds
    assert not judge(delta, both[0]).holds


@pytest.mark.parametrize(
    ("known", "words"),
    [
        pytest.param({"captured": None}, "Repair the host's SSM Agent", id="no-inventory"),
        pytest.param({"captured": MORNING}, "Repair the host's SSM Agent", id="inventory-from-before-the-launch"),
        pytest.param({"launch": replace(LAUNCHED, started=False)}, "Verify without --read-only", id="read-only"),
        pytest.param({"managed": replace(LINUX, platform="Microsoft Windows Server 2022")}, "Windows", id="windows"),
    ],
)
def test_without_a_fresh_inventory_it_could_not_be_checked(
    vanished: Delta, judge: Judge, known: dict[str, Any], words: str
) -> None:
    """The reason says first what to do."""
    judgement = judge(vanished, installed(FIXED), **known)
    assert (judgement.holds, judgement.checked) == (False, False)
    assert judgement.reason.startswith(words) or words == "Windows"


@pytest.mark.parametrize("status", ["Failed", "TimedOut", "Success"])
def test_an_install_of_systems_manager_is_judged_by_itself(vanished: Delta, judge: Judge, status: str) -> None:
    """An Install that failed since the baseline is not made good by installed versions, nor is one in progress."""
    command = PatchCommand(A, "c-1", "Install", status, NIGHT, NIGHT, detail=status, started_at=NIGHT)
    judgement = judge(vanished, installed(FIXED), commands=(command,), states=(replace(SCANNED, ended_at=READ),))
    assert judgement.holds == (status == "Success")
    assert not any("another tool" in note for note in judgement.notes)


def test_an_install_from_before_the_baseline_is_none(vanished: Delta, judge: Judge) -> None:
    """It cannot have removed what was active in the baseline."""
    before = PatchState(A, "Install", BASELINE - timedelta(days=1), BASELINE - timedelta(days=1), "pb-1")
    assert judge(vanished, installed(FIXED), states=(before,)).holds


@pytest.mark.parametrize(("fixable", "holds"), [(True, False), (False, True)])
def test_where_nothing_vanished_something_must_not_have_been_there(
    make_finding: Make, unfixable: Make, make_delta: MakeDelta, judge: Judge, *, fixable: bool, holds: bool
) -> None:
    """A host without any fixable finding had nothing to install; one on which all remain was not patched."""
    finding = make_finding() if fixable else unfixable()
    assert judge(make_delta([finding], [finding]), installed(FIXED)).holds == holds


def test_a_suppressed_finding_did_not_vanish(make_finding: Make, make_delta: MakeDelta, judge: Judge) -> None:
    """Only what counts as fixed shows that something was installed."""
    assert not judge(make_delta([make_finding()], [make_finding(status="SUPPRESSED")]), installed(FIXED)).holds


@pytest.mark.parametrize("at", [None, BASELINE + timedelta(days=1)])
def test_it_has_a_maximum_age(vanished: Delta, judge: Judge, at: datetime | None) -> None:
    """Where the time is not recorded it may be as old as the baseline; both are judged as an Install would be."""
    baseline_at = READ - timedelta(days=60)
    old = at if at is None else baseline_at + timedelta(days=1)
    judgement = judge(vanished, installed(FIXED, at=old), baseline_at=baseline_at)
    assert not judgement.holds
    assert "more than 35 days before" in judgement.reason


def test_only_the_packages_that_vanished_are_asked_for(
    make_finding: Make, unfixable: Make, make_delta: MakeDelta
) -> None:
    """What remains, has no fix, or is on another host needs no inventory."""
    other = make_finding("CVE-4", "i-0aaaaaaaaaaaaaaa2")
    delta = make_delta([make_finding(), make_finding("CVE-2"), unfixable("CVE-3"), other], [make_finding("CVE-2")])
    assert names_to_ask(delta, [A]) == {A: {"openssl"}}


ROWS = st.lists(
    st.builds(installed, st.sampled_from([OLD, FIXED, NEWER, "x"]), st.sampled_from(["openssl", "open-ssl", "curl"]),
              st.sampled_from([None, NIGHT])),
    max_size=3,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, data=st.data())
def test_renaming_and_aging_never_make_it_green(
    vanished: Delta, judge: Judge, rows: list[InstalledPackage], data: st.DataObject
) -> None:
    """Giving the packages other names, older versions, or the list an older time never turns the check green."""
    renamed = [replace(row, name=f"{row.name}{data.draw(st.sampled_from(['', '-libs']))}") for row in rows]
    aged = [replace(row, version=OLD) if data.draw(st.booleans()) else row for row in rows]
    before = judge(vanished, *rows)
    if not before.holds:
        assert not judge(vanished, *aged).holds
        assert not judge(vanished, *rows, captured=MORNING - timedelta(hours=1)).holds
    assert not judge(vanished, *(replace(row, name="something-else") for row in renamed)).holds
