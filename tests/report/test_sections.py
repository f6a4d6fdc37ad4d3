"""What each section of the report tells."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from postpatch.model import DeltaClass, Finding, FindingType, Package, Severity
from postpatch.report.html import render_sections
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import LateDisclosures, PatchRuns
from postpatch.verdict.gates import Gate, Limit
from postpatch.verdict.run import Outcome, Run
from postpatch.verdict.waivers import WaiverState, WaiverUse
from tests.report.runs import HOSTS, PATCHED, with_delta

Read = Callable[[str], Any]
MakeFinding = Callable[..., Finding]
MakeDelta = Callable[..., Delta]


def test_a_recorded_run_says_that_aws_was_not_looked_at(recorded: Run) -> None:
    """Whoever reads a report of recorded files knows that AWS itself was not asked."""
    assert "RECORDED: this run judged two exported files of findings" in render_sections(recorded)


def test_what_was_judged_is_told(read: Read, passing: Run) -> None:
    """Account, region, caller, scope, engine, policy, tool, times and both sides are there for the auditor."""
    text = read(render_sections(passing)).text
    for told in (
        "123456789012", "us-east-1", "assumed-role/patcher/session", "stack pww", "v2", "verify.toml", "a" * 64,
        "postpatch 0.1.0", "2026-11-20 22:13:31 UTC", "2026-11-20 22:35:31 UTC", "baseline.ndjson.gz", "b" * 64,
        "2026-11-19 22:04:31 UTC", "7 findings on AWS_ECR_CONTAINER_IMAGE: not on EC2 instances",
    ):  # fmt: skip
        assert told in text


def test_red_checks_are_named_beside_the_verdict(read: Read, failing: Run) -> None:
    """A manager sees at once which checks are not proven, the failed ones before those that could not look."""
    head = read(render_sections(failing)).text.split("What was judged")[0].split("What must be done")[1]
    places = [head.index(name) for name in ("FIND-4", "FIND-1", "FIND-6", "MW-2", "PATCH-2")]
    assert places == sorted(places)
    assert "the maintenance window pww_mw (mw-0123456789abcdef0) differs from the policy in 1 value" in head
    assert "TASK-1" not in head


def test_severities_are_a_table_and_a_chart_that_says_the_same(read: Read, passing: Run) -> None:
    """The chart's bars have a text that tells the same numbers as the table."""
    text = read(render_sections(passing)).text
    assert "CRITICAL 15 0 15 fewer" in text
    assert "CRITICAL: 15 in the baseline, 0 after patching" in text
    assert "All severities 65 6 59 fewer" in text


def test_every_class_is_told_with_its_meaning(read: Read, failing: Run) -> None:
    """The classes that are never a fix are there with their counts, apart from the fixed ones."""
    text = read(render_sections(failing)).text
    assert failing.delta
    for label, one in (("Host gone", DeltaClass.HOST_GONE), ("Suppressed", DeltaClass.SUPPRESSED)):
        count = getattr(failing.delta.counts, one.value)
        assert count
        assert f"{label} {count} 0 " in text
    assert "Hidden by a suppression rule since the baseline." in text


def test_fixed_and_new_findings_are_listed_with_their_hosts(read: Read, passing: Run) -> None:
    """What went and what came is named: vulnerability, severity, title and host."""
    text = read(render_sections(passing)).text
    assert "CRITICAL CVE-2024-1000 openssl, openssl-libs i-0aaaaaaaaaaaaaaa1, i-0aaaaaaaaaaaaaaa2" in text
    assert "LOW CVE-2026-7777 openssl, openssl-libs disclosed: not known i-0aaaaaaaaaaaaaaa2" in text


def test_another_rating_of_a_remaining_finding_is_told(read: Read, passing: Run) -> None:
    """A finding that only became less severe on paper is shown with both ratings."""
    assert "MEDIUM CVE-2024-29041 express rated HIGH in the baseline" in read(render_sections(passing)).text


