"""The verdict in GitHub's Markdown: `summary.md`, which is also shown on the page of a GitHub job.

It is generated from the content of `verify.json`, so both say the same.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from postpatch.model import DeltaClass, Mode, Sending
from postpatch.report.markdown import escaped, table
from postpatch.report.schema import CheckResult, NoticeResult, VerdictJson
from postpatch.report.schema_findings import FindingCounts
from postpatch.report.words import counted, number, shortened
from postpatch.verdict.hybrid import WITHOUT_INSPECTOR
from postpatch.verdict.run import Outcome, Run

# GitHub, "Workflow commands", adding a job summary: 1 MiB for each step, and a larger one is not shown at all.
STEP_LIMIT = 1024 * 1024
_REASON = 600
_CUT = "\n*Cut here to fit the limit: `verify.html` has the full report.*\n"


class Summary:
    """`summary.md`."""

    file = "summary.md"

    def write(self, run: Run, verdict: VerdictJson, path: Path) -> None:  # noqa: ARG002 - the interface of every format
        """Write the summary."""
        path.write_text(summary(verdict), encoding="utf-8")


def summary(verdict: VerdictJson, limit: int = STEP_LIMIT) -> str:
    """Return a run in Markdown, at most `limit` bytes of UTF-8; everything from AWS is escaped."""
    text = "".join(f"{line}\n" for line in _lines(verdict))
    if len(text.encode()) <= limit:
        return text
    room = limit - len(_CUT.encode())
    kept = text.encode()[: max(room, 0)].decode(errors="ignore")
    # Only whole lines: half a row would break its table.
    return kept[: kept.rfind("\n") + 1] + _CUT if room > 0 else ""


def _lines(verdict: VerdictJson) -> Iterator[str]:
    yield f"## {verdict['verdict']}: {escaped(verdict['sentence'])}"
    yield ""
    if verdict["headline"]:
        yield from (f"- {escaped(line)}" for line in verdict["headline"])
        yield ""
    if verdict["simulated"]:
        stage = verdict["endpoint_url"] or f"an embedded AWS, world {verdict['world']}"
        yield f"**SIMULATED, on {escaped(stage)}: this proves nothing about any real host.**"
        yield ""
    hosts = f"{counted(len(verdict['hosts']), 'host')} of " if verdict["hosts"] else ""
    where = f"account {escaped(str(verdict['account']))}, region {escaped(str(verdict['region']))}"
    yield f"{hosts}{escaped(_about(verdict))}, {where}, {verdict['engine']},"
    yield f"{verdict['mode']}, run {verdict['run']}, finished {verdict['finished_at'][:19]} UTC."
    if change := verdict["change"]:
        approved = f"approved by {escaped(change['approver'])}" if change["approver"] else ""
        yield ""
        yield f"Change: {', '.join(filter(None, (escaped(change['ticket'] or ''), approved)))}."
    if verdict["hybrid_nodes"]:
        nodes = counted(len(verdict["hybrid_nodes"]), "hybrid node")
        yield ""
        yield f"{nodes}, judged by Patch Manager alone: {', '.join(map(escaped, verdict['hybrid_nodes']))}."
    sections = (_cautions(verdict), _changes(verdict), _causes(verdict), _remains(verdict))
    for section in (*sections, _left_out(verdict["checks"]), _unsent(verdict["notices"])):
        lines = list(section)
        yield from ["", *lines] if lines else []
    yield ""
    yield "The report is `verify.html` in the run's evidence pack; `manifest.json` there names every file's sha256."


def _about(verdict: VerdictJson) -> str:
    before, after = verdict["baseline"], verdict["after"]
    if verdict["mode"] == Mode.RECORDED and before and after:
        return f"{before['source']}, then {after['source']}"
    return verdict["scope"]


def _cautions(verdict: VerdictJson) -> Iterator[str]:
    sides = (side for side in (verdict["baseline"], verdict["after"]) if side and verdict["mode"] == Mode.RECORDED)
    yield from (f"- {escaped(limit)}" for limit in dict.fromkeys(limit for side in sides for limit in side["limits"]))


def _changes(verdict: VerdictJson) -> Iterator[str]:
    if verdict["counts"] is None:
        no_findings = any(check["reason"] == WITHOUT_INSPECTOR for check in verdict["checks"])
        why = "were not compared: Inspector scans no hybrid node" if no_findings else "could not be compared"
        yield f"The findings {why}."
        return
    settings, scanned = verdict["configuration"], verdict["scanned_again"]
    if scanned and scanned["none"]:
        yield f"Findings after patching: not known: {scanned['sentence']}."
        return
    rows: list[tuple[str, FindingCounts]] = [("all findings", verdict["counts"])]
    rows += [(name.value, counts) for name, counts in (verdict["severities"] or {}).items() if any(counts.values())]
    rows += [("failed CIS checks", settings)] if settings and any(settings.values()) else []
    names = ("baseline", "after", *DeltaClass)
    yield from table(
        ("", *(name.replace("_", " ") for name in names)),
        ((title, *(number(counts[name]) for name in names)) for title, counts in rows),  # type: ignore[literal-required]
    )
    yield ""
    yield "Findings are those on packages and networks; severities are counted on hosts scanned both times."
    if scanned and scanned["sentence"]:
        yield f"Not known of all hosts: {scanned['sentence']}."


def _causes(verdict: VerdictJson) -> Iterator[str]:
    if not verdict["causes"]:
        yield "No check failed and every check could be evaluated."
        return
    rows = (
        (
            ", ".join(one["ids"]),
            one["outcome"],
            escaped(shortened(one["sentence"], _REASON)),
            escaped(one["next_step"]),
            escaped(one["owner"]),
            one["due"] or "no deadline",
        )
        for one in verdict["causes"]
    )
    yield from table(("checks", "outcome", "what went wrong", "what to do", "who", "by"), rows)
    yield from _following(verdict)
    commands = [command for one in verdict["causes"] for command in one["commands"]]
    if commands:
        # Longer than any run of backticks in it, so that nothing ends it early.
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", " ".join(commands))), 3)
        yield from ("", "Commands to copy:", "", f"{fence}sh", *commands, fence)


def _following(verdict: VerdictJson) -> Iterator[str]:
    outcomes = {check["id"]: check["outcome"] for check in verdict["checks"]}
    follow = [id_ for one in verdict["causes"] for id_ in one["follow"]]
    for outcome, words in ((Outcome.FAILED, "Failed"), (Outcome.ERROR, "Could not be checked")):
        ids = [id_ for id_ in follow if outcomes[id_] == outcome]
        if ids:
            yield from ("", f"{words} because of these: {', '.join(ids)}.")


def _remains(verdict: VerdictJson) -> Iterator[str]:
    scanned = verdict["scanned_again"]
    if verdict["counts"] is None:
        return
    if not verdict["remaining"]:
        where = " on a host that was scanned again" if scanned and scanned["sentence"] else ""
        if not (scanned and scanned["none"]):
            yield f"No finding of the baseline remains{where}."
        return
    rows = (
        (
            one["title"],
            number(one["findings"] - one["configuration"]),
            number(one["configuration"]),
            one["owner"],
            one["next_step"],
        )
        for one in sorted(verdict["remaining"], key=lambda one: (one["explained"], not one["patching_should"]))
    )
    yield from table(("what remains", "findings", "failed CIS checks", "who must act", "next step"), rows)


def _unsent(notices: Sequence[NoticeResult]) -> Iterator[str]:
    for one in notices:
        if one["state"] == Sending.FAILED:
            yield f"The verdict was not sent to {escaped(one['to'])}: {escaped(one['why'] or '')}."


def _left_out(checks: Sequence[CheckResult]) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for check in checks:
        if check["outcome"] == Outcome.NOT_ASSESSED:
            reasons.setdefault(check["reason"], []).append(check["id"])
    for reason, ids in reasons.items():
        yield f"Not assessed ({escaped(reason)}): {', '.join(ids)}."
