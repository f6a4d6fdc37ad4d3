"""Every world over HTTP: a served AWS is judged as tests/catalogue has the embedded one judged, check by check."""

import json
import operator
from collections.abc import Iterator
from pathlib import Path

import pytest

from postpatch.policy import load_policy
from postpatch.run.deployment import deployment_of
from postpatch.simulator import worlds
from tests.catalogue.rows import assessed
from tests.suite.world_policies import in_toml

NAME = operator.attrgetter("name")
GREEN = [world for world in worlds().values() if not (world.red or world.errors)]
RED = [world for world in worlds().values() if world.red or world.errors]
pytestmark = pytest.mark.external


@pytest.fixture
def verify(serve, judge, tmp_path):
    """Return what takes a baseline of a served world, remediates and verifies: its exit code, outcomes and output."""

    def over_http(world):
        # Over HTTP a run waits in real time: few polls, each a long time for the simulated AWS.
        # A world that limits the wait does so because a run waits in vain in it: two minutes are many polls.
        wait = {"poll_seconds": 1, **({"minutes": 2} if world.policy.get("wait") else {})}
        policy = tmp_path / "policy.toml"
        policy.write_text(in_toml({**world.policy, "wait": wait}), encoding="utf-8")
        server = serve(world.name, "--poll-takes", "300", *where(policy))
        engine = "classic" if world.engine == "classic" else "v2"
        live = ["--aws", "live", "--inspector", engine, "--endpoint-url", server.url, f"--policy={policy}"]
        code, out = judge(tmp_path, "-m", "baseline", *live)
        assert code == 0, out
        server.remediate()
        code, out = judge(tmp_path, "-m", "verify", *live)
        verdict = json.loads((tmp_path / "verify.json").read_text(encoding="utf-8"))
        return code, {check["id"]: check["outcome"] for check in verdict["checks"]}, out

    return over_http


def where(policy: Path) -> Iterator[str]:
    """Yield the options that serve a world where the policy wants it, and a rehearsal has it by itself."""
    deployment = deployment_of(load_policy(policy))
    yield from ("--stack", deployment.stack, "--baseline", deployment.baseline)
    for key, value in deployment.tags.items():
        yield from ("--tag", f"{key}={value}")


@pytest.mark.parametrize("world", GREEN, ids=NAME)
def test_a_green_world_is_green_over_http(world, verify):
    """Every check is proven, but for those that are not assessed in this world."""
    code, outcomes, out = verify(world)
    assert {check for check, outcome in outcomes.items() if outcome == "passed"} == assessed(world), out
    assert code == 0


@pytest.mark.parametrize("world", RED, ids=NAME)
def test_a_red_world_is_red_over_http(world, verify):
    """The checks that the world names fail or are errors, and no others."""
    code, outcomes, out = verify(world)
    wrong = {check: outcome for check, outcome in outcomes.items() if outcome in ("failed", "error")}
    assert wrong == dict.fromkeys(world.red, "failed") | dict.fromkeys(world.errors, "error"), out
    assert code == (1 if world.red else 10)
