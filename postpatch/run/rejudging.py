"""Judge an earlier run again from its stored evidence and policy, without calling AWS."""

import json
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from postpatch.errors import BadEvidence, BadOptions, BadPolicy
from postpatch.evidence.kept import read_kept
from postpatch.evidence.pack import EVIDENCE, VERDICT_JSON
from postpatch.evidence.request import POLICY, REQUEST, RunRequest
from postpatch.policy import load_policy
from postpatch.run.settings import Options, Settings, unknown_formats
from postpatch.verdict.run import Outcome

# The options for the source of the evidence and for the policy: a pack contains both.
_FOREIGN = (
    "aws", "world", "baseline", "after", "inspector", "endpoint_url", "policy", "read_only", "plan", "allow_imminent",
    "resume", "roles", "findings", "store", "change",
)  # fmt: skip


@dataclass(frozen=True)
class EarlierVerdict:
    """What an earlier run reported: whether it was interrupted, when it ended, and the results of its checks, by id.

    `left_out` and `errors` say why a check was not assessed, and why it could not be checked.
    """

    interrupted: bool
    checks: frozenset[str] = frozenset()
    left_out: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    finished_at: datetime | None = None


def resolve_pack(options: Options) -> Settings:
    """Resolve the options of a run on a pack; BadOptions says what is missing, or which options conflict with it."""
    pack = options.folder / Path(options.evidence).expanduser()
    foreign = [f"--{name.replace('_', '-')}" for name in _FOREIGN if getattr(options, name)]
    if foreign:
        raise BadOptions(f"--evidence judges the content of a pack and cannot be combined with {', '.join(foreign)}")
    if not options.reports:
        raise BadOptions("Name another folder with --reports: --evidence does not replace a report")
    if unknown := unknown_formats(options.formats):
        raise BadOptions("\n".join(unknown))
    reports = options.reports_path
    if reports.resolve() == pack.resolve():
        raise BadOptions(
            f"Name another folder with --reports: {reports} is the pack itself, and --evidence replaces no report"
        )
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
        formats=options.formats,
        change=request.change,
    )


def unpack(pack: Path, staging: Path) -> None:
    """Copy the evidence of a pack to `staging`, so that every step finds its value there; links are not copied."""
    for path in (pack / EVIDENCE).iterdir():
        if path.is_file() and not path.is_symlink():
            shutil.copyfile(path, staging / path.name)


@cache
def earlier_verdict(pack: Path) -> EarlierVerdict:
    """Return what the run of a pack reported; BadEvidence if its verdict cannot be read."""
    path = pack / VERDICT_JSON
    try:
        verdict: dict[str, Any] = json.loads(path.read_bytes())
        interrupted = bool(verdict["interrupted"])
        finished_at = datetime.fromisoformat(verdict["finished_at"])
        rows = {row["id"]: (row["outcome"], row["reason"]) for row in verdict["checks"]}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadEvidence(f"Ask for the pack as it was published: {path} holds no verdict: {error!r}.") from error
    left_out, errors = (
        {check: reason for check, (outcome, reason) in rows.items() if outcome == wanted}
        for wanted in (Outcome.NOT_ASSESSED, Outcome.ERROR)
    )
    return EarlierVerdict(interrupted, frozenset(rows), left_out, errors, finished_at)


def leave_unrecorded(pack: Path, report: Any) -> None:
    """Make the report of a check that needs what the pack does not hold one of a check that was not assessed.

    It is `declared` if the pack's own run had no such check: then it takes nothing from the verdict. Where that run
    could not check it, that stays so, with its reason.
    """
    before = earlier_verdict(pack)
    if report.check in before.errors:
        report.reason = report.longrepr = before.errors[report.check]
        return
    report.outcome, report.longrepr = "skipped", (*report.location[:2], report.reason)
    report.declared = report.check not in before.checks
