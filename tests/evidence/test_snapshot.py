"""Snapshots: streamed, whole or not at all, and refused when they are not what they say."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from postpatch.errors import BadEvidence
from postpatch.evidence.snapshot import manifest_path, open_snapshot, require_same, write_snapshot
from postpatch.model import Finding, FindingType, Manifest, Mode, Package, ScannedHost, Scope, Snapshot

REPOSITORY = Path(__file__).resolve().parents[2]
TAKEN = datetime(2026, 11, 20, 21, 4, 5, tzinfo=UTC)
REMEDY = "pytest -m baseline --aws live"
MANIFEST = Manifest(
    mode=Mode.LIVE, engine="v2", account="123456789012", region="us-east-1", scope=Scope("stack", ("pww",)),
    caller="arn:aws:iam::123456789012:user/patcher", started_at=TAKEN, taken_at=TAKEN, tool="postpatch 0.1.0",
    hosts=(ScannedHost("i-0123456789abcdef0", scanned=True, scanned_at=TAKEN, proof="coverage"),),
    set_aside={"AWS_ECR_CONTAINER_IMAGE": 7},
)  # fmt: skip


def finding(number: int, **changes: Any) -> Finding:
    """Return one of many findings."""
    usual = Finding(
        account="123456789012", region="us-east-1", host="i-0123456789abcdef0", type=FindingType.PACKAGE,
        vulnerability=f"CVE-2026-{number}", status="ACTIVE", severity="HIGH", title="CVE-2026 - öpenssl",
        packages=(Package("openssl", "3.0.8", 1, "1.amzn2023", "X86_64", "OS", fixed_in="1:3.0.8-2"),),
    )  # fmt: skip
    return replace(usual, **changes)


def write(path: Path, number: int = 3, **changes: Any) -> Snapshot:
    """Write a snapshot of so many findings."""
    return write_snapshot(path, map(finding, range(number)), lambda: replace(MANIFEST, **changes))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a snapshot's place; its folder is not made yet."""
    return tmp_path / "reports" / "baseline.ndjson.gz"


@pytest.fixture
def refused(path: Path) -> Callable[[], str]:
    """Open the snapshot, which must be refused, and return why."""

    def why() -> str:
        with pytest.raises(BadEvidence) as error:
            open_snapshot(path, REMEDY)
        assert str(path) in str(error.value) or str(manifest_path(path)) in str(error.value)
        assert re.match(rf"Take (a|the) baseline( again)?: {re.escape(REMEDY)}\. ", str(error.value))
        return str(error.value)

    return why


@pytest.mark.parametrize("rows", [0, 3])
def test_what_was_written_is_found_whole(path: Path, rows: int) -> None:
    """A snapshot opens as it was written, its manifest with the rows and the hash that were counted."""
    written = write(path, rows)
    assert open_snapshot(path, REMEDY) == written
    assert written.manifest == replace(MANIFEST, rows=rows, sha256=written.manifest.sha256)
    assert [file.name for file in sorted(path.parent.iterdir())] == ["baseline.manifest.json", "baseline.ndjson.gz"]


def test_anybody_can_read_it(path: Path) -> None:
    """Gzip and JSON are enough: one finding a line, every field by its name, times in one spelling."""
    east = timezone(timedelta(hours=9))
    moment = datetime(2026, 11, 21, 6, 4, 5, 678000, east)
    kept = finding(1, first_observed_at=moment, score=7.5, port_begin=22)
    write_snapshot(path, [kept, finding(2)], lambda: MANIFEST)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    assert list(rows[0]) == [field.name for field in fields(Finding)]
    assert rows[0]["first_observed_at"] == "2026-11-20T21:04:05.678000Z"
    assert (rows[0]["title"], rows[0]["score"], rows[0]["port_begin"]) == ("CVE-2026 - öpenssl", 7.5, 22)
    assert rows[0]["packages"][0]["fixed_in"] == "1:3.0.8-2"
    assert (rows[1]["vulnerability"], rows[1]["first_observed_at"]) == ("CVE-2026-2", None)


def test_a_manifest_reads_without_this_tool(path: Path) -> None:
    """The manifest is JSON that says who looked at what, when, and how each host was looked at."""
    write(path)
    said = json.loads(manifest_path(path).read_text(encoding="utf-8"))
    assert (said["mode"], said["account"], said["taken_at"]) == ("live", "123456789012", "2026-11-20T21:04:05Z")
    assert (said["scope"]["kind"], said["scope"]["values"]) == ("stack", ["pww"])
    assert said["hosts"][0]["proof"] == "coverage"


def test_the_same_findings_give_the_same_bytes(path: Path, tmp_path: Path) -> None:
    """Two snapshots of the same findings are equal byte by byte, so their hashes can be compared."""
    write(path)
    write(tmp_path / "other-name.ndjson.gz", taken_at=TAKEN + timedelta(days=1))
    assert path.read_bytes() == (tmp_path / "other-name.ndjson.gz").read_bytes()
    assert path.read_bytes()[4:8] == bytes(4)  # gzip's own time of writing


