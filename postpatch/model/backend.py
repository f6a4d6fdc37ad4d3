"""What answers a run's calls: AWS itself, the simulated AWS in a world, another endpoint, or two files."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """Where the evidence comes from."""

    SIMULATED = "simulated"
    LIVE = "live"
    RECORDED = "recorded"


@dataclass(frozen=True)
class Backend:
    """What answers a run's calls; `world` is set in simulation alone, `endpoint_url` where it is not AWS's own."""

    mode: Mode
    world: str = ""
    endpoint_url: str = ""

    @property
    def stage(self) -> str:
        """Return what replaced AWS, as evidence stores it: `world NAME`, an endpoint, or nothing."""
        return f"world {self.world}" if self.world else self.endpoint_url

    @property
    def simulated(self) -> bool:
        """Tell whether the run proves nothing about any real host: what answers is not AWS."""
        return self.mode is Mode.SIMULATED or bool(self.endpoint_url)

    def __str__(self) -> str:
        if self.mode is Mode.SIMULATED:
            return f"an embedded AWS, world {self.world}"
        return f"{self.endpoint_url}, which is not AWS" if self.endpoint_url else ""
