"""Findings that an administrator reads for a run: only those read after the run's own hosts were scanned count."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.errors import CouldNotCheck
from postpatch.evidence.members import Reading, keep_reading, record_of, rows_of, split_by_account
from postpatch.evidence.pack import sha256_of
from postpatch.model import Caller, HostScan, Launch, ScanRun
from postpatch.run.members import (
    SCANNED,
    await_findings,
    awaits_findings,
    findings_read,
    forget_scanned,
    reading_for,
    scanned_before,
)
from postpatch.translation.row import Row

ACCOUNT, OTHER, REGION = "111111111111", "222222222222", "us-east-1"
CALLER = Caller(ACCOUNT, REGION, f"arn:aws:sts::{ACCOUNT}:assumed-role/postpatch/x")
PATCHED = datetime(2026, 11, 21, 1, tzinfo=UTC)
SCANNED_AT = PATCHED + timedelta(hours=7)
ENDED = SCANNED_AT + timedelta(minutes=5)
LAUNCH = Launch("inspector2", SCANNED_AT - timedelta(minutes=5), started=True)
FRESH = HostScan("i-1", PATCHED, SCANNED_AT, proof="coverage")
RUN = ScanRun(LAUNCH, ENDED, hosts=(FRESH, HostScan("i-2", PATCHED)))
NEWER_THAN = {"i-1": PATCHED, "i-2": PATCHED}
READ = Reading(ACCOUNT, REGION, "arn:administrator", ENDED, ENDED, {"i-1": SCANNED_AT})


def row(account: str = ACCOUNT, host: str = "i-1", name: str = "CVE-1") -> Row:
    """Return a finding."""
    return Row(account, REGION, host, "PACKAGE_VULNERABILITY", name, "ACTIVE", "HIGH", name)


@pytest.fixture
def settings(tmp_path: Path) -> Any:
    """Return the settings of a run whose findings an administrator reads."""
    return SimpleNamespace(findings=tmp_path / "mine.findings.ndjson.gz", reports=tmp_path / "reports")


def test_a_run_that_reads_its_findings_itself_waits_for_nobody(tmp_path: Path) -> None:
    """Nothing is remembered, and nothing asked for."""
    own: Any = SimpleNamespace(findings=None, reports=tmp_path)
    await_findings(own, RUN, tmp_path)
    assert scanned_before(own, LAUNCH, NEWER_THAN, {}) is None
    assert reading_for(own, CALLER, RUN) is None
    assert not [*tmp_path.iterdir()]


def test_a_scan_is_remembered_until_its_findings_are_read(settings: Any, tmp_path: Path) -> None:
    """The run that continues takes it, with its own launch, and waits for no other."""
    with pytest.raises(CouldNotCheck, match=r"^Continue this run with postpatch verify --resume when"):
        await_findings(settings, RUN, tmp_path)
    assert awaits_findings(tmp_path)  # nobody is notified of its verdict, and its pack is not stored
    assert scanned_before(settings, LAUNCH, NEWER_THAN, {}) is None  # to be waited for, as nothing was read
    keep_reading(settings.findings, READ)
    taken_up = replace(LAUNCH, taken_up=True)
    assert scanned_before(settings, taken_up, NEWER_THAN, {}) == replace(RUN, launch=taken_up)
    await_findings(settings, RUN, tmp_path / "continued")
    assert not awaits_findings(tmp_path / "continued")
    forget_scanned(settings)
    assert not (settings.reports / SCANNED).exists()


@pytest.mark.parametrize(
    ("launch", "newer_than", "clocks"),
    [
        (replace(LAUNCH, launched_at=ENDED), NEWER_THAN, {}),
        (LAUNCH, {**NEWER_THAN, "i-1": ENDED}, {}),
        (LAUNCH, {"i-1": PATCHED}, {}),
        (LAUNCH, {**NEWER_THAN, "i-3": PATCHED}, {}),
        (LAUNCH, NEWER_THAN, {"i-1": timedelta(hours=1)}),
    ],
    ids=["another launch", "patched since", "a host less", "a host more", "a clock that is off"],
)
def test_a_scan_that_proves_something_else_is_not_taken(
    settings: Any, launch: Any, newer_than: Any, clocks: Any
) -> None:
    """It was waited for with what AWS said of the patching then."""
    with pytest.raises(CouldNotCheck):
        await_findings(settings, RUN, settings.reports / "run")
    keep_reading(settings.findings, READ)
    with pytest.raises(CouldNotCheck, match=r"^Verify again without --resume"):
        scanned_before(settings, launch, newer_than, clocks)


def test_findings_read_before_the_run_scanned_do_not_count(settings: Any) -> None:
    """A file of an earlier night is refused by a run that has just launched an assessment."""
    keep_reading(settings.findings, READ)
    with pytest.raises(CouldNotCheck, match="was read before this run's hosts were scanned"):
        scanned_before(settings, LAUNCH, NEWER_THAN, {})


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (replace(READ, error="Associate it."), "^Associate it"),
        (replace(READ, account=OTHER), f"holds those of {OTHER}"),
        (replace(READ, region="eu-west-1"), "in eu-west-1"),
        (replace(READ, started_at=ENDED - timedelta(seconds=1)), "have the findings read afterwards"),
        (replace(READ, scanned={}), "did not see the last scan of i-1"),
        (replace(READ, scanned={"i-2": SCANNED_AT}), "did not see the last scan of i-1"),
        (replace(READ, scanned={"i-1": SCANNED_AT - timedelta(seconds=1)}), "did not see the last scan of i-1"),
    ],
)
def test_what_an_administrator_did_not_see_in_time_is_an_error(settings: Any, reading: Reading, expected: str) -> None:
    """No finding is believed to be gone because the administrator did not know of it."""
    keep_reading(settings.findings, reading)
    with pytest.raises(CouldNotCheck, match=expected):
        reading_for(settings, CALLER, RUN)


def test_a_host_without_a_fresh_scan_need_not_be_seen(settings: Any) -> None:
    """It fails SCAN-2 whatever was read; a scan that the administrator saw later is no objection."""
    for seen in (SCANNED_AT, SCANNED_AT + timedelta(hours=1)):
        reading = replace(READ, scanned={"i-1": seen})
        keep_reading(settings.findings, reading)
        assert reading_for(settings, CALLER, RUN) == reading


def _written(settings: Any, *rows: Row) -> Reading:
    counts = split_by_account(rows, {ACCOUNT: settings.findings})
    return replace(READ, rows=counts[ACCOUNT], sha256=sha256_of(settings.findings))


def test_only_the_findings_of_the_runs_hosts_are_taken(settings: Any) -> None:
    """Those of other hosts of the account are nobody's here."""
    rows = [row(), row(host="i-9"), row(name="CVE-2")]
    reading = _written(settings, *rows)
    assert [*findings_read(settings, reading, frozenset({"i-1"}))] == [rows[0], rows[2]]


