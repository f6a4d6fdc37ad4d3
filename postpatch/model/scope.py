"""What is judged, and by whom: the engine, the scope, the caller, the hosts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_GROUP_TAG = "aws:autoscaling:groupName"  # AWS puts it on the instances of an Auto Scaling group


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


class CisScans(StrEnum):
    """Whether a CIS scan must complete (`require`), may fail (`optional`), or is not carried out at all (`off`)."""

    REQUIRE = "require"
    OPTIONAL = "optional"
    OFF = "off"


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
class ScopeMembers:
    """The ids of the instances that a scope names, and what of a stack was not looked into.

    `unexamined` are resources that may own instances: custom ones, stack sets, and nested stacks that the policy
    leaves out. `others` are the types of all other resources, which are taken to own none. `warm` are the ids of the
    instances that wait in warm pools, where the policy leaves these out.
    """

    ids: tuple[str, ...]
    unexamined: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    warm: tuple[str, ...] = ()


@dataclass(frozen=True)
class Host:
    """An EC2 instance in scope; `state` is EC2's instance state name.

    `replaced_by_image`: the policy says that it is replaced by a new image and never patched in place.
    """

    id: str
    name: str = ""
    state: str = "running"
    image: str = ""
    launched_at: datetime | None = None
    tags: tuple[tuple[str, str], ...] = ()
    replaced_by_image: bool = False

    @property
    def group(self) -> str:
        """Return the Auto Scaling group that the instance belongs to, or nothing."""
        return dict(self.tags).get(_GROUP_TAG, "")


@dataclass(frozen=True)
class ManagedHost:
    """What Systems Manager knows of a host; `ping` is Online, ConnectionLost or Inactive."""

    host: str
    ping: str
    platform: str = ""
    agent_version: str = ""
