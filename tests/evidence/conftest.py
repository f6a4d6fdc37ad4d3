"""A small evidence pack, whole and in agreement with itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postpatch.evidence.calls import CALLS, append_call, count_calls
from postpatch.evidence.kept import keep
from postpatch.evidence.pack import MANIFEST, PackManifest, seal, sha256_of
from postpatch.evidence.request import POLICY, REQUEST, RunRequest
from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import Call, Engine, Finding, FindingType, Manifest, Mode, ScannedHost, Scope

STARTED = datetime(2026, 11, 21, 8, 0, 5, tzinfo=UTC)
ABOUT = PackManifest(
    tool="postpatch 0.1.0", run="5c9a3c1e", mode=Mode.LIVE, stage="", verdict="FAIL",
    started_at=STARTED, finished_at=STARTED + timedelta(minutes=20),
)  # fmt: skip


def write_side(path: Path, number: int) -> str:
    """Write a snapshot of so many findings; return its sha256."""
    findings = (
        Finding("123456789012", "us-east-1", "i-1", FindingType.PACKAGE, f"CVE-2026-{one}", "ACTIVE", "HIGH", "vim")
        for one in range(number)
    )
    manifest = Manifest(
        mode=Mode.LIVE, engine="inspector2", account="123456789012", region="us-east-1", scope=Scope("stack", ("pww",)),
        caller="", started_at=STARTED, taken_at=STARTED, tool="postpatch 0.1.0", hosts=(ScannedHost("i-1"),),
    )  # fmt: skip
    return write_snapshot(path, findings, lambda: manifest).manifest.sha256


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Make a pack of a run that failed: two snapshots, three calls, the policy, an error, and what was told."""
    folder = tmp_path / "pack"
    evidence = folder / "evidence"
    before, after = (write_side(evidence / f"{side}.ndjson.gz", rows) for side, rows in (("baseline", 7), ("after", 5)))
    begun = RunRequest(ABOUT.run, STARTED, ABOUT.tool, Mode.LIVE, Engine.V2, "", "", False, "verify.toml")
    keep(evidence / REQUEST, begun, RunRequest)
    (evidence / POLICY).write_text('[scope]\nstack = "pww"\n', encoding="utf-8")
    (evidence / "window.error").write_text("Could not ask for the window: AccessDenied", encoding="utf-8")
    for operation in ("ssm:ListCommands", "inspector2:ListFindings", "inspector2:ListFindings"):
        append_call(evidence / CALLS, Call(operation, STARTED, "b8f1a2", 200, 1))
    told = {
        "run": ABOUT.run, "verdict": "FAIL", "mode": "live", "simulated": False, "interrupted": False, "checks": [],
        "policy": {"file": "verify.toml", "sha256": sha256_of(evidence / POLICY)},
        "baseline": {"sha256": before}, "after": {"sha256": after}, "calls": count_calls(evidence / CALLS),
    }  # fmt: skip
    (folder / "verify.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "verify.html").write_text("<p>FAIL</p>", encoding="utf-8")
    seal_anew(folder)
    return folder


def seal_anew(folder: Path, **changes: object) -> None:
    """Seal a pack with whatever it holds now, as whoever may write to it can."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    seal(folder, [path.relative_to(folder).as_posix() for path in paths], replace(ABOUT, **changes))


@pytest.fixture
def sealed_anew() -> Callable[..., None]:
    """Return what seals a pack anew; keyword arguments change what its manifest says."""
    return seal_anew


@pytest.fixture
def write_findings() -> Callable[[Path, int], str]:
    """Return what writes a snapshot of so many findings in the place of another."""
    return write_side


@pytest.fixture
def edit_manifest() -> Callable[[Path, Callable[[dict], None]], None]:
    """Return what edits the JSON of a pack's manifest."""

    def edit(folder: Path, change: Callable[[dict], None]) -> None:
        document = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        change(document)
        (folder / MANIFEST).write_text(json.dumps(document), encoding="utf-8")

    return edit
