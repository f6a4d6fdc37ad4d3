"""Runs made by hand: findings, the delta of two snapshots, and a run that proves everything."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import (
    Caller,
    ExistingWindow,
    Fact,
    Finding,
    FindingType,
    Host,
    HostScan,
    Launch,
    MaintenanceWindow,
    Manifest,
    Mode,
    Package,
    Patching,
    PatchState,
    ScannedHost,
    ScanRun,
    Scope,
    Snapshot,
    WindowTarget,
    WindowTask,
)
from postpatch.verdict.checks import CHECKS
from postpatch.verdict.delta import Delta
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.run import CheckOutcome, Outcome, Run
from tests.deltas import shared_delta

PATCHED = datetime(2026, 11, 20, 22, 4, 31, tzinfo=UTC)
HOSTS = ("i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2", "i-0aaaaaaaaaaaaaaa3")
SCOPE = Scope("stack", ("pww",))


def finding(vulnerability: str, host: str = HOSTS[0], **changes: object) -> Finding:
    """Return an active finding on an operating-system package; keyword arguments replace fields."""
    usual = Finding(
        account="123456789012",
        region="us-east-1",
        host=host,
        type=FindingType.PACKAGE,
        vulnerability=vulnerability,
        status="ACTIVE",
        severity="HIGH",
        title=f"{vulnerability} - openssl, openssl-libs",
        fix_available="YES",
        packages=(
            Package("openssl", "3.0.8", 1, "1.amzn2023.0.19", "x86_64", "OS", fixed_in="1:3.0.8-1.amzn2023.0.23"),
            Package("openssl-libs", "3.0.8", 1, "1.amzn2023.0.19", "x86_64", "OS", fixed_in="1:3.0.8-1.amzn2023.0.23"),
        ),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def remaining() -> list[Finding]:
    """Return findings that stay, one for each explained kind."""
    kernel = Package("kernel", "6.1.112", 0, "122.189.amzn2023", "x86_64", "OS", fixed_in="NotAvailable")
    express = Package("express", "4.17.1", manager="NODEPKG", file_path="srv/app/package-lock.json", fixed_in="4.19.2")
    return [
        *(finding("CVE-2024-9001", host, severity="MEDIUM", packages=(kernel,), fix_available="NO") for host in HOSTS),
        finding("CVE-2024-29041", severity="MEDIUM", title="CVE-2024-29041 - express", packages=(express,)),
        finding(
            "NETWORK_REACHABILITY", type=FindingType.NETWORK, severity="MEDIUM", protocol="TCP", port_begin=22,
            port_end=22, title="Port 22 is reachable from an Internet Gateway - TCP", packages=(),
        ),
        finding(
            "5.1.20", type=FindingType.CONFIGURATION, severity="MEDIUM",
            title="Ensure sshd PermitRootLogin is disabled", packages=(),
            remediation="Set PermitRootLogin no in /etc/ssh/sshd_config.",
        ),
    ]  # fmt: skip


def make_delta(
    folder: Path,
    baseline: Iterable[Finding],
    after: Iterable[Finding],
    gone: Iterable[str] = (),
    unscanned: Iterable[str] = (),
) -> Delta:
    """Return the delta of two snapshots, written to `folder` as a run writes them.

    Of the hosts that are `unscanned` afterwards the CIS scan alone came to an end.
    """
    before, later = list(baseline), list(after)
    every = sorted({*HOSTS, *(one.host for one in (*before, *later))})
    sides = []
    for name, findings, missing, unseen in (("baseline", before, (), ()), ("after", later, gone, unscanned)):
        here = [(host, host not in missing, host not in missing and host not in unseen) for host in every]
        hosts = tuple(ScannedHost(host, there, seen, there, PATCHED) for host, there, seen in here)
        sides.append(snapshot(folder / f"{name}.ndjson.gz", findings, hosts))
    return shared_delta(*sides)


def passing_run(folder: Path) -> Run:
    """Return a simulated run that proves everything: sixty findings went, six remain for honest reasons, one is new."""
    fixed = [
        finding(f"CVE-2024-{1000 + number}", host, severity=("CRITICAL", "HIGH", "MEDIUM", "LOW")[number % 4])
        for number in range(20)
        for host in HOSTS
    ]
    regraded = replace(remaining()[3], severity="HIGH")
    baseline = [*fixed, *remaining()[:3], regraded, *remaining()[4:]]
    new = finding("CVE-2026-7777", HOSTS[1], severity="LOW", fix_available="NO", packages=())
    delta = make_delta(folder, baseline, [*remaining(), new])
    launch = Launch("v2", PATCHED + timedelta(minutes=10), True, "association", ("execution",), "arn:cis", "arn:scan")
    looks = tuple(
        HostScan(host, PATCHED, PATCHED + timedelta(minutes=20), None, "ACTIVE", "SUCCESSFUL", proof="coverage")
        for host in HOSTS
    )
    return Run(
        mode=Mode.SIMULATED,
        world="workshop",
        engine="v2",
        tool="postpatch 0.1.0",
        read_only=False,
        policy="verify.toml",
        policy_sha256="a" * 64,
        scope=SCOPE,
        time_zone=_window().time_zone,
        started_at=PATCHED + timedelta(minutes=9),
        finished_at=PATCHED + timedelta(minutes=31),
        checks=checks(),
        caller=Caller("123456789012", "us-east-1", "arn:aws:sts::123456789012:assumed-role/patcher/session"),
        hosts=tuple(Host(host, f"pww-node-{place}") for place, host in enumerate(HOSTS)),
        launch=launch,
        scan=ScanRun(launch, PATCHED + timedelta(minutes=30), "Success", "COMPLETED", "arn:scan", hosts=looks),
        patching=Patching(
            tuple(PatchState(host, "Install", PATCHED - timedelta(minutes=5), PATCHED, "pb-1", 40) for host in HOSTS)
        ),
        window=ExistingWindow(
            ("mw-0123456789abcdef0",), _window(), (_TARGET,), (_TASK,), ("window mw-0123456789abcdef0",), (),
            ("2099-12-01T00:00Z", "2099-12-01T12:00Z"), HOSTS,
        ),
        baseline=_manifest("baseline.ndjson.gz", PATCHED - timedelta(days=1), len(baseline)),
        after=_manifest("this run", PATCHED + timedelta(minutes=30), 7),
        delta=delta,
        remaining=RemainingFindings(delta, {}),
        calls={"inspector2:ListFindings": 3, "ssm:GetMaintenanceWindow": 1},
    )  # fmt: skip


def with_delta(run: Run, delta: Delta) -> Run:
    """Return the run with another delta, and what remains by it."""
    return replace(run, delta=delta, remaining=RemainingFindings(delta, {}))


def _manifest(source: str, taken_at: datetime, rows: int) -> Manifest:
    return Manifest(
        mode=Mode.SIMULATED, engine="inspector2", account="123456789012", region="us-east-1", scope=SCOPE, caller="",
        started_at=taken_at - timedelta(minutes=2), taken_at=taken_at, tool="postpatch 0.1.0", hosts=(),
        source=source, set_aside={"AWS_ECR_CONTAINER_IMAGE": 7}, rows=rows, sha256="b" * 64,
    )  # fmt: skip


def snapshot(path: Path, findings: Iterable[Finding], hosts: tuple[ScannedHost, ...] = ()) -> Snapshot:
    """Write a snapshot of these findings and hosts, as a run writes it."""
    manifest = Manifest(
        mode=Mode.SIMULATED, engine="v2", account="123456789012", region="us-east-1", scope=SCOPE, caller="",
        started_at=PATCHED, taken_at=PATCHED, tool="postpatch 0.1.0", hosts=hosts,
    )  # fmt: skip
    return write_snapshot(path, findings, lambda: manifest)


def checks(**outcomes: Outcome) -> tuple[CheckOutcome, ...]:
    """Return every check as passed, but for those named, `FIND_1=Outcome.FAILED`."""
    found = []
    for check in CHECKS:
        outcome = outcomes.get(check.id.replace("-", "_"), Outcome.PASSED)
        right = outcome is Outcome.PASSED
        fact = Fact(f"what {check.id} checks", "right", "right" if right else "wrong", right)
        found.append(CheckOutcome(check.id, check.sentence, outcome, f"the reason of {check.id}", (fact,), ("a note",)))
    return tuple(found)


def _window() -> MaintenanceWindow:
    return MaintenanceWindow(
        "mw-0123456789abcdef0", "pww_mw", "cron(0 0/12 * * ? *)", 1, 0, True, True, "2099-12-01T00:00:00Z", "",
        "Etc/UTC", "2099-12-01T00:00Z",
    )  # fmt: skip


_TARGET = WindowTarget("11111111", "pww_targets", "INSTANCE", (("tag:aws:cloudformation:stack-name", ("pww",)),))
_TASK = WindowTask(
    "22222222", "pww_task", "RUN_COMMAND", "AWS-RunPatchBaseline", (("WindowTargetIds", ("11111111",)),), "1", "1", 1,
    "CONTINUE_TASK", "", (("Operation", ("Install",)),), 600,
)  # fmt: skip
