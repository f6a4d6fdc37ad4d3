"""The window's target: the right tags, and through them the right hosts."""

import pytest

from postpatch.verdict import recurring as judge
from postpatch.verdict.target import selected_hosts

pytestmark = pytest.mark.verify


@pytest.mark.check("TGT-1")
def test_target_selects_by_the_tags_of_the_policy(prove, window, policy):
    """The window has the policy's registered targets and no other, and they select hosts exactly as it says."""
    prove(judge.selectors(window, policy))


@pytest.mark.check("TGT-2")
def test_target_selects_every_host_in_scope_and_no_other(prove, window, hosts, members, hybrid):
    """The target selects every host in scope and no other, all of them managed and online."""
    prove(selected_hosts(window, hosts, members, hybrid.ids))
