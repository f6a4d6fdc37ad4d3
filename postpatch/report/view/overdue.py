"""What is overdue: each finding with its deadline, and where each input of that came from."""

from dataclasses import dataclass

from postpatch.report.ticket import tickets
from postpatch.verdict.run import Run

_MOST = 100


@dataclass(frozen=True)
class Overdue:
    """An overdue finding; `inputs` say what its deadline rests on, and where each of them came from."""

    name: str
    due: str
    days: str
    words: str
    inputs: str


def overdue(run: Run) -> tuple[Overdue, ...]:
    """Return the first overdue findings; delta.csv has all of them."""
    if run.deadlines is None:
        return ()
    made, rows = tickets(run), []
    for finding in run.deadlines.overdue[:_MOST]:
        deadline = run.deadlines.of(finding)
        words = deadline.words if deadline else ""
        due = made.due(finding) or "not known"
        rows.append(Overdue(str(finding), due, made.overdue(finding), words, made.inputs(finding)))
    return tuple(rows)
