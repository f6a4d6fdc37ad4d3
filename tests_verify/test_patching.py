"""Patching: installed everywhere, and in effect."""

import pytest

from postpatch.verdict import patching as judge
from postpatch.verdict.hybrid import with_nodes_patched, with_nodes_rebooted

pytestmark = pytest.mark.verify


@pytest.mark.check("PATCH-1")
def test_every_host_was_patched_after_the_baseline(
    prove, patching, hosts, baseline, policy, never_patched, by_versions, image, hybrid
):
    """Every host in scope had a successful installation after the baseline."""
    since = baseline.manifest.taken_at
    found = judge.every_host_patched(patching, hosts, since, policy, never_patched, by_versions, image)
    prove(with_nodes_patched(found, hybrid, since, policy))


@pytest.mark.check("PATCH-2")
def test_no_host_awaits_a_reboot(prove, patching, hosts, never_patched, hybrid, policy):
    """No host has installed patches that wait for a reboot."""
    prove(with_nodes_rebooted(judge.no_reboot_pending(patching, hosts, never_patched), hybrid, policy))
