"""SCAN-1 to SCAN-3: was the look itself good."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from postpatch.model import Host, HostScan, Launch, ScanRun
from postpatch.verdict.changed_hosts import ChangedHosts
from postpatch.verdict.coverage import every_host_scanned, run_completed, same_hosts
from postpatch.verdict.delta import Delta

SINCE = "since the baseline and any patching"
A, B, C = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2, 3))
PATCHED = datetime(2026, 11, 20, 22, 4, 31, tzinfo=UTC)
SCANNED = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
FRESH = HostScan(A, PATCHED, SCANNED, None, "ACTIVE", "SUCCESSFUL", "EC2_SSM_AGENT_BASED", "coverage")
STALE = replace(FRESH, scanned_at=PATCHED, proof="")


@pytest.fixture
def run() -> ScanRun:
    """Return an assessment that went well."""
    launch = Launch("inspector2", PATCHED, started=True, association="association")
    return ScanRun(launch, SCANNED, inventory_state="Success", cis_state="COMPLETED", hosts=(FRESH,))


class TestRunCompleted:
    """SCAN-1."""

    def test_a_completed_run_is_proven(self, run: ScanRun) -> None:
        """The CIS scan completed and the wait ended in time."""
        judgement = run_completed(run)
        assert judgement.holds
        assert [(one.name, one.found) for one in judgement.facts] == [
            ("CIS scan", "COMPLETED"), ("wait timed out", "no"),
        ]  # fmt: skip
        assert judgement.notes == ()

    @pytest.mark.parametrize("state", ["FAILED", "CANCELLED", "IN_PROGRESS", ""])
    def test_a_cis_scan_that_did_not_complete_is_red(self, run: ScanRun, state: str) -> None:
        """Any other end of the CIS scan is red and said, none at all too."""
        judgement = run_completed(replace(run, cis_state=state))
        assert not judgement.holds
        assert f"CIS scan: expected COMPLETED, found {state or 'none'}" in judgement.reason

    def test_a_wait_that_ran_out_is_red(self, run: ScanRun) -> None:
        """A wait that reached its limit did not see the run complete."""
        judgement = run_completed(replace(run, timed_out=True))
        assert not judgement.holds
        assert "wait timed out: expected no, found yes" in judgement.reason

    @pytest.mark.parametrize(("proof", "holds"), [("findings", False), ("inventory", True)])
    def test_a_host_whose_findings_show_nothing_was_waited_for_in_vain(
        self, run: ScanRun, proof: str, holds: bool
    ) -> None:
        """The limit of the wait left it to its findings, and these show that Inspector has not read what it sent."""
        hosts = (replace(FRESH, proof=proof),)
        backlog = {FRESH.host: ("CVE-2024-1",)}
        assert run_completed(replace(run, hosts=hosts), backlog=backlog).holds == holds
        assert run_completed(replace(run, hosts=hosts), backlog={}).holds

    @pytest.mark.parametrize("state", ["Failed", "TimedOut", "Skipped"])
    def test_a_failed_inventory_is_told(self, run: ScanRun, state: str) -> None:
        """The association covers strangers too: its failure is a note, for each host in scope has its own proof."""
        judgement = run_completed(replace(run, inventory_state=state))
        assert judgement.holds
        assert state in judgement.notes[0]

    def test_a_missing_association_is_told(self, run: ScanRun) -> None:
        """Where no inventory association was found, the note says what was waited for instead."""
        judgement = run_completed(replace(run, launch=replace(run.launch, association=""), inventory_state=""))
        assert judgement.holds
        assert "Inspector's own schedule" in judgement.notes[0]

    @pytest.mark.parametrize(("state", "holds"), [("COMPLETED", True), ("IN_PROGRESS", False), ("", False)])
    def test_a_run_that_only_reads_judges_the_newest_scan(self, run: ScanRun, state: str, holds: bool) -> None:
        """Reading only, a CIS scan since the patch round must stand; that none was started is said."""
        judgement = run_completed(replace(run, launch=replace(run.launch, started=False), cis_state=state))
        assert judgement.holds is holds
        assert "read-only" in judgement.reason
        assert ("newest CIS scan since patching" in judgement.reason) is not holds

    @pytest.mark.parametrize(
        ("state", "holds"),
        [("COMPLETED", True), ("COMPLETED_WITH_ERRORS", False), ("FAILED", False), ("CANCELED", False), ("", False)],
    )
    def test_a_classic_run_must_complete_without_errors(self, run: ScanRun, state: str, holds: bool) -> None:
        """Of Inspector Classic's ends only COMPLETED is proof: what errors hid is not known."""
        judgement = run_completed(replace(run, assessment_run="arn:run", assessment_state=state, cis_state=""))
        assert judgement.holds is holds
        if not holds:
            assert f"assessment run: expected COMPLETED, found {state or 'none'}" in judgement.reason


