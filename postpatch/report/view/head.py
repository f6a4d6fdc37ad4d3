"""The head of the report: the figures of the run, the number of checks by outcome, and why findings remain."""

from dataclasses import dataclass

from postpatch.model import Mode
from postpatch.report.view.changes import Changes
from postpatch.report.view.remains import Remains
from postpatch.report.words import counted, number
from postpatch.verdict.delta import Delta
from postpatch.verdict.facts import naming
from postpatch.verdict.run import Outcome, Run


@dataclass(frozen=True)
class Figure:
    """One important number and what it counts."""

    name: str
    value: str


def figures(run: Run, changed: Changes | None) -> tuple[Figure, ...]:
    """Return the figures; one that could not be counted is left out, never shown as zero."""
    found = []
    if changed:
        found += _findings(run, changed)
    if run.scan and run.hosts:
        ids = {host.id for host in run.hosts}
        fresh = sum(scan.fresh for scan in run.scan.hosts if scan.host in ids)
        found.append(Figure("hosts scanned again", f"{number(fresh)} of {number(len(ids))}"))
    return tuple(found)


def _findings(run: Run, changed: Changes) -> list[Figure]:
    counts, scans = changed.everything, changed.scans
    if scans.none:
        return [Figure("active findings before", number(counts.baseline)), Figure("after, not known", scans.words)]
    return [
        Figure("active findings, before → after", f"{number(counts.baseline)} → {number(counts.after)}"),
        Figure("fixed", number(counts.fixed)),
        Figure("remain", number(counts.remaining)),
        Figure(_new(run), number(counts.new)),
        *([Figure("resurfaced: fixed before, active again", number(counts.resurfaced))] if counts.resurfaced else []),
        Figure("no longer visible, but not fixed", number(changed.not_visible)),
        *([Figure("not known of all hosts", scans.words)] if scans.words else []),
    ]


def _new(run: Run) -> str:
    late = run.late.total if run.late else 0
    return f"new, {number(late)} disclosed after patching" if late else "new"


def tally(run: Run) -> tuple[tuple[Outcome, int], ...]:
    """Return the number of checks by outcome, including zeros."""
    return tuple((outcome, sum(check.outcome is outcome for check in run.checks)) for outcome in Outcome)


def causes(kinds: tuple[Remains, ...]) -> str:
    """Return in one line why findings remain: `no fix from the vendor yet (15), configuration, not a package (28)`."""
    present = [kind for kind in kinds if kind.listing.findings]
    return "; ".join(
        f"{kind.explanation.title[0].lower()}{kind.explanation.title[1:]} ({number(kind.listing.findings)})"
        for kind in present
    )


def left(delta: Delta) -> str:
    """Return in words what remains: `20 findings and 28 failed CIS checks`, which the figures do not include."""
    settings = delta.configuration.remaining
    if delta.scans.none:
        return counted(settings, "failed CIS check")
    findings = counted(delta.counts.remaining, "finding")
    return f"{findings} and {counted(settings, 'failed CIS check')}" if settings else findings


def whence(run: Run) -> str:
    """Return in one line what the verdict is about, so that a screenshot of the head is complete."""
    where = f" in account {run.caller.account}, {run.caller.region}" if run.caller else ""
    if run.baseline and run.after and run.mode is Mode.RECORDED:
        # Two files are judged as they are: of whom they are the policy's scope does not say.
        judged = sorted({host.id for manifest in (run.baseline, run.after) for host in manifest.hosts})
        about = f"{counted(len(judged), 'host')} ({naming(judged)})" if judged else "no host"
        return f"{run.baseline.origin}, then {run.after.origin}: {about}{where}"
    hosts = f", {counted(len(run.hosts), 'host')}" if run.hosts else ""
    return f"{run.scope}{hosts}{where}"
