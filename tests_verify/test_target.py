"""The window's target: the right tags, and through them the right hosts."""

import pytest

from postpatch.verdict import window as judge

pytestmark = pytest.mark.verify


@pytest.mark.check("TGT-1")
def test_target_selects_by_the_tags_of_the_policy(prove, window, policy):
    """The window has one registered target, and it selects by exactly the policy's tags."""
    prove(judge.target_tags(window, policy))


@pytest.mark.check("TGT-2")
def test_target_selects_every_host_in_scope_and_no_other(prove, window, hosts, members):
    """The target's tags select every host in scope and no other, all of them managed and online."""
    prove(judge.selected_hosts(window, hosts, members))
