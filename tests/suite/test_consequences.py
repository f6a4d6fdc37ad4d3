"""One package of one host makes the difference: findings, patch state, cause and verdict follow it to the end."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.aws import Room
from fixtures.look import Look
from fixtures.settings import Settings
from fixtures.sides import side
from fixtures.steps import AWS_STEPS
from postpatch.model import Engine, Mode
from postpatch.policy import load_policy
from postpatch.simulator import Simulator, worlds
from postpatch.verdict import findings as judge
from postpatch.verdict import patching as patch_judge
from postpatch.verdict.causes import stories
from postpatch.verdict.delta import Delta

ROOT = Path(__file__).parents[2]
BEGINS = datetime(2026, 11, 20, 21, tzinfo=UTC)
PACKAGES = ["curl-minimal", "expat", "libxml2", "openssl-libs", "python3-libs", "glibc"]


class Silent:
    """A progress line that nobody reads."""

    def say(self, line):
        """Say nothing."""

    def update(self, scanned, hosts, state):
        """Show nothing."""

    def close(self):
        """Take nothing away."""


def _look(folder, name, number):
    """Return a look at `workshop` in which the installation of one package fails on one host."""
    told = Settings(
        mode=Mode.SIMULATED, mode_from="a test", engine=Engine.V2, world="workshop", endpoint_url="",
        policy=load_policy(ROOT / "verify.toml"), policy_path=ROOT / "verify.toml", reports=folder, baseline=None,
        after=None, read_only=False, allow_imminent=False, allow_partial=False, ci=False,
    )  # fmt: skip
    workshop = worlds()["workshop"]

    def remediate(aws):
        wanted = [{"Name": "tag:aws:cloudformation:stack-name", "Values": ["pww"]}]
        answer = aws.client("ec2").describe_instances(Filters=wanted)
        ids = sorted(one["InstanceId"] for group in answer["Reservations"] for one in group["Instances"])
        aws.fleet.host(ids[number]).breaks_on = frozenset({name})
        workshop.remediate(aws)

    room = Room(told, Silent())
    vars(room)["simulator"] = Simulator(replace(workshop, remediate=remediate), BEGINS)
    return Look(folder, AWS_STEPS, (), shared=False, room=room), told.policy


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(PACKAGES), number=st.integers(0, 2))
def test_a_package_that_did_not_install_turns_the_verdict(name, number):
    """Its findings remain on that host alone, its patch state has a failure, and the report knows why."""
    with TemporaryDirectory() as folder:
        look, policy = _look(Path(folder), name, number)
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
            assert judge.fewer_than_baseline(delta).holds
        assert failed in patch_judge.every_host_patched(patching, look.at("hosts"), baseline_at).reason
