"""Snapshots that were not scanned in the same way: a change of mode, engine or settings never makes anything green."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import (
    DeltaClass,
    Exploits,
    Finding,
    FindingType,
    Manifest,
    Mode,
    Package,
    ScannedHost,
    Scanning,
    Scope,
)
from postpatch.policy import Policy
from postpatch.verdict import findings as judge
from postpatch.verdict.changed_hosts import ChangedHosts
from postpatch.verdict.coverage import same_hosts
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import PatchRuns, late_disclosures
from postpatch.verdict.gates import gate_limits, limits_hold
from postpatch.verdict.new_findings import nothing_new_that_was_fixable
from postpatch.verdict.progress import fewer_than_baseline, no_severity_worse
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.removable import removable
from postpatch.verdict.suppression import nothing_suppressed, suppressed_groups, suppression_of
from postpatch.verdict.waivers import Waivers

HOSTS = ("i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2")
PATCHED = datetime(2026, 11, 20, 22, tzinfo=UTC)
NOW = PATCHED.replace(day=22)
_ACCOUNT = Scanning("ACTIVATED", (), None)
SSM, FAILED = "EC2_SSM_AGENT_BASED", "DEEP_INSPECTION_NO_INVENTORY"

# What patching can remove, what has no fix, and what a language's package manager installed.
_PACKAGES = (
    Package("openssl", manager="OS", fixed_in="1:3.0.8-2"),
    Package("openssl", manager="OS", fixed_in="NotAvailable"),
    Package("requests", manager="PYTHONPKG", fixed_in="2.32.0"),
)
found = st.builds(
    lambda host, vulnerability, status, severity, package: Finding(
        account="123456789012",
        region="us-east-1",
        host=host,
        type=FindingType.PACKAGE,
        vulnerability=vulnerability,
        status=status,
        severity=severity,
        title=vulnerability,
        arn=f"{host} {vulnerability} {package.manager} {package.fixed_in}",
        fix_available="NO" if package.fixed_in == "NotAvailable" else "YES",
        disclosed_at=PATCHED.replace(month=1),
        packages=(package,),
    ),
    st.sampled_from(HOSTS),
    st.sampled_from(["CVE-2026-1", "CVE-2026-2"]),
    st.sampled_from(["ACTIVE", "ACTIVE", "CLOSED", "SUPPRESSED"]),
    st.sampled_from(["CRITICAL", "HIGH", "LOW"]),
    st.sampled_from(_PACKAGES),
)
rows = st.lists(found, max_size=4)


@dataclass(frozen=True)
class Scanned:
    """How one snapshot was scanned: the hosts, in order, and the account."""

    modes: tuple[str, ...] = (SSM, SSM)
    reasons: tuple[str, ...] = ("SUCCESSFUL", "SUCCESSFUL")
    unchanged: tuple[bool, ...] = (False, False)
    scanning: Scanning = _ACCOUNT

    def manifest(self) -> Manifest:
        """Return a manifest of both hosts."""
        each = zip(HOSTS, self.modes, self.reasons, self.unchanged, strict=True)
        hosts = tuple(
            ScannedHost(host, scanned=True, cis_scanned=True, mode=mode, reason=reason, unchanged=unchanged)
            for host, mode, reason, unchanged in each
        )
        return Manifest(
            Mode.SIMULATED, "inspector2", "123456789012", "us-east-1", Scope("stack", ("pww",)), "", PATCHED, PATCHED,
            "test", hosts, scanning=self.scanning,
        )  # fmt: skip


ALIKE = Scanned()
otherwise = st.builds(
    Scanned,
    modes=st.tuples(*[st.sampled_from([SSM, "EC2_INSPECTOR_AGENT_BASED", "EC2_AGENTLESS"])] * 2),
    reasons=st.tuples(*[st.sampled_from(["SUCCESSFUL", FAILED])] * 2),
    scanning=st.builds(
        Scanning,
        st.sampled_from(["ACTIVATED", "DEACTIVATED"]),
        st.sampled_from([(), ("/opt/shop",)]),
        st.none() | st.just(PATCHED),
    ),
)
unchanged = st.builds(Scanned, unchanged=st.tuples(st.booleans(), st.booleans()))
# Each example loads four snapshots into databases of their own.
few = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@contextmanager
def compared(folder: Path, before: list[Finding], later: list[Finding], scanned: Scanned) -> Iterator[Delta]:
    """Compare two snapshots of which the later one was scanned so."""
    sides = ((before, ALIKE, "baseline"), (later, scanned, "after"))
    with Delta(*(write_snapshot(folder / f"{name}.gz", found, how.manifest) for found, how, name in sides)) as delta:
        yield delta


def green(delta: Delta, policy: Policy) -> dict[str, bool]:
    """Return which checks hold, those about findings by all findings and by what patching can remove."""
    waivers, remaining = Waivers([], delta, NOW), RemainingFindings(delta, {})
    late = late_disclosures(delta, PatchRuns(PATCHED), NOW, gates=False)
    left = removable(delta, remaining, late, waivers)
    hidden = suppression_of(delta, (), PATCHED, suppressed_groups(delta, {}), late)
    judgements = {
        "SCAN-3": same_hosts(delta, ChangedHosts()),
        "FIND-1": fewer_than_baseline(delta, late, left),
        "FIND-1 of all": fewer_than_baseline(delta, late),
        "FIND-2": no_severity_worse(delta, late, left),
        "FIND-2 of all": no_severity_worse(delta, late),
        "FIND-3": nothing_new_that_was_fixable(delta, waivers, policy, late, remaining),
        "FIND-4": judge.nothing_remains_patchable(remaining, waivers, policy),
        "FIND-5": judge.everything_explained(remaining, waivers, policy),
        "FIND-6": nothing_suppressed(delta, hidden, waivers, policy),
        "FIND-8": limits_hold(gate_limits(delta, waivers, policy, Exploits()), policy),
    }
    return {name: judgement.holds and judgement.checked for name, judgement in judgements.items()}


@pytest.fixture(scope="module")
def policy(make_policy: Callable[..., Policy]) -> Policy:
    """Return a policy with a limit."""
    return make_policy(gate={"max": {"CRITICAL": 1}})


@given(before=rows, later=rows, scanned=otherwise)
@few
def test_another_mode_or_engine_turns_no_check_green(
    tmp_path_factory: pytest.TempPathFactory, policy: Policy, before: Any, later: Any, scanned: Scanned
) -> None:
    """Whatever was scanned otherwise fails SCAN-3, and nothing that was red by what patching can remove turns green."""
    folder = tmp_path_factory.getbasetemp()
    with compared(folder, before, later, ALIKE) as delta:
        alike = green(delta, policy)
    with compared(folder, before, later, scanned) as delta:
        changed = green(delta, policy)
    assert changed["SCAN-3"] == (scanned == ALIKE)
    turned = {name for name, holds in changed.items() if holds and not alike[name]}
    # Of all findings, what only the later scan could see is left out; SCAN-3 is red then.
    assert turned <= {"FIND-1 of all", "FIND-2 of all"}
    assert not turned or not changed["SCAN-3"]


@given(before=rows, later=rows, scanned=unchanged)
@few
def test_an_unchanged_windows_host_turns_no_check_green(
    tmp_path_factory: pytest.TempPathFactory, policy: Policy, before: Any, later: Any, scanned: Scanned
) -> None:
    """Nothing is fixed where nothing was installed, and no check is greener for it."""
    folder = tmp_path_factory.getbasetemp()
    with compared(folder, before, later, ALIKE) as delta:
        alike = green(delta, policy)
    with compared(folder, before, later, scanned) as delta:
        changed = green(delta, policy)
        fixed = {row.host for row in delta.rows(DeltaClass.FIXED)}
    assert not fixed & {host for host, one in zip(HOSTS, scanned.unchanged, strict=True) if one}
    assert not {name for name, holds in changed.items() if holds and not alike[name]}


def test_what_vanished_from_an_unchanged_windows_host_is_not_comparable(tmp_path: Path) -> None:
    """It counts neither way, what remains does, and SCAN-3 says so in a note."""
    gone, stays = _finding("KB5044281"), _finding("KB5046616")
    with compared(tmp_path, [gone, stays], [stays], Scanned(unchanged=(True, False))) as delta:
        counts = delta.counts
        assert (counts.fixed, counts.not_comparable, counts.remaining) == (0, 1, 1)
        judgement = same_hosts(delta, ChangedHosts())
        assert judgement.holds
        assert any(f"nothing was installed on {HOSTS[0]}" in note for note in judgement.notes)


def _finding(vulnerability: str) -> Finding:
    return Finding(
        "123456789012", "us-east-1", HOSTS[0], FindingType.PACKAGE, vulnerability, "ACTIVE", "HIGH", vulnerability,
        fix_available="YES", arn=vulnerability,
    )  # fmt: skip
