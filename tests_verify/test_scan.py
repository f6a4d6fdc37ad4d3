"""The scan: the assessment completed, on every host, after it was patched."""

import pytest

from postpatch.verdict import coverage as judge

pytestmark = pytest.mark.verify


@pytest.mark.check("SCAN-1")
def test_inspector_run_completed(prove, scan, policy, backlog):
    """The Inspector assessment after patching completed, its CIS scan too."""
    prove(judge.run_completed(scan, policy.inspector.cis, backlog))


@pytest.mark.check("SCAN-2")
def test_every_host_was_scanned_after_it_was_patched(prove, scan, hosts, backlog):
    """Inspector scanned every host in scope after it was patched."""
    prove(judge.every_host_scanned(scan, hosts, backlog))


@pytest.mark.check("SCAN-3")
def test_baseline_and_run_cover_the_same_hosts(prove, delta, changed_hosts, policy):
    """The baseline and this run cover the same hosts."""
    prove(judge.same_hosts(delta, changed_hosts, policy.inspector.cis))
