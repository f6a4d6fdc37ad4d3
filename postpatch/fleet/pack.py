"""One pack of a fleet: checked as `evidence check` does, and read for what the fleet's report says of it."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from postpatch.evidence.pack import EVIDENCE, VERDICT_JSON, NotAPack, PackManifest, digest, read_document, read_manifest
from postpatch.evidence.pack_check import problems
from postpatch.evidence.request import POLICY
from postpatch.text.places import with_names
from postpatch.verdict.checks import CHECKS
from postpatch.verdict.run import Outcome, Verdict

_SAID = 5  # problems of one pack that are listed
FAMILIES = tuple(dict.fromkeys(check.id.partition("-")[0] for check in CHECKS))
# From the worst on, as in the verdict of one run.
_WORST = (Outcome.FAILED, Outcome.ERROR, Outcome.NOT_ASSESSED, Outcome.PASSED)


@dataclass(frozen=True)
class Family:
    """The checks of one family: their worst outcome, and the ids of those that have it; none if all passed."""

    outcome: Outcome
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadPack:
    """What a pack says. `problems` are why it is not the pack as it was published; nothing else of it is read then."""

    folder: Path
    problems: tuple[str, ...] = ()
    manifest: PackManifest | None = None
    sha256: str = ""
    account: str = ""
    region: str = ""
    verdict: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """Return the name of its folder."""
        return self.folder.name

    @property
    def started_at(self) -> datetime | None:
        """Return when its run began."""
        return self.manifest.started_at if self.manifest else None

    @property
    def families(self) -> dict[str, Family]:
        """Return the families of checks by name; none of a pack that was not read."""
        rows = self.verdict["checks"] if self.verdict else []
        by_family: dict[str, list[tuple[str, Outcome]]] = {}
        for row in rows:
            by_family.setdefault(row["id"].partition("-")[0], []).append((row["id"], Outcome(row["outcome"])))
        return {name: _family(checks) for name, checks in by_family.items()}


def read_pack(folder: Path) -> ReadPack:
    """Check the pack in `folder` and read it; what is wrong is in its `problems`, and nothing is raised."""
    try:
        manifest = read_manifest(folder)
        found = [str(problem) for problem in problems(folder, manifest)]
        if found:
            more = [f"and {len(found) - _SAID} more"] if len(found) > _SAID else []
            return ReadPack(folder, (*found[:_SAID], *more), manifest)
        scope = tomllib.loads(read_document(folder / EVIDENCE / POLICY).decode())["scope"]
        pack = ReadPack(
            folder, (), manifest, digest(folder), scope["account"], scope["region"], _verdict(folder / VERDICT_JSON)
        )
        _ = pack.families  # read now, so that a verdict of another shape is a problem of this pack
    except NotAPack as error:
        return ReadPack(folder, (with_names(str(error)),))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return ReadPack(
            folder, (f"{VERDICT_JSON} or {POLICY} cannot be read: {type(error).__name__} {error}",), manifest
        )
    return pack


def _verdict(path: Path) -> dict[str, Any]:
    verdict = json.loads(read_document(path))
    Verdict(verdict["verdict"])
    for key in ("sentence", "hosts", "remaining", "simulated", "interrupted"):
        verdict[key]
    found: dict[str, Any] = verdict
    return found


def _family(checks: list[tuple[str, Outcome]]) -> Family:
    worst = next(outcome for outcome in _WORST if any(outcome is one for _, one in checks))
    return Family(worst, () if worst is Outcome.PASSED else tuple(check for check, one in checks if one is worst))