def test_each_kind_that_remains_is_explained(
    read: Read, passing: Run, make_delta: MakeDelta, make_finding: MakeFinding
) -> None:
    """Each kind says why Patch Manager did not remove it, what to do next and who must do it."""
    remaining = {
        Kind.CONFIGURATION: make_finding("5.1.20", type=FindingType.CONFIGURATION, packages=()),
        Kind.NETWORK: make_finding("REACHABLE", type=FindingType.NETWORK, packages=()),
        Kind.NO_FIX: make_finding("CVE-1", packages=(Package("kernel", manager="OS", fixed_in="NotAvailable"),),
                                  fix_available="NO"),
        Kind.NOT_OS_PACKAGE: make_finding("CVE-2", packages=(Package("express", manager="NODEPKG"),)),
        Kind.PATCHABLE: make_finding("CVE-3"),
        Kind.UNKNOWN: make_finding("CVE-4", packages=(), fix_available=None),
    }  # fmt: skip
    delta = make_delta(remaining.values(), remaining.values())
    text = read(render_sections(with_delta(passing, delta))).text
    for kind, finding in remaining.items():
        explanation = EXPLANATIONS[kind]
        told = text[text.index(explanation.why) :]
        assert f"Next step ({explanation.owner}): {explanation.next_step}" in told
        assert finding.vulnerability in told


def test_a_remaining_finding_names_its_versions_and_hosts(read: Read, passing: Run) -> None:
    """Under a kind stand the vulnerability, its packages from installed to fixed version, and every host."""
    text = read(render_sections(passing)).text
    assert "MEDIUM CVE-2024-9001 openssl, openssl-libs kernel 6.1.112-122.189.amzn2023 → no fixed version" in text
    assert "express 4.17.1 → fixed in 4.19.2 (NODEPKG srv/app/package-lock.json)" in text
    assert "NETWORK_REACHABILITY TCP 22" in text
    assert "Set PermitRootLogin no in /etc/ssh/sshd_config." in text


def test_the_head_says_in_figures_what_a_manager_must_know(read: Read, passing: Run, failing: Run) -> None:
    """Counts, hosts, and the reasons why anything remains stand before the first section."""
    head = read(render_sections(passing)).text.split("What was judged")[0]
    for told in (
        "stack pww, 3 hosts in account 123456789012, us-east-1", "active findings, before → after 65 → 6",
        "fixed 60", "remain 5", "new 1", "no longer visible, but not fixed 0", "hosts scanned again 3 of 3",
        "configuration, not a package (1); reachable from the network (1); no fix from the vendor yet (3)",
    ):  # fmt: skip
        assert told in head
    assert "no longer visible, but not fixed 5" in read(render_sections(failing)).text


def test_what_happened_is_told_in_the_order_in_which_it_happened(read: Read, passing: Run) -> None:
    """A baseline that was taken after patching stands after it, whatever the run wanted."""
    assert passing.baseline
    late = replace(passing, baseline=replace(passing.baseline, taken_at=PATCHED + timedelta(minutes=5)))
    for run, order in ((passing, ("Baseline taken", "Patching: last")), (late, ("Patching: last", "Baseline"))):
        text = read(render_sections(run)).text
        first, second = (text.index(words) for words in order)
        assert first < second


def test_local_times_are_those_of_the_policys_zone(read: Read, passing: Run) -> None:
    """A policy in another zone than UTC has the times of hosts and events told in that zone too, and named."""
    text = read(render_sections(replace(passing, time_zone="America/New_York"))).text
    assert "2026-11-20 22:24:31 UTC 2026-11-20 17:24:31 EST newer than patching" in text
    assert "Local times are those of America/New_York" in text


def test_what_was_disclosed_after_the_round_stands_apart(
    read: Read, passing: Run, make_delta: MakeDelta, make_finding: MakeFinding
) -> None:
    """A fresh disclosure hides no good round, nor is it hidden: each new finding is told with its date."""
    late = make_finding("CVE-2026-8888", disclosed_at=PATCHED + timedelta(minutes=10))
    known = make_finding("CVE-2026-7777", disclosed_at=PATCHED - timedelta(days=9))
    undated = make_finding("CVE-2026-6666", HOSTS[1], disclosed_at=None)
    delta = make_delta([], [late, known, undated])
    disclosed = LateDisclosures(PatchRuns(PATCHED), PATCHED + timedelta(days=1), {Severity.HIGH: 1}, hosts=1)
    run = with_delta(replace(passing, late=disclosed), delta)
    new = read(render_sections(run)).text.split("What is new")[2].split("Waivers and limits")[0]
    before, after = new.split("1 finding was disclosed after patching")
    assert "New: 2 findings, disclosed before patching or on an unknown date" in before
    assert "CVE-2026-7777" in before
    assert "disclosed: not known" in before
    assert "CVE-2026-8888" not in before
    assert "disclosed 2026-11-20" in after
    # Without a look at the patching nothing is shown to have come after it.
    assert "disclosed after patching" not in read(render_sections(replace(run, late=None))).text


