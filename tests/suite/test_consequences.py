"""One package of one host makes the difference: findings, patch state, cause and verdict follow it to the end."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.sides import side
from postpatch.policy import load_policy
from postpatch.simulator import worlds
from postpatch.verdict import findings as judge
from postpatch.verdict import patching as patch_judge
from postpatch.verdict.causes import stories
from postpatch.verdict.delta import Delta
from tests.suite.rehearsing import BEGINS, ROOT, look_at

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
        look, policy = (
            look_at(Path(folder), _workshop_in_which_it_fails(name, number)),
            load_policy(ROOT / "verify.toml"),
        )
        patching, left = look.at("patching"), look.at("leftovers")
        (failed,) = [state.host for state in patching.states if state.failed]
        told = stories(patching, left)
        baseline_at = look.at("baseline").manifest.taken_at
        with Delta(side(look.at("baseline")), side(look.at("after"))) as delta:
            stayed = [one for one in judge.remaining(delta, told) if one.kind == "install_failed"]
            assert stayed
            assert {one.finding.host for one in stayed} == {failed} == set(left.hosts)
            assert all(name in {package.name for package in one.finding.packages} for one in stayed)
            assert not judge.nothing_remains_patchable(delta, told, policy, BEGINS).holds
            assert judge.everything_explained(delta, told, policy, BEGINS).holds
            assert delta.counts.after < delta.counts.baseline
        assert failed in patch_judge.every_host_patched(patching, look.at("hosts"), baseline_at).reason