class TestEveryHostScanned:
    """SCAN-2."""

    def test_all_fresh_is_proven(self, run: ScanRun) -> None:
        """Each host's look is newer than its patching, and each fact says when."""
        both = replace(run, hosts=(FRESH, replace(FRESH, host=B)))
        judgement = every_host_scanned(both, [Host(A), Host(B)])
        assert (judgement.holds, judgement.reason) == (
            True,
            f"all 2 hosts in scope were scanned {SINCE}",
        )
        assert [(one.name, one.expected, one.found) for one in judgement.facts] == [
            (host, "scanned after 2026-11-20 22:04:31 UTC", "last scanned 2026-11-21 08:30:00 UTC") for host in (A, B)
        ]

    def test_an_inventory_that_proves_is_named(self, run: ScanRun) -> None:
        """Where nothing was installed a newer inventory proves the look, and the note says for which host."""
        by_inventory = replace(STALE, inventory_at=SCANNED, proof="inventory")
        judgement = every_host_scanned(replace(run, hosts=(by_inventory,)), [Host(A)])
        assert judgement.holds
        assert judgement.facts[0].found == "inventory captured 2026-11-21 08:30:00 UTC"
        assert judgement.notes == (
            f"proved by an inventory that lists nothing installed since Inspector's last scan: {A}",
        )

    def test_versions_that_prove_are_named_with_their_limit(self, run: ScanRun) -> None:
        """Where the packages have no times of installation, the note says what that leaves open."""
        by_versions = replace(FRESH, inventory_at=SCANNED, proof="versions")
        judgement = every_host_scanned(replace(run, hosts=(by_versions,)), [Host(A)])
        assert judgement.holds
        assert "shows no new finding" in judgement.notes[0]

    def test_what_is_installed_contradicts_a_scan(self, run: ScanRun) -> None:
        """A host of which findings contradict the inventory was not scanned, whatever its proof was."""
        by_inventory = replace(FRESH, inventory_at=SCANNED, proof="inventory")
        judgement = every_host_scanned(replace(run, hosts=(by_inventory,)), [Host(A)], {A: ("CVE-2026-1",)})
        assert not judgement.holds
        assert "contradicts 1 finding (CVE-2026-1): Inspector has not read what is installed" in judgement.reason

    def test_a_run_that_only_reads_says_that_nothing_was_captured(self, run: ScanRun) -> None:
        """Without a launch no inventory is captured for the run, and the note says so."""
        reading = replace(run, launch=replace(run.launch, started=False))
        judgement = every_host_scanned(reading, [Host(A)])
        assert judgement.holds
        assert judgement.notes == ("read-only: no inventory was captured for this run",)

    @pytest.mark.parametrize(
        ("scan", "words"),
        [
            pytest.param(STALE, "last scanned 2026-11-20 22:04:31 UTC", id="older-than-its-patching"),
            pytest.param(HostScan(A, PATCHED), "Inspector has no record of the host", id="no-coverage-row"),
            pytest.param(
                replace(STALE, scanned_at=None, reason="PENDING_INITIAL_SCAN"), "never scanned", id="never-scanned"
            ),
            pytest.param(
                replace(STALE, mode="EC2_AGENTLESS"), "agentless: Inspector scans it every 24 hours", id="agentless"
            ),
            *(
                pytest.param(replace(STALE, status="INACTIVE", reason=reason), words, id=reason.lower())
                for reason, words in (
                    ("EC2_INSTANCE_STOPPED", "the instance is stopped"),
                    ("EXCLUDED_BY_TAG", "a tag excludes it from scans"),
                    ("UNMANAGED_EC2_INSTANCE", "Systems Manager does not manage it"),
                    ("UNSUPPORTED_OS", "Inspector does not support its operating system"),
                    ("STALE_INVENTORY", "its inventory is older than seven days"),
                    ("NO_INVENTORY", "it has sent no inventory"),
                    ("SOME_NEW_REASON", "SOME_NEW_REASON"),
                )
            ),
        ],
    )
    def test_a_host_without_proof_is_red(self, run: ScanRun, scan: HostScan, words: str) -> None:
        """A host whose look is no newer than its patching is named, with the reason in words."""
        hosts = (scan, replace(FRESH, host=B))
        judgement = every_host_scanned(replace(run, hosts=hosts), [Host(A), Host(B)])
        assert not judgement.holds
        assert judgement.reason.startswith(f"1 host of 2 not scanned {SINCE}: {A}; ")
        assert words in judgement.reason

    def test_a_host_that_was_not_asked_for_is_red(self, run: ScanRun) -> None:
        """A host in scope of which the run says nothing at all was not scanned."""
        judgement = every_host_scanned(run, [Host(A), Host(C)])
        assert not judgement.holds
        assert judgement.reason == f"1 host of 2 not scanned {SINCE}: {C}; Inspector has no record of the host"


