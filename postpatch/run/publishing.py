"""Publish a judged run: lay out its evidence pack in the staging folder, seal it, and move it into place."""

import shutil
from pathlib import Path

from postpatch.evidence.pack import EVIDENCE, PackManifest, seal
from postpatch.report.formats import EXPORTS, FORMATS, exported
from postpatch.report.schema import VerdictJson
from postpatch.report.summary import STEP_LIMIT, summary
from postpatch.report.verdict_json import verdict_json
from postpatch.run.settings import Settings
from postpatch.run.staging import publish
from postpatch.verdict.run import Run

REPORT = "verify.html"
_JUNIT = "junit.xml"
_OUTPUTS = tuple(one.file for one in (*FORMATS, *exported(EXPORTS)))
_PACK = (EVIDENCE, REPORT, *_OUTPUTS)
# What a collection stores in the staging folder, including the errors of steps, which are evidence as well.
_STORED = ("*.json", "*.error", "*.ndjson", "*.ndjson.gz", "*.toml")


def write_files(run: Run, staging: Path, formats: tuple[str, ...] = ()) -> VerdictJson:
    """Write the run in each output format, and in those named; return the content of `verify.json`."""
    verdict = verdict_json(run)
    for one in (*FORMATS, *exported(formats)):
        one.write(run, verdict, staging / one.file)
    return verdict


def publish_pack(run: Run, staging: Path, settings: Settings, junit: Path | None) -> str:
    """Seal the pack in `staging` and move it to the reports; return the sha256 of its manifest.

    `junit` is the path of pytest's JUnit file: the file stays there, and the pack gets a copy.
    """
    evidence = staging / EVIDENCE
    evidence.mkdir()
    for pattern in _STORED:
        for path in staging.glob(pattern):
            if path.name not in _OUTPUTS:
                path.rename(evidence / path.name)
    if junit and junit.is_file():
        shutil.copyfile(junit, evidence / _JUNIT)
    sealed = seal(staging, _files(staging), _about(run, settings))
    publish(staging, settings.reports, _PACK, settings.policy.reports.keep)
    return sealed


def append_step_summary(verdict: VerdictJson, path: Path) -> str:
    """Append the summary to GitHub's file for the step at `path`; return why that failed, or nothing.

    GitHub shows no summary of a step beyond its limit, which includes what others wrote.
    """
    try:
        limit = STEP_LIMIT - (path.stat().st_size if path.exists() else 0)
        with path.open("a", encoding="utf-8") as file:
            file.write(summary(verdict, limit=limit))
    except OSError as error:
        return f"GITHUB_STEP_SUMMARY was not written: {error}"
    return ""


def _files(staging: Path) -> list[str]:
    at_top = [name for name in _PACK if (staging / name).is_file()]
    return [*at_top, *(f"{EVIDENCE}/{path.name}" for path in (staging / EVIDENCE).iterdir())]


def _about(run: Run, settings: Settings) -> PackManifest:
    return PackManifest(
        tool=run.tool,
        run=run.id,
        mode=run.mode,
        stage=settings.stage,
        verdict=run.verdict.value,
        change=run.change,
        started_at=run.started_at,
        finished_at=run.finished_at,
    )
