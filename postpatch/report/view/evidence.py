"""The two compared snapshots, each with its hash."""

from postpatch.model import Manifest
from postpatch.report.words import counted, number, utc
from postpatch.verdict.run import Run

_UNKNOWN = "could not be collected"


def sides(run: Run) -> tuple[tuple[str, str, str], ...]:
    """Return the rows that show the baseline next to the findings after patching."""
    absent = "none: Inspector scans no hybrid node" if run.nodes_alone else _UNKNOWN
    baseline, after = _side(run.baseline), _side(run.after, absent)
    return tuple((name, before, later) for (name, before), (_, later) in zip(baseline, after, strict=True))


def _side(manifest: Manifest | None, absent: str = _UNKNOWN) -> tuple[tuple[str, str], ...]:
    names = ("Source", "Collection began", "Taken at", "Findings saved", "Set aside", "sha256")
    if manifest is None:
        return tuple((name, absent) for name in names)
    values = (
        manifest.origin,
        utc(manifest.started_at),
        utc(manifest.taken_at),
        f"{number(manifest.rows)}, of every status",
        _set_aside(manifest),
        manifest.sha256,
    )
    return tuple(zip(names, values, strict=True))


def _set_aside(manifest: Manifest) -> str:
    if not manifest.set_aside:
        return "nothing"
    parts = [f"{counted(count, 'finding')} on {kind}" for kind, count in sorted(manifest.set_aside.items())]
    return f"{', '.join(parts)}: not on EC2 instances"
