"""What a run was asked to do, stored so that its verdict can be repeated from the evidence alone."""

from dataclasses import dataclass

from postpatch.model import NO_CHANGE, Backend, Change, Engine, Mode, Utc

REQUEST = "run.json"
POLICY = "policy.toml"


@dataclass(frozen=True)
class RunRequest:
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
    change: Change = NO_CHANGE

    @property
    def stage(self) -> str:
        """Return what replaced AWS: a world, an endpoint, or nothing."""
        return Backend(self.mode, self.world, self.endpoint_url).stage
