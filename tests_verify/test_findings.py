"""The findings: fewer, none worse, and each that remains explained."""

import pytest

from postpatch.verdict import findings as judge
from postpatch.verdict.gates import gate_limits, limits_hold
from postpatch.verdict.new_findings import nothing_new_that_was_fixable
from postpatch.verdict.progress import fewer_than_baseline, no_severity_worse
from postpatch.verdict.suppression import nothing_suppressed
from postpatch.verdict.waivers import waiver_uses, waivers_current

pytestmark = pytest.mark.verify


@pytest.mark.check("FIND-1")
def test_fewer_findings_than_the_baseline(prove, delta, late):
    """Fewer findings are active than before patching, on the hosts that were looked at both times."""
    prove(fewer_than_baseline(delta, late))


@pytest.mark.check("FIND-2")
def test_no_severity_got_worse(prove, delta, late):
    """Of no severity and worse are there more active findings than before patching."""
    prove(no_severity_worse(delta, late))


@pytest.mark.check("FIND-3")
def test_nothing_new_that_the_patch_round_should_have_fixed(prove, delta, policy, round_of, late, judged_at):
    """No finding is new whose fix was known before the patch round."""
    prove(nothing_new_that_was_fixable(delta, policy, round_of, late, judged_at))


@pytest.mark.check("FIND-4")
def test_nothing_remains_that_patching_should_have_removed(prove, delta, stories, policy, judged_at):
    """No finding remains whose cause a patch round that works rules out."""
    prove(judge.nothing_remains_patchable(delta, stories, policy, judged_at))


@pytest.mark.check("FIND-5")
def test_every_remaining_finding_is_explained(prove, delta, stories, policy, judged_at):
    """For every finding that remains AWS's own data proves a cause, or its risk is accepted."""
    prove(judge.everything_explained(delta, stories, policy, judged_at))


@pytest.mark.check("FIND-6")
def test_nothing_was_suppressed_to_pass(prove, delta, suppression, baseline):
    """No finding of the baseline was suppressed instead of fixed, and no rule made since hides a new one."""
    prove(nothing_suppressed(delta, suppression, baseline.manifest.taken_at))


@pytest.mark.check("FIND-7")
def test_waivers_are_current(prove, delta, policy, judged_at):
    """No waiver of the policy has expired."""
    prove(waivers_current(waiver_uses(delta, policy, judged_at)))


@pytest.mark.check("FIND-8")
def test_the_gates_limits_hold(prove, delta, policy, exploits, judged_at):
    """No more findings are active than the policy allows, and nothing was opened since the baseline."""
    prove(limits_hold(gate_limits(delta, policy, exploits, judged_at), policy))
