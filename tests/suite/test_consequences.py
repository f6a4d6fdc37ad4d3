"""One package of one host makes the difference: findings, patch state, cause and verdict follow it to the end."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postpatch.simulator import worlds
from postpatch.verdict import findings as judge
from postpatch.verdict import patching as patch_judge
from tests.suite.rehearsing import collection_of

PACKAGES = ["curl-minimal", "expat", "libxml2", "openssl-libs", "python3-libs", "glibc"]


def _workshop_in_which_it_fails(name, number):
    """Return `workshop`, in which the installation of one package fails on one host."""
    workshop = worlds()["workshop"]

    def remediate(aws):
        wanted = [{"Name": "tag:aws:cloudformation:stack-name", "Values": ["pww"]}]
        answer = aws.client("ec2").describe_instances(Filters=wanted)
        ids = sorted(one["InstanceId"] for group in answer["Reservations"] for one in group["Instances"])
        aws.fleet.host(ids[number]).breaks_on = frozenset({name})
        workshop.remediate(aws)

    return replace(workshop, remediate=remediate)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(PACKAGES), number=st.integers(0, 2))
def test_a_package_that_did_not_install_turns_the_verdict(name, number):
    """Its findings remain on that host alone, its patch state has a failure, and the report knows why."""
    with TemporaryDirectory() as folder:
        case = collection_of(Path(folder), _workshop_in_which_it_fails(name, number)).case
        stored = case.evidence
        (failed,) = [state.host for state in stored.patching.states if state.failed]
        stayed = [one for one in case.remaining if one.kind == "install_failed"]
        assert stayed
        assert {one.finding.host for one in stayed} == {failed} == set(stored.leftovers.hosts)
        assert all(name in {package.name for package in one.finding.packages} for one in stayed)
        assert not judge.nothing_remains_patchable(case.remaining, case.waivers, case.policy).holds
        assert judge.everything_explained(case.remaining, case.waivers).holds
        assert case.delta.counts.after < case.delta.counts.baseline
        baseline_at = stored.baseline.manifest.taken_at
        assert failed in patch_judge.every_host_patched(stored.patching, stored.hosts, baseline_at, case.policy).reason
