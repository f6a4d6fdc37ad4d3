"""How a run began: what it was asked to do, kept so that its verdict can be repeated from the evidence alone."""

from dataclasses import dataclass

from postpatch.evidence.manifest import Utc
from postpatch.model import Engine, Mode

BEGUN = "run.json"
POLICY = "policy.toml"


@dataclass(frozen=True)
class Begun:
    """What a run was asked. `started_at` is the moment for which a run on two files judges; `policy` is a file's name.

    The policy itself is kept beside it as `policy.toml`, as it read when the run began.
    """

    id: str
    started_at: Utc
    tool: str
    mode: Mode
    engine: Engine
    world: str
    endpoint_url: str
    read_only: bool
    policy: str

    @property
    def stage(self) -> str:
        """Return what stood in for AWS: a world, an endpoint, or nothing."""
        return f"world {self.world}" if self.world else self.endpoint_url
