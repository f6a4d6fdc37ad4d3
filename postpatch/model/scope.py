"""What is judged, and by whom: the engine, the scope, the caller, the hosts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Engine(StrEnum):
    """Which Inspector assesses the hosts: v2, or Classic, which ended on 2026-05-20 and is available in simulation."""

    V2 = "v2"
    CLASSIC = "classic"

    @property
    def label(self) -> str:
        """Return its name for readers."""
        return "Inspector v2" if self is Engine.V2 else "Inspector Classic"

    @property
    def service(self) -> str:
        """Return its name in the API, and in manifests."""
        return "inspector2" if self is Engine.V2 else "inspector"


@dataclass(frozen=True)
class Scope:
    """Which hosts are judged: a kind (`stack`, `tag`, `auto_scaling_group`, `instances`), its values, a tag's key."""

    kind: str
    values: tuple[str, ...]
    key: str = ""

    def __str__(self) -> str:
        values = ", ".join(self.values)
        return f"{self.kind.replace('_', ' ')} {self.key}{'=' if self.key else ''}{values}"


@dataclass(frozen=True)
class Caller:
    """Who called AWS, as `sts:GetCallerIdentity` reports."""

    account: str
    region: str
    arn: str


@dataclass(frozen=True)
class Host:
    """An EC2 instance in scope; `state` is EC2's instance state name."""

    id: str
    name: str = ""
    state: str = "running"
    image: str = ""
    launched_at: datetime | None = None
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ManagedHost:
    """What Systems Manager knows of a host; `ping` is Online, ConnectionLost or Inactive."""

    host: str
    ping: str
    platform: str = ""
    agent_version: str = ""