@pytest.mark.parametrize("harm", ["gone", "altered", "cut", "another account", "miscounted"])
def test_a_file_that_is_not_what_was_read_is_an_error(settings: Any, harm: str) -> None:
    """Whatever became of it between the reading and the run."""
    reading = _written(settings, row())
    content = settings.findings.read_bytes()
    if harm == "gone":
        settings.findings.unlink()
    elif harm == "altered":
        settings.findings.write_bytes(gzip.compress(gzip.decompress(content).replace(b"HIGH", b"LOW")))
    elif harm == "cut":
        settings.findings.write_bytes(content[:-9])
        reading = replace(reading, sha256=sha256_of(settings.findings))
    elif harm == "another account":
        reading = replace(reading, account=OTHER)
    else:
        reading = replace(reading, rows=2)
    with pytest.raises(CouldNotCheck, match=r"^Run the fleet again"):
        [*findings_read(settings, reading, frozenset({"i-1"}))]


_HOSTS = st.sampled_from(["i-1", "i-2", "i-3"])
_ROWS = st.lists(st.builds(row, st.sampled_from([ACCOUNT, OTHER]), _HOSTS, st.text(max_size=5)))


@given(_ROWS, st.frozensets(_HOSTS))
def test_each_account_gets_its_own_rows_and_no_other(
    tmp_path_factory: Any, rows: list[Row], hosts: frozenset[str]
) -> None:
    """In their order, whatever they hold, and of the hosts that were asked for."""
    folder = tmp_path_factory.mktemp("split")
    paths = {account: folder / f"{account}.ndjson.gz" for account in (ACCOUNT, OTHER)}
    counts = split_by_account(rows, paths)
    for account, path in paths.items():
        mine = [one for one in rows if one.account == account]
        reading = replace(READ, account=account, rows=counts[account], sha256=sha256_of(path))
        assert counts[account] == len(mine)
        assert [*rows_of(path, reading, hosts)] == [one for one in mine if one.host in hosts]
    assert not record_of(paths[ACCOUNT]).exists()
