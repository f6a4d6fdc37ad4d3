"""Manifests: whatever clock wrote one, its times are read in UTC, and a reconstructed one never passes for another."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postpatch.errors import BadEvidence
from postpatch.evidence.snapshot import manifest_path, open_snapshot, publish_snapshot, write_snapshot
from postpatch.model import Manifest, Mode, ScannedHost, Scope, Snapshot

TAKEN = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
MANIFEST = Manifest(
    mode=Mode.LIVE, engine="inspector2", account="123456789012", region="us-east-1", scope=Scope("stack", ("pww",)),
    caller="", started_at=TAKEN, taken_at=TAKEN, tool="postpatch", hosts=(ScannedHost("i-1", scanned_at=TAKEN),),
)  # fmt: skip


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    """Return an empty snapshot with its manifest."""
    return write_snapshot(tmp_path / "look" / "baseline.ndjson.gz", (), lambda: MANIFEST)


def rewritten(snapshot: Snapshot, moment: str) -> Path:
    """Write another time into the manifest, as a person or a tool with another clock would."""
    path = manifest_path(snapshot.path)
    said = json.loads(path.read_text(encoding="utf-8"))
    said |= {"started_at": moment, "taken_at": moment, "hosts": [said["hosts"][0] | {"scanned_at": moment}]}
    path.write_text(json.dumps(said), encoding="utf-8")
    return snapshot.path


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("2026-10-25T02:30:00+02:00", TAKEN, id="summer-time-before-the-change"),
        pytest.param("2026-10-25T02:30:00+01:00", TAKEN.replace(hour=1), id="the-same-hour-an-hour-later"),
        pytest.param("2026-10-24T20:45:00-03:45", TAKEN, id="a-quarter-of-an-hour"),
        pytest.param("2026-10-25T14:30:00.250+14:00", TAKEN.replace(microsecond=250_000), id="a-fraction-and-a-day"),
        pytest.param("2026-10-25T00:30:00Z", TAKEN, id="utc"),
    ],
)
def test_times_are_read_in_utc(snapshot: Snapshot, written: str, meant: datetime) -> None:
    """A manifest's times mean what their offsets say, and are told as UTC, not as the hour that was written."""
    said = open_snapshot(rewritten(snapshot, written), "remedy").manifest
    assert said.taken_at == said.started_at == said.hosts[0].scanned_at == meant
    assert said.taken_at.utcoffset() == TAKEN.utcoffset()
    assert f"{said.taken_at:%Y-%m-%d %H:%M} UTC" == f"{meant:%Y-%m-%d %H:%M} UTC"


@pytest.mark.parametrize("written", ["2026-10-25T00:30:00", "2026-10-25", "yesterday", ""])
def test_a_time_without_a_zone_is_refused(snapshot: Snapshot, written: str) -> None:
    """Nobody knows which moment a time without a zone is: the baseline is refused, with the remedy."""
    with pytest.raises(BadEvidence, match="Take the baseline again: remedy"):
        open_snapshot(rewritten(snapshot, written), "remedy")


def test_a_baseline_is_dated_in_utc(snapshot: Snapshot, tmp_path: Path) -> None:
    """The baseline that a new one replaces is named after its moment in UTC, whatever offset it was written with."""
    standing = tmp_path / "reports" / "baseline.ndjson.gz"
    publish_snapshot(snapshot, standing)
    rewritten(Snapshot(standing, MANIFEST), "2026-10-25T02:30:00+02:00")
    publish_snapshot(write_snapshot(tmp_path / "new" / "baseline.ndjson.gz", (), lambda: MANIFEST), standing)
    assert (tmp_path / "reports" / "baseline-20261025T003000Z.ndjson.gz").exists()


def test_a_reconstructed_baseline_is_never_published(tmp_path: Path) -> None:
    """It is no baseline that was taken before patching: it is refused, and what stands stays."""
    afterwards = replace(MANIFEST, reconstructed=True, limits=("something",))
    made = write_snapshot(tmp_path / "look" / "baseline.ndjson.gz", (), lambda: afterwards)
    with pytest.raises(BadEvidence, match="was reconstructed after patching"):
        publish_snapshot(made, tmp_path / "reports" / "baseline.ndjson.gz")
    assert not (tmp_path / "reports").exists()


def test_what_a_reconstructed_baseline_cannot_know_is_kept(tmp_path: Path) -> None:
    """Its label and its limits stand in the manifest, and come back with it."""
    afterwards = replace(MANIFEST, reconstructed=True, limits=("something", "something else"))
    made = write_snapshot(tmp_path / "baseline.ndjson.gz", (), lambda: afterwards)
    said = open_snapshot(made.path, "remedy").manifest
    assert (said.reconstructed, said.limits) == (True, ("something", "something else"))
