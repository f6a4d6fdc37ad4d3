"""What a fleet's run is to judge: `targets.json`, by which a missing pack and an unlisted account are found later."""

from dataclasses import dataclass
from pathlib import Path

from postpatch.evidence.kept import keep, read_kept
from postpatch.fleet.nodes import ListedHost, Unmanaged
from postpatch.fleet.targets import Listed, Targets
from postpatch.model import Utc

EXPECTED = "targets.json"
BASELINE, VERIFY = "baseline", "verify"


@dataclass(frozen=True)
class ExpectedTarget:
    """A target by the name of its folder, its account and its Region."""

    name: str
    account: str
    region: str


@dataclass(frozen=True)
class Expected:
    """The targets of one run of a fleet, when it began, and the accounts and hosts that it does not judge.

    `unmanaged` are hosts that Systems Manager does not manage: None where it was not asked. `stage` is what
    replaced AWS, or empty. No state of a run is in it: that is read from the packs.
    """

    phase: str
    began_at: Utc
    stage: str
    targets: tuple[ExpectedTarget, ...]
    left_out: tuple[Listed, ...] = ()
    unlisted: tuple[Listed, ...] = ()
    unmanaged: tuple[ListedHost, ...] | None = None
    hosts_left_out: tuple[ListedHost, ...] = ()
    format: int = 1


def expected_of(
    targets: Targets, phase: str, began_at: Utc, stage: str, unmanaged: Unmanaged | None = None
) -> Expected:
    """Return what a run of these targets sets out to judge."""
    listed = tuple(ExpectedTarget(one.name, one.account, one.region) for one in targets.targets)
    hosts, left_out = (unmanaged.hosts, unmanaged.left_out) if unmanaged else (None, ())
    return Expected(phase, began_at, stage, listed, targets.left_out, targets.unlisted, hosts, left_out)


def keep_expected(folder: Path, expected: Expected) -> None:
    """Write what is expected into the folder of a fleet, whole or not at all."""
    keep(folder / EXPECTED, expected, Expected)


def read_expected(folder: Path) -> Expected:
    """Return what the fleet in `folder` expects; BadEvidence if that cannot be read."""
    expected: Expected = read_kept(folder / EXPECTED, Expected)
    return expected