def test_waivers_are_told_with_who_accepted_what_and_until_when(read: Read, passing: Run) -> None:
    """Every accepted risk is there, used or not, and one that has expired says that it accepts nothing any more."""
    use = WaiverUse(
        "CVE-2024-9001", "every host", "no fix", "Ada", date(2026, 12, 31), "SEC-1", WaiverState.CURRENT, 3, 3, 41
    )
    gone = replace(use, what="CVE-1", state=WaiverState.EXPIRED, days_left=-1, ticket="")
    text = read(render_sections(replace(passing, waivers=(use, gone)))).text
    assert "CVE-2024-9001 on every host ✓ current 3 on 3 hosts no fix Ada 2026-12-31 SEC-1" in text
    assert "CVE-1 on every host ✗ expired 3 on 3 hosts, no longer accepted no fix Ada 2026-12-31 none" in text
    assert "The policy has no waivers: no risk was accepted." in read(render_sections(passing)).text


def test_limits_are_told_with_what_was_found(read: Read, passing: Run) -> None:
    """Each limit of the policy stands beside what counts against it."""
    gate = Gate((Limit("active findings, CRITICAL", 0, 1, False, ("CVE-1 on i-1",)),), notes=("a port was opened",))
    text = read(render_sections(replace(passing, gate=gate))).text
    assert "active findings, CRITICAL CVE-1 on i-1 0 1 ✗ no" in text
    assert "Note: a port was opened" in text


def test_requirements_have_the_outcomes_of_the_checks_that_support_them(read: Read, failing: Run) -> None:
    """An auditor finds each requirement of a framework with the outcomes of its checks."""
    text = read(render_sections(failing)).text
    assert "PATCH-1 ✓ passed, PATCH-2 ! error, FIND-4 ✗ failed" in text.split("AWS Security Hub SSM.2")[-1]
    assert text.index("PCI DSS 4.0.1 6.3.1") < text.index("PCI DSS 4.0.1 11.3.1")


def test_checks_that_fail_for_one_reason_are_one_line_of_the_head(read: Read, passing: Run) -> None:
    """A refused permission that stops twelve checks is told once."""
    same = [replace(one, outcome=Outcome.ERROR, reason="AccessDenied") for one in passing.checks[:3]]
    head = read(render_sections(replace(passing, checks=(*same, *passing.checks[3:])))).text.split("What was judged")[0]
    assert "! error: AccessDenied (SCAN-1, SCAN-2, SCAN-3)" in head
    text = read(render_sections(replace(passing, checks=(*same, *passing.checks[3:])))).text
    assert text.count("AccessDenied") == 2  # in the head and beside SCAN-1
    assert text.count("For the same reason as SCAN-1.") == 2


def test_an_interrupted_run_and_a_reconstructed_baseline_say_so_first(read: Read, passing: Run) -> None:
    """Neither is taken for a whole run or a real baseline, even by whoever reads no further than the verdict."""
    assert passing.baseline
    baseline = replace(passing.baseline, reconstructed=True, limits=("what was suppressed before",))
    head = read(render_sections(replace(passing, interrupted=True, baseline=baseline))).text.split("Verdict")[0]
    assert "INTERRUPTED" in head
    assert "RECONSTRUCTED" in head
    assert "what was suppressed before" in head


def test_calls_that_may_have_changed_something_stand_apart(read: Read, passing: Run) -> None:
    """What only read is counted and folded; every other operation is named first."""
    text = read(render_sections(passing)).text
    assert "4 calls of 2 operations" in text
    assert "None of these calls can change anything." in text
    assert "inspector2:ListFindings: 3" in text
    run = replace(passing, calls={**passing.calls, "ssm:CreateMaintenanceWindow": 1})
    changing = read(render_sections(run)).text.split("These may have changed something:")[1]
    assert changing.index("ssm:CreateMaintenanceWindow: 1") < changing.index("Calls that only read: 2 operations")


def test_evidence_is_told_with_its_hashes(read: Read, passing: Run) -> None:
    """Both looks and the policy are there with what they were taken from and their sha256."""
    evidence = read(render_sections(passing)).text.split("Evidence")[-1]
    for told in ("a" * 64, "b" * 64, "baseline.ndjson.gz", "2026-11-19 22:04:31 UTC", "manifest.json"):
        assert told in evidence
