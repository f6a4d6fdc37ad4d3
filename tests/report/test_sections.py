"""What each section of the report tells."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from postpatch.model import DeltaClass, Finding, FindingType, Package
from postpatch.report.html import render_sections
from postpatch.verdict.delta import Delta
from postpatch.verdict.residuals import EXPLANATIONS, Kind
from postpatch.verdict.run import Run

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
    head = read(render_sections(failing)).text.split("What was judged")[0]
    places = [head.index(name) for name in ("FIND-1", "FIND-4", "FIND-6", "MW-2", "PATCH-2")]
    assert places == sorted(places)
    assert "the reason of MW-2" in head
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
    assert "Hidden is not fixed." in text


def test_fixed_and_new_findings_are_listed_with_their_hosts(read: Read, passing: Run) -> None:
    """What went and what came is named: vulnerability, severity, title and host."""
    text = read(render_sections(passing)).text
    assert "CRITICAL CVE-2024-1000 openssl, openssl-libs i-0aaaaaaaaaaaaaaa1, i-0aaaaaaaaaaaaaaa2" in text
    assert "LOW CVE-2026-7777 openssl, openssl-libs i-0aaaaaaaaaaaaaaa2" in text


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
    text = read(render_sections(replace(passing, delta=delta))).text
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


def test_hosts_are_told_with_scan_patching_and_counts(read: Read, passing: Run) -> None:
    """Each host has its name, its state, its proof of a scan, its patch operation and its counts."""
    row = (
        "i-0aaaaaaaaaaaaaaa1 pww-node-0 running 2026-11-20 22:24:31 UTC newer than patching Install "
        "2026-11-20 22:04:31 UTC 0 0 23 3"
    )
    assert row in read(render_sections(passing)).text


def test_a_host_that_went_stays_in_the_table(read: Read, passing: Run) -> None:
    """A host of the baseline that is no longer in scope is told, with its findings."""
    run = replace(passing, hosts=passing.hosts[1:])
    assert "i-0aaaaaaaaaaaaaaa1 not in scope" in read(render_sections(run)).text


def test_the_window_is_told_as_expected_against_found(read: Read, failing: Run) -> None:
    """Schedule, next executions, target, task and what was created are there, and each fact that differs."""
    text = read(render_sections(failing)).text
    for told in (
        "cron(0 0/12 * * ? *), in time zone Etc/UTC", "2099-12-01 00:00:00 UTC, 2099-12-01 12:00:00 UTC",
        "tag:aws:cloudformation:stack-name = pww", "AWS-RunPatchBaseline, Operation = Install",
        "Created by this run window mw-0123456789abcdef0", "MW-2 what MW-2 looks at as wanted otherwise ✗ no",
    ):  # fmt: skip
        assert told in text


def test_calls_are_counted(read: Read, passing: Run) -> None:
    """The calls by operation and their sum are told."""
    text = read(render_sections(passing)).text
    assert "4 calls of 2 operations" in text
    assert "inspector2:ListFindings 3" in text
