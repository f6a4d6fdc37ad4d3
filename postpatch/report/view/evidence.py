"""The evidence that the verdict rests on, each piece with its hash."""

from postpatch.report.words import counted, number, utc
from postpatch.verdict.run import Looked, Run

_UNKNOWN = "could not be looked at"


def sides(run: Run) -> tuple[tuple[str, str, str], ...]:
    """Return the rows that set the baseline beside the findings after patching."""
    baseline, after = _side(run.baseline), _side(run.after)
    return tuple((name, before, later) for (name, before), (_, later) in zip(baseline, after, strict=True))


def _side(looked: Looked | None) -> tuple[tuple[str, str], ...]:
    names = ("Source", "Looking began", "Taken at", "Findings kept", "Set aside", "sha256")
    if looked is None:
        return tuple((name, _UNKNOWN) for name in names)
    values = (
        looked.source,
        utc(looked.started_at),
        utc(looked.taken_at),
        f"{number(looked.rows)}, of every status",
        _set_aside(looked),
        looked.sha256,
    )
    return tuple(zip(names, values, strict=True))


def _set_aside(looked: Looked) -> str:
    if not looked.set_aside:
        return "nothing"
    parts = [f"{counted(count, 'finding')} on {kind}" for kind, count in sorted(looked.set_aside.items())]
    return f"{', '.join(parts)}: not on EC2 instances"
