"""Judge again what an earlier run kept: its evidence and its policy, and nothing of AWS."""

import json
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from postpatch.errors import BadEvidence, BadOptions, BadPolicy
from postpatch.evidence.kept import read_kept
from postpatch.evidence.pack import EVIDENCE, VERDICT_JSON
from postpatch.evidence.request import POLICY, REQUEST, RunRequest
from postpatch.policy import load_policy
from postpatch.run.settings import Options, Settings

# The options that say where evidence comes from, or what it is judged by: a pack says so itself.
_FOREIGN = (
    "aws",
    "world",
    "baseline",
    "after",
    "inspector",
    "endpoint_url",
    "policy",
    "read_only",
    "plan",
    "allow_imminent",
)
_NOT_ASSESSED = "not assessed"


@dataclass(frozen=True)
class EarlierVerdict:
    """What an earlier run said of itself: whether it was interrupted, and why it left out which checks."""

    interrupted: bool
    left_out: dict[str, str] = field(default_factory=dict)


def resolve_pack(options: Options) -> Settings:
    """Resolve the options of a run on a pack; BadOptions says what is missing in it, or does not go with it."""
    pack = options.folder / Path(options.evidence).expanduser()
    foreign = [f"--{name.replace('_', '-')}" for name in _FOREIGN if getattr(options, name)]
    if foreign:
        raise BadOptions(f"--evidence judges a pack by what it holds: it does not go with {', '.join(foreign)}")
    if not options.reports:
        raise BadOptions("--evidence replaces no report: name a folder of its own with --reports")
    reports = options.reports_path
    if reports.resolve() == pack.resolve():
        raise BadOptions(f"--reports {reports} is the pack itself: judging again replaces no report")
    try:
        earlier_verdict(pack)
        request: RunRequest = read_kept(pack / EVIDENCE / REQUEST, RunRequest)
        policy = load_policy(pack / EVIDENCE / POLICY)
    except (BadEvidence, BadPolicy) as error:
        raise BadOptions(f"{pack} cannot be judged again: {error}") from error
    return Settings(
        mode=request.mode,
        mode_from=f"judged again from {pack}",
        engine=request.engine,
        world=request.world,
        endpoint_url=request.endpoint_url,
        policy=policy,
        policy_path=pack / EVIDENCE / POLICY,
        reports=reports,
        baseline=None,
        after=None,
        read_only=request.read_only,
        allow_imminent=False,
        allow_partial=True,
        ci=False,
        pack=pack,
    )


def unpack(pack: Path, staging: Path) -> None:
    """Copy what a pack's run kept into `staging`, so that every step finds its value there; links are left alone."""
    for path in (pack / EVIDENCE).iterdir():
        if path.is_file() and not path.is_symlink():
            shutil.copyfile(path, staging / path.name)


@cache
def earlier_verdict(pack: Path) -> EarlierVerdict:
    """Return what the run of a pack said of itself; BadEvidence if its verdict cannot be read."""
    path = pack / VERDICT_JSON
    try:
        verdict: dict[str, Any] = json.loads(path.read_bytes())
        left_out = {row["id"]: row["reason"] for row in verdict["checks"] if row["outcome"] == _NOT_ASSESSED}
        return EarlierVerdict(bool(verdict["interrupted"]), left_out)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadEvidence(f"Ask for the pack as it was published: {path} holds no verdict: {error!r}.") from error
