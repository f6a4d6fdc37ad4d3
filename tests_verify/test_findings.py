"""The findings: fewer, none worse, and each that remains explained."""

import pytest

from postpatch.verdict import findings as judge

pytestmark = pytest.mark.verify


@pytest.mark.check("FIND-1")
def test_fewer_findings_than_the_baseline(prove, delta):
    """Fewer findings are active than before patching, on the hosts that were looked at both times."""
    prove(judge.fewer_than_baseline(delta))


@pytest.mark.check("FIND-2")
def test_no_severity_got_worse(prove, delta):
    """Of no severity are there more active findings than before patching."""
    prove(judge.no_severity_worse(delta))


@pytest.mark.check("FIND-3")
def test_nothing_new_that_the_patch_round_should_have_fixed(prove, delta, policy, round_at, judged_at):
    """No finding is new whose fix was known before the patch round."""
    prove(judge.nothing_new_that_was_fixable(delta, policy, round_at, judged_at))


@pytest.mark.check("FIND-4")
def test_nothing_remains_that_patching_should_have_removed(prove, delta, stories, policy, judged_at):
    """No finding remains whose cause a patch round that works rules out."""
    prove(judge.nothing_remains_patchable(delta, stories, policy, judged_at))


@pytest.mark.check("FIND-5")
def test_every_remaining_finding_is_explained(prove, delta, stories, policy, judged_at):
    """For every finding that remains AWS's own data proves a cause, or its risk is accepted."""
    prove(judge.everything_explained(delta, stories, policy, judged_at))


@pytest.mark.check("FIND-6")
def test_nothing_was_suppressed_to_pass(prove, delta):
    """No finding of the baseline was suppressed instead of fixed."""
    prove(judge.nothing_suppressed(delta))


@pytest.mark.check("FIND-7")
def test_waivers_are_current(prove, delta, policy, judged_at):
    """No waiver of the policy has expired."""
    prove(judge.waivers_current(delta, policy, judged_at))
