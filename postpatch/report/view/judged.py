"""What was judged, by whom, from what: the rows of the report's first tables."""

from postpatch.model import Mode
from postpatch.report.words import counted, number, utc
from postpatch.verdict.run import Looked, Outcome, Run

Row = tuple[str, str]

_MODES = {
    Mode.SIMULATED: "simulated",
    Mode.LIVE: "live: AWS itself",
    Mode.RECORDED: "recorded: two exported files, without AWS",
}
_UNKNOWN = "could not be looked at"


def subject(run: Run) -> tuple[Row, ...]:
    """Return what was judged and by what means, for a run of any mode."""
    caller, recorded = run.caller, run.mode is Mode.RECORDED
    unknown = "not known: AWS was not asked" if recorded else _UNKNOWN
    rows = [
        ("Account", caller.account if caller else unknown),
        ("Region", caller.region if caller else unknown),
        ("Caller", caller.arn if caller and caller.arn else unknown),
        ("Scope", f"{run.scope}{', by the policy; the files are judged as they are' if recorded else ''}"),
        ("Hosts in scope", counted(len(run.hosts), "host") if run.hosts else unknown),
        ("Mode", f"{_MODES[run.mode]}{f', on {run.stage}: no real host' if run.simulated else ''}"),
        ("Inspector engine", run.engine),
        ("Changes to AWS", _changes(run)),
        ("Policy", run.policy),
        ("Policy's sha256", run.policy_sha256),
        ("Tool", run.tool),
        ("Run started", utc(run.started_at)),
        ("Run finished", utc(run.finished_at)),
        *_assessment(run),
    ]
    return tuple(rows)


def sides(run: Run) -> tuple[tuple[str, str, str], ...]:
    """Return the rows that set the baseline beside the findings after patching."""
    baseline, after = _side(run.baseline), _side(run.after)
    return tuple((name, before, later) for (name, before), (_, later) in zip(baseline, after, strict=True))


def tally(run: Run) -> tuple[tuple[Outcome, int], ...]:
    """Return how many checks came out how, zeros too."""
    return tuple((outcome, sum(check.outcome is outcome for check in run.checks)) for outcome in Outcome)


def _changes(run: Run) -> str:
    if run.mode is Mode.RECORDED:
        return "none: AWS was not asked"
    return "none: reading only" if run.read_only else "allowed: what is absent may be created"


def _assessment(run: Run) -> list[Row]:
    launch = run.scan.launch if run.scan else run.launch
    if launch is None:
        return [] if run.mode is Mode.RECORDED else [("Assessment", _UNKNOWN)]
    started = "launched" if launch.started else "not launched, judged as found"
    rows = [("Assessment", f"{started} {utc(launch.launched_at)}")]
    if run.scan:
        limit = ", stopped at the limit of the wait" if run.scan.timed_out else ""
        rows.append(("Assessment finished", f"{utc(run.scan.finished_at)}{limit}"))
        if run.scan.assessment_run:
            return [*rows, ("Assessment run", f"{run.scan.assessment_state} {run.scan.assessment_run}")]
        rows.append(("Inventory association", run.scan.inventory_state or "none found"))
        rows.append(("CIS scan", f"{run.scan.cis_state or 'none found'} {run.scan.cis_scan}".strip()))
    return rows


def _side(looked: Looked | None) -> tuple[Row, ...]:
    names = ("Source", "Looking began", "Taken at", "Findings kept", "Set aside", "sha256")
    if looked is None:
        return tuple((name, _UNKNOWN) for name in names)
    values = (
        looked.source,
        utc(looked.started_at),
        utc(looked.taken_at),
        f"{number(looked.rows)}, of every status",
        set_aside(looked),
        looked.sha256,
    )
    return tuple(zip(names, values, strict=True))


def set_aside(looked: Looked) -> str:
    """Say how many findings of the source were not judged, and what they are on."""
    if not looked.set_aside:
        return "nothing"
    parts = [f"{counted(count, 'finding')} on {kind}" for kind, count in sorted(looked.set_aside.items())]
    return f"{', '.join(parts)}: not on EC2 instances"
