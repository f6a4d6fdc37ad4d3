"""Small factories: a finding, a delta of two snapshots, a policy, and what stands in Systems Manager."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import (
    ExistingWindow,
    Finding,
    FindingType,
    MaintenanceWindow,
    ManagedHost,
    Manifest,
    Mode,
    Package,
    ScannedHost,
    Scope,
    Snapshot,
    WindowTarget,
    WindowTask,
)
from postpatch.policy import Policy
from postpatch.verdict.delta import Delta
from tests.deltas import shared_delta

MOMENT = datetime(2026, 11, 20, 22, tzinfo=UTC)
A, B, C = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2, 3))

# The tutorial's values.
POLICY: dict[str, dict[str, Any]] = {
    "scope": {"account": "123456789012", "region": "us-east-1", "stack": "pww"},
    "window": {
        "name": "pww_mw",
        "every_hours": 12,
        "duration_hours": 1,
        "cutoff_hours": 0,
        "start": date(2099, 12, 1),
        "time_zone": "Etc/UTC",
        "allow_unassociated_targets": True,
    },
    "target": {"name": "pww_targets", "tags": {"aws:cloudformation:stack-name": ["pww"]}},
    "task": {
        "name": "pww_task",
        "document": "AWS-RunPatchBaseline",
        "parameters": {"Operation": ["Install"]},
        "max_concurrency": "1",
        "max_errors": "1",
        "priority": 1,
        "timeout_seconds": 600,
        "cutoff_behavior": "CONTINUE_TASK",
        "service_role": "service-linked",
    },
}


WINDOW = MaintenanceWindow(
    "mw-0123456789abcdef0", "pww_mw", "cron(0 0/12 * * ? *)", 1, 0, True, True, "2099-12-01T00:00:00Z", "", "Etc/UTC",
    "2099-12-01T00:00Z",
)  # fmt: skip
TARGET = WindowTarget("target-1", "pww_targets", "INSTANCE", (("tag:aws:cloudformation:stack-name", ("pww",)),))
TASK = WindowTask(
    "task-1", "pww_task", "RUN_COMMAND", "AWS-RunPatchBaseline", (("WindowTargetIds", ("target-1",)),), "1", "1", 1,
    "CONTINUE_TASK", "", (("Operation", ("Install",)),), 600,
)  # fmt: skip


@pytest.fixture(scope="session")
def make_package() -> Callable[..., Package]:
    """Make an operating-system package with a fix; keyword arguments replace fields."""
    usual = Package("openssl", "3.0.8", 1, "1.amzn2023.0.19", "X86_64", "OS", fixed_in="1:3.0.8-1.amzn2023.0.23")
    return lambda **changes: replace(usual, **changes)


@pytest.fixture(scope="session")
def make_finding(make_package: Callable[..., Package]) -> Callable[..., Finding]:
    """Make an active finding that patching could have removed; keyword arguments replace fields."""

    def make(vulnerability: str = "CVE-2026-1", host: str = A, **changes: Any) -> Finding:
        finding = Finding(
            account="123456789012",
            region="us-east-1",
            host=host,
            type=FindingType.PACKAGE,
            vulnerability=vulnerability,
            status="ACTIVE",
            severity="HIGH",
            title=f"{vulnerability} - openssl",
            fix_available="YES",
            packages=(make_package(),),
        )
        return replace(finding, **changes)

    return make


@pytest.fixture(scope="session")
def unfixable(make_finding: Callable[..., Finding], make_package: Callable[..., Package]) -> Callable[..., Finding]:
    """Make an active finding for which the vendor has no fix."""
    none_yet = {"fix_available": "NO", "packages": (make_package(fixed_in="NotAvailable"),)}
    return lambda *arguments, **changes: make_finding(*arguments, **(none_yet | changes))


@pytest.fixture(scope="session")
def root_login(make_finding: Callable[..., Finding]) -> Callable[..., Finding]:
    """Make a CIS check that failed; `status` may be CLOSED (passed) or SKIPPED."""
    check = {"type": FindingType.CONFIGURATION, "severity": "UNTRIAGED", "fix_available": None, "packages": ()}
    return lambda *arguments, **changes: make_finding(
        *(arguments or ("5.1.20",)), **(check | {"title": "Ensure sshd PermitRootLogin is disabled"} | changes)
    )


@pytest.fixture(scope="session")
def make_delta(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Delta]:
    """Make the delta of two snapshots, written as a run writes them, or return that of the same two made before.

    Every host that a finding or `others` names was there and scanned both times, unless it is one of those `gone`,
    `unscanned` or `cis_unscanned` afterwards, `unscanned_before`, or `launched` since. `tags` are by host. `files` is
    what the manifests of two exported files say; of these a host without a row afterwards is unscanned.
    """
    folder = tmp_path_factory.mktemp("delta")

    def make(
        baseline: Iterable[Finding],
        after: Iterable[Finding],
        *,
        others: Iterable[str] = (),
        gone: Iterable[str] = (),
        unscanned: Iterable[str] = (),
        cis_unscanned: Iterable[str] = (),
        unscanned_before: Iterable[str] = (),
        launched: Iterable[str] = (),
        tags: Mapping[str, Mapping[str, str]] | None = None,
        files: Mapping[str, Any] | None = None,
    ) -> Delta:
        before, later = list(baseline), list(after)
        if files is not None:
            unscanned = {one.host for one in before} - {one.host for one in later}
        hosts = sorted({*others, *gone, *unscanned, *unscanned_before, *(one.host for one in (*before, *later))})
        earlier = tuple(
            ScannedHost(host, True, host not in unscanned_before, host not in unscanned_before)
            for host in hosts
            if host not in launched
        )
        now = tuple(
            ScannedHost(
                host,
                host not in gone,
                host not in {*gone, *unscanned},
                host not in {*gone, *cis_unscanned},
                tags=tuple(sorted((tags or {}).get(host, {}).items())),
            )
            for host in {*hosts, *launched}
        )
        sides = (
            _snapshot(folder / f"{name}.ndjson.gz", findings, seen, files)
            for name, findings, seen in (("baseline", before, earlier), ("after", later, now))
        )
        # All rows are in memory once it is made: the next delta may overwrite the files.
        return shared_delta(*sides)

    return make


def _snapshot(
    path: Path, findings: list[Finding], hosts: tuple[ScannedHost, ...], files: Mapping[str, Any] | None
) -> Snapshot:
    manifest = Manifest(
        mode=Mode.SIMULATED, engine="inspector2", account="123456789012", region="us-east-1",
        scope=Scope("stack", ("pww",)), caller="", started_at=MOMENT, taken_at=MOMENT, tool="test", hosts=hosts,
    )  # fmt: skip
    if files is not None:
        manifest = replace(manifest, mode=Mode.RECORDED, **files)
    return write_snapshot(path, findings, lambda: manifest)


@pytest.fixture(scope="session")
def make_policy() -> Callable[..., Policy]:
    """Make a policy of the tutorial's values; an argument replaces keys of its section, and None removes one or all."""

    def make(**sections: Any) -> Policy:
        document: dict[str, Any] = dict(POLICY)
        for name, changes in sections.items():
            if changes is None:
                del document[name]
                continue
            merged = changes if isinstance(changes, list) else document.get(name, {}) | changes
            document[name] = (
                merged
                if isinstance(merged, list)
                else {key: value for key, value in merged.items() if value is not None}
            )
        return Policy.model_validate(document)

    return make


@pytest.fixture(scope="session")
def make_standing() -> Callable[..., ExistingWindow]:
    """Make what stands as the tutorial's policy wants it; `window`, `target` and `task` replace fields of theirs."""

    def make(
        window: dict[str, Any] | None = None,
        target: dict[str, Any] | None = None,
        task: dict[str, Any] | None = None,
        **changes: Any,
    ) -> ExistingWindow:
        standing = ExistingWindow(
            named=("mw-0123456789abcdef0",),
            window=replace(WINDOW, **(window or {})),
            targets=(replace(TARGET, **(target or {})),),
            tasks=(replace(TASK, **(task or {})),),
            next_executions=("2099-12-01T00:00Z", "2099-12-01T12:00Z"),
            selected=(A, B, C),
            managed=tuple(ManagedHost(host, "Online") for host in (A, B, C)),
        )
        return replace(standing, **changes)

    return make
