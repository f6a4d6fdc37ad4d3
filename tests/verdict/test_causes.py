"""Causes: why a fixable package is still there, each with the fields that prove it, first match wins."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from postpatch.model import (
    Finding,
    InstancePatch,
    Leftovers,
    ManagedHost,
    Package,
    PatchBaseline,
    PatchCommand,
    Patching,
    PatchState,
)
from postpatch.verdict.causes import cause_of, stories
from postpatch.verdict.residuals import EXPLANATIONS, Kind

HOST = "i-0123456789abcdef0"
NIGHT = datetime(2026, 11, 20, 22, tzinfo=UTC)
MANAGED = ManagedHost(HOST, "Online", "Amazon Linux 2023")
INSTALLED = PatchState(HOST, "Install", NIGHT, NIGHT, "pb-1")
SCANNED = replace(INSTALLED, operation="Scan")
INSTALL = PatchCommand(HOST, "c-1", "Install", "Success", NIGHT, NIGHT)
CURL = Package("curl", "8.5.0", 0, "1.amzn2023", "X86_64", "OS", fixed_in="0:8.11.1-4.amzn2023.0.3")
KERNEL = Package("kernel", "6.1.79", 0, "99.amzn2023", "X86_64", "OS", fixed_in="0:6.1.92-1.amzn2023")
BASELINE = PatchBaseline("pb-1", "pww")


def finding(*packages):
    """Return a fixable finding on the packages."""
    return Finding(
        "123456789012", "us-east-1", HOST, "PACKAGE_VULNERABILITY", "CVE-2024-0001", "ACTIVE", "HIGH", "t",
        fix_available="YES", packages=packages,
    )  # fmt: skip


def patch(name, state, version="0:8.5.0-1.amzn2023", cves=()):
    """Return a row of the host's patches."""
    return InstancePatch(HOST, f"{name}.x86_64", f"{name}.x86_64:{version}", state, cves=cves)


def cause(package=CURL, *, managed=(MANAGED,), states=(INSTALLED,), commands=(INSTALL,), patches=(), baseline=BASELINE):
    """Return the cause and its proof for what AWS told."""
    told = Patching(states, commands, managed)
    (story,) = stories(told, Leftovers((HOST,), tuple(patches), (baseline,))).values()
    return cause_of(finding(package), story)


BASH = patch("bash", "installed")
CASES = {
    "not managed": ({"managed": ()}, Kind.NOT_MANAGED, "no row"),
    "agent offline": ({"managed": (ManagedHost(HOST, "ConnectionLost"),)}, Kind.NOT_MANAGED, "ConnectionLost"),
    "never targeted": ({"states": (), "commands": ()}, Kind.NOT_TARGETED, "no invocation"),
    "command timed out": (
        {"states": (SCANNED,), "commands": (replace(INSTALL, status="TimedOut"),)}, Kind.STOPPED_EARLY, "TimedOut",
    ),
    "only scanned": ({"states": (SCANNED,), "commands": ()}, Kind.ONLY_SCANNED, "Scan"),
    "install failed": ({"patches": [patch("curl", "failed")]}, Kind.INSTALL_FAILED, "failed"),
    "failed by its CVE": (
        {"patches": [patch("libcurl", "failed", cves=("CVE-2024-0001",))]}, Kind.INSTALL_FAILED, "libcurl",
    ),
    "pending reboot": ({"patches": [patch("curl", "installedpendingreboot")]}, Kind.PENDING_REBOOT, "pendingreboot"),
    "old kernel runs": (
        {"package": KERNEL, "patches": [patch("kernel", "installed", "0:6.1.100-5.amzn2023")]},
        Kind.PENDING_REBOOT, "6.1.100",
    ),
    "rejected by name": (
        {"baseline": replace(BASELINE, rejected=("cur*",)), "patches": [BASH]}, Kind.REJECTED, "cur*",
    ),
    "rejected by state": ({"patches": [patch("curl", "installedrejected")]}, Kind.REJECTED, "rejected"),
    "override list": (
        {"states": (replace(INSTALLED, override_list="s3://b/list.yaml"),), "patches": [BASH]},
        Kind.OVERRIDDEN, "list.yaml",
    ),
    "old version kept": (
        {"patches": [patch("curl", "installed", "0:8.11.1-4.amzn2023.0.3")]}, Kind.OLD_VERSION_KEPT, "8.11.1",
    ),
    "missing after a scan": (
        {"states": (SCANNED,), "patches": [patch("curl", "missing")]}, Kind.MISSING, "missing",
    ),
    "not approved": (
        {"states": (SCANNED,), "patches": [patch("curl", "installed")]}, Kind.NOT_APPROVED, "pb-1",
    ),
    "other repository": ({"patches": [BASH]}, Kind.OTHER_REPOSITORY, "no row for curl"),
    "nothing was listed": ({"patches": []}, Kind.PATCHABLE, "patches listed"),
    "installed but old, no later scan": ({"patches": [patch("curl", "installed")]}, Kind.PATCHABLE, "Install"),
}  # fmt: skip


@pytest.mark.parametrize(("told", "kind", "words"), CASES.values(), ids=CASES)
def test_each_cause_has_its_proof(told, kind, words):
    """AWS's own data settles the cause, and the proof holds the fields and values that did."""
    found, proof = cause(**told)
    assert found is kind
    assert words in str(proof)


def test_an_unreachable_host_comes_before_what_it_last_reported():
    """First match wins: of a host that is offline nothing newer is known."""
    kind, _ = cause(managed=(ManagedHost(HOST, "ConnectionLost"),), patches=[patch("curl", "failed")])
    assert kind is Kind.NOT_MANAGED


def test_an_install_that_a_scan_overwrote_is_no_mere_scan():
    """The command history proves the installation that the patch state no longer tells of."""
    kind, _ = cause(states=(SCANNED,), patches=[patch("curl", "missing")])
    assert kind is Kind.MISSING


def test_every_kind_has_words_for_people():
    """Whatever the cause, a reader learns why, what to do next, and who must act."""
    assert set(EXPLANATIONS) == set(Kind)
    assert all(one.title and one.why and one.next_step and one.owner for one in EXPLANATIONS.values())


def test_what_is_not_explained_is_red_somewhere():
    """A cause that explains nothing, or that patching should have prevented, never passes both checks."""
    unexplained = {kind for kind, words in EXPLANATIONS.items() if not words.explained}
    assert unexplained == {Kind.MISSING, Kind.PATCHABLE, Kind.UNKNOWN}
    beyond_patching = {kind for kind, words in EXPLANATIONS.items() if not words.patching_should}
    assert beyond_patching == {
        Kind.CONFIGURATION, Kind.NETWORK, Kind.NO_FIX, Kind.NOT_OS_PACKAGE, Kind.OTHER_REPOSITORY,
        Kind.OLD_VERSION_KEPT, Kind.UNKNOWN,
    }  # fmt: skip
