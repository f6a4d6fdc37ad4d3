"""A collection in a world of a test's own, step by step in this process."""

from datetime import UTC, datetime
from pathlib import Path

from postpatch.model import Engine, Mode
from postpatch.policy import load_policy
from postpatch.run.collection import Collection
from postpatch.run.evidence import AwsEvidence
from postpatch.run.session import Session
from postpatch.run.settings import Settings
from postpatch.run.steps.order import AWS_STEPS
from postpatch.simulator import Simulator

ROOT = Path(__file__).parents[2]
BEGINS = datetime(2026, 11, 20, 21, tzinfo=UTC)


class Silent:
    """A progress line that nobody reads."""

    def say(self, line):
        """Say nothing."""

    def update(self, scanned, hosts, state):
        """Show nothing."""

    def close(self):
        """Take nothing away."""


def collection_of(folder, world, policy_path=ROOT / "verify.toml", simulator=None):
    """Return a collection in a world, which need not be one of those that `--world` knows.

    `simulator` is one whose story goes on; otherwise the world begins.
    """
    settings = Settings(
        mode=Mode.SIMULATED, mode_from="a test", engine=Engine.V2 if world.engine == "inspector2" else Engine.CLASSIC,
        world=world.name, endpoint_url="", policy=load_policy(policy_path), policy_path=policy_path, reports=folder,
        baseline=None, after=None, read_only=False, allow_imminent=False, allow_partial=False, ci=False,
    )  # fmt: skip
    session = Session(settings, Silent())
    vars(session)["simulator"] = simulator or Simulator(world, BEGINS)
    return Collection(folder, AWS_STEPS, (), shared=False, session=session, evidence=AwsEvidence)
