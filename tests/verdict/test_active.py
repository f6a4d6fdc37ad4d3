"""What is active in one snapshot is counted as the delta with itself counts its baseline."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import Finding, Manifest, Mode, Package, ScannedHost, Scope
from postpatch.verdict.active import active_findings
from tests.deltas import quick_delta

MOMENT = datetime(2026, 11, 20, tzinfo=UTC)
HOSTS = ("i-00000000000000001", "i-00000000000000002")


def row(host: str, kind: str, vulnerability: str, status: str, manager: str, arn: str, minute: int) -> Finding:
    """Return a finding as a page may have it."""
    return Finding(
        "123456789012", "us-east-1", host, kind, vulnerability, status, "HIGH", "title",
        arn=arn, updated_at=MOMENT + timedelta(minutes=minute) if minute else None,
        packages=(Package("name", "1", manager=manager),) if manager else (),
    )  # fmt: skip


ROWS = st.builds(
    row,
    st.sampled_from(HOSTS),
    st.sampled_from(["PACKAGE_VULNERABILITY", "CONFIGURATION"]),
    st.sampled_from(["CVE-2026-1", "CVE-2026-2"]),
    st.sampled_from(["ACTIVE", "CLOSED", "SUPPRESSED", "SKIPPED"]),
    st.sampled_from(["", "OS", "PYTHON"]),
    st.sampled_from(["", "arn:1", "arn:2"]),
    st.integers(0, 2),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROWS, max_size=8))
def test_it_is_counted_as_a_verification_counts_it(found: list[Finding]) -> None:
    """Whatever pages repeat, and whatever shares an identity."""
    manifest = Manifest(
        Mode.LIVE, "inspector2", "123456789012", "us-east-1", Scope("stack", ("pww",)), "", MOMENT, MOMENT, "test",
        tuple(ScannedHost(host, scanned=True, cis_scanned=True) for host in HOSTS),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        snapshot = write_snapshot(Path(folder) / "a.ndjson.gz", found, lambda: manifest)
        with quick_delta(snapshot, snapshot) as delta:
            counted = (delta.counts.baseline, delta.configuration.baseline)
        assert active_findings(snapshot) == counted
