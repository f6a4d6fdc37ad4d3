"""The verdict as GitHub shows it on a run's page: one annotation for each reason that checks are not proven.

Source: GitHub's "Workflow commands": `::error title=…::message`, with %, line ends, and in a property also `:` and `,`
written in percent.
"""

from collections.abc import Iterator

from postpatch.text.legible import legible
from postpatch.verdict.run import Run, Verdict

_IN_A_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_A_PROPERTY = _IN_A_MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})


def annotations(run: Run) -> Iterator[str]:
    """Yield the workflow commands of a run, worst first; a run that passed has none, unless it was simulated."""
    if run.simulated:
        yield _command("warning", "SIMULATED", f"on {run.stage}: this proves nothing about any real host")
    # GitHub shows ten annotations a step: those with one reason share one.
    for unproven in run.unproven:
        yield _command("error", f"{unproven.ids} {unproven.outcome}", unproven.reason)
    if run.verdict is Verdict.PARTIAL:
        yield _command("warning", "PARTIAL", run.sentence)


def _command(level: str, title: str, message: str) -> str:
    title, message = legible(title).translate(_IN_A_PROPERTY), legible(message).translate(_IN_A_MESSAGE)
    return f"::{level} title={title}::{message}"
