"""The findings: fewer, none worse, and each that remains explained."""

import pytest

from postpatch.verdict import findings as judge
from postpatch.verdict.by_role import fewer_by_role, no_severity_worse_by_role
from postpatch.verdict.changed_hosts import replaced_fleet
from postpatch.verdict.gates import limits_hold
from postpatch.verdict.new_findings import nothing_new_that_was_fixable
from postpatch.verdict.progress import fewer_than_baseline, no_severity_worse
from postpatch.verdict.suppression import nothing_suppressed
from postpatch.verdict.waivers import waivers_current

pytestmark = pytest.mark.verify


@pytest.mark.check("FIND-1")
def test_fewer_findings_than_the_baseline(prove, delta, late, removable, changed_hosts, by_role):
    """Fewer findings that patching can remove are active than in the baseline, or none both times."""
    prove(
        fewer_by_role(by_role, delta)
        or replaced_fleet(delta, changed_hosts)
        or fewer_than_baseline(delta, late, removable)
    )


@pytest.mark.check("FIND-2")
def test_no_severity_got_worse(prove, delta, late, removable, changed_hosts, by_role):
    """At every severity level and above, no more findings that patching can remove are active than before it."""
    prove(
        no_severity_worse_by_role(by_role, delta)
        or replaced_fleet(delta, changed_hosts)
        or no_severity_worse(delta, late, removable)
    )


@pytest.mark.check("FIND-3")
def test_nothing_new_that_patching_should_have_fixed(prove, delta, waivers, policy, late, remaining, holding):
    """No new finding already had a fix before patching."""
    prove(nothing_new_that_was_fixable(delta, waivers, policy, late, remaining, holding))


@pytest.mark.check("FIND-4")
def test_nothing_remains_that_patching_should_have_removed(prove, remaining, waivers, policy, holding):
    """No finding remains that successful patching would have removed."""
    prove(judge.nothing_remains_patchable(remaining, waivers, policy, holding))


@pytest.mark.check("FIND-5")
def test_every_remaining_finding_is_explained(prove, remaining, waivers, policy):
    """AWS's own data proves a cause for every remaining finding, or its risk is accepted."""
    prove(judge.everything_explained(remaining, waivers, policy))


@pytest.mark.check("FIND-6")
def test_nothing_was_suppressed_to_pass(prove, delta, suppression, waivers, policy, holding):
    """No suppression rule, whenever it was made, hides a finding that patching could remove."""
    prove(nothing_suppressed(delta, suppression, waivers, policy, holding))


@pytest.mark.check("FIND-7")
def test_waivers_are_current(prove, waiver_uses):
    """No waiver of the policy has expired."""
    prove(waivers_current(waiver_uses))


@pytest.mark.check("FIND-8")
def test_the_limits_of_the_policy_hold(prove, gate, policy):
    """No more findings are active than the policy allows, and no port or setting was opened since the baseline."""
    prove(limits_hold(gate, policy))