class TestSameHosts:
    """SCAN-3."""

    @pytest.fixture
    def judged(self, make_delta: Callable[..., Delta]) -> Callable[..., tuple[bool, str]]:
        """Judge SCAN-3 of two snapshots without findings."""

        def judge(**seen: list[str]) -> tuple[bool, str]:
            judgement = same_hosts(make_delta([], [], **seen), ChangedHosts())
            return judgement.holds, judgement.reason

        return judge

    def test_what_a_reconstructed_baseline_cannot_know_is_told(self, make_delta: Callable[..., Delta]) -> None:
        """A baseline that was put together after the round says so; one that was taken has nothing to say."""
        delta = make_delta([], [], others=[A])
        assert same_hosts(delta, ChangedHosts()).notes == ()
        delta.baseline = replace(delta.baseline, limits=("severities are of today", "settings are not compared"))
        assert same_hosts(delta, ChangedHosts()).notes == (
            "the baseline was reconstructed: severities are of today; settings are not compared",
        )

    def test_the_same_hosts_are_proven(self, judged: Callable[..., tuple[bool, str]]) -> None:
        """Both snapshots speak of the same hosts, and the sentence says of how many."""
        assert judged(others=[A, B]) == (True, "baseline and run cover the same 2 hosts")

    @pytest.mark.parametrize(
        ("seen", "words"),
        [
            ({"others": [A], "gone": [B]}, f"hosts in the baseline, gone now: {B}"),
            ({"others": [A], "launched": [C]}, f"hosts present now, not in the baseline: {C}"),
            ({"others": [A], "unscanned_before": [B]}, f"hosts in the baseline without a scan: {B}"),
            ({"unscanned_before": [B]}, "hosts scanned for the baseline: 0"),
            ({}, "hosts scanned for the baseline: 0"),
        ],
        ids=["gone", "launched", "not-scanned-before", "none-scanned-before", "no-host"],
    )
    def test_other_hosts_are_red(
        self, judged: Callable[..., tuple[bool, str]], seen: dict[str, list[str]], words: str
    ) -> None:
        """A host that vanished, appeared, or was not scanned for the baseline is named."""
        holds, reason = judged(**seen)
        assert not holds
        assert words in reason

    def test_a_replaced_host_is_told_on_both_sides(self, judged: Callable[..., tuple[bool, str]]) -> None:
        """Of a host that was replaced both ids are named."""
        holds, reason = judged(others=[A], gone=[B], launched=[C])
        assert not holds
        assert f"gone now: {B}" in reason
        assert f"not in the baseline: {C}" in reason

    def test_a_run_that_looked_for_other_things_is_red(self, make_delta: Callable[..., Delta]) -> None:
        """Where a rules package was left out, fewer findings are no wonder: both sides are told."""
        delta = make_delta([], [], others=[A])
        delta.baseline = replace(delta.baseline, covers=("CVE-1.1", "SBP-1.0"))
        delta.after = replace(delta.after, covers=("SBP-1.0",))
        judgement = same_hosts(delta, ChangedHosts())
        assert not judgement.holds
        assert "different rules packages: SBP-1.0" in judgement.reason
        assert judgement.facts[-1].expected == "CVE-1.1, SBP-1.0"

    def test_a_host_missing_from_the_new_manifest_is_gone(self, make_delta: Callable[..., Delta]) -> None:
        """A host that the later snapshot does not even name is gone, as one that it marks absent."""
        delta = make_delta([], [], others=[A, B])
        delta.after = replace(delta.after, hosts=tuple(host for host in delta.after.hosts if host.id != B))
        assert f"gone now: {B}" in same_hosts(delta, ChangedHosts()).reason