def test_findings_are_described_after_the_last(path: Path) -> None:
    """What a manifest says is asked for once the last finding is written, for some of it is only known then."""
    arrived: list[int] = []

    def arriving() -> Iterator[Finding]:
        for number in range(3):
            arrived.append(number)
            yield finding(number)

    written = write_snapshot(path, arriving(), lambda: replace(MANIFEST, set_aside={"seen": len(arrived)}))
    assert (written.manifest.rows, written.manifest.set_aside) == (3, {"seen": 3})


def test_a_missing_snapshot_is_refused(refused: Callable[[], str]) -> None:
    """Without a file the error names it and the command that makes one."""
    assert ". There is no file " in refused()


def test_a_snapshot_without_its_manifest_is_refused(path: Path, refused: Callable[[], str]) -> None:
    """Findings that nobody says anything of are no evidence."""
    write(path)
    manifest_path(path).unlink()
    assert "has no manifest baseline.manifest.json next to it" in refused()


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.9], ids=["emptied", "cut-early", "cut-late"])
def test_a_snapshot_that_breaks_off_is_refused(path: Path, refused: Callable[[], str], keep: float) -> None:
    """A file that was cut off anywhere is not read as fewer findings."""
    write(path, 500)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    assert "cut off" in refused() or "was altered" in refused()


def test_a_file_that_is_no_gzip_is_refused(path: Path, refused: Callable[[], str]) -> None:
    """A file of something else is refused as damaged."""
    write(path)
    path.write_text('{"vulnerability": "CVE-2026-1"}\n', encoding="utf-8")
    assert "is damaged or cut off" in refused()


@pytest.mark.parametrize("where", [4, 40, -6], ids=["in-the-header", "in-the-data", "in-the-checksum"])
def test_an_altered_byte_is_refused(path: Path, refused: Callable[[], str], where: int) -> None:
    """One flipped bit anywhere is noticed."""
    write(path, 50)
    content = bytearray(path.read_bytes())
    content[where] ^= 1
    path.write_bytes(content)
    assert "was altered" in refused() or "is damaged" in refused()


def test_findings_taken_out_are_refused(path: Path, refused: Callable[[], str]) -> None:
    """A snapshot that was packed anew with a finding less is refused by its hash."""
    write(path, 3)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(lines[:2])))
    assert "its sha256 is not the one in baseline.manifest.json" in refused()


def edit(path: Path, **changes: object) -> None:
    """Change what the manifest says."""
    beside = manifest_path(path)
    beside.write_text(json.dumps(json.loads(beside.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def test_a_wrong_number_of_rows_is_refused(path: Path, refused: Callable[[], str]) -> None:
    """A manifest that says another number of findings is not this file's."""
    write(path, 3)
    edit(path, rows=2)
    assert "holds 3 findings, its manifest says 2" in refused()


def test_another_format_is_refused(path: Path, refused: Callable[[], str]) -> None:
    """A snapshot of another version of the format is not guessed at."""
    written = write(path)
    edit(path, format=written.manifest.format + 1)
    assert f"has format {written.manifest.format + 1}, this tool reads {written.manifest.format}" in refused()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"mode": "live"}'], ids=["empty", "cut", "list", "fields-missing"])
def test_a_manifest_that_cannot_be_read_is_refused(path: Path, refused: Callable[[], str], content: str) -> None:
    """A damaged manifest is refused with the command that makes a new one."""
    write(path)
    manifest_path(path).write_text(content, encoding="utf-8")
    assert "is not a readable manifest of this tool" in refused()


OURS: dict[str, Any] = {
    "mode": Mode.LIVE, "stage": "", "engine": "v2", "account": "123456789012", "region": "us-east-1",
    "scope": Scope("stack", ("pww",)), "remedy": REMEDY,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mode": Mode.SIMULATED}, "mode simulated, this run's is live"),
        ({"stage": "world workshop"}, "answered by world workshop, this run's is AWS"),
        ({"engine": "classic"}, "engine classic, this run's is v2"),
        ({"account": "210987654321"}, "account 210987654321, this run's is 123456789012"),
        ({"region": "eu-west-1"}, "region eu-west-1, this run's is us-east-1"),
        ({"scope": Scope("stack", ("other",))}, "scope stack other, this run's is stack pww"),
        ({"scope": Scope("tag", ("pww",), "stack")}, "scope tag stack=pww, this run's is stack pww"),
        ({"scope": Scope("auto_scaling_group", ("pww",))}, "scope auto scaling group pww, this run's is stack pww"),
    ],
    ids=["mode", "stage", "engine", "account", "region", "stack", "tag", "group"],
)
def test_a_foreign_baseline_is_refused(path: Path, changes: dict[str, Any], words: str) -> None:
    """A baseline of another mode, account, region or scope is refused with both sides and the way out."""
    with pytest.raises(BadEvidence) as error:
        require_same(write(path, **changes), **OURS)
    assert str(error.value).startswith(f"Name the right file with --baseline, or take one: {REMEDY}. ")
    assert str(error.value).endswith(f"{path} does not fit this run: {words}.")


def test_every_difference_is_named_at_once(path: Path) -> None:
    """The own baseline passes, and one that is foreign in several ways says all of them."""
    require_same(write(path), **OURS)
    foreign = write(path, account="210987654321", region="eu-west-1", mode=Mode.SIMULATED)
    with pytest.raises(BadEvidence, match=r"mode simulated.*; account 210987654321.*; region eu-west-1"):
        require_same(foreign, **OURS)
