"""What is new: active now and not in the baseline; what was disclosed after the patch round apart from the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from postpatch.model import DeltaClass, Finding, FindingType, Mode
from postpatch.report.view.findings import line_of
from postpatch.report.view.listing import Lines, Listing, Room
from postpatch.verdict.delta import Delta, by_identity
from postpatch.verdict.disclosed import late_findings, rounds
from postpatch.verdict.run import Run


@dataclass(frozen=True)
class New:
    """The new findings: those that the round could have known, and those disclosed `late`, after it."""

    known: Listing
    late: Listing

    @property
    def findings(self) -> int:
        """Return how many there are."""
        return self.known.findings + self.late.findings


def new(run: Run, delta: Delta, room: Room) -> New:
    """Return the new findings, each identity once."""
    late, known = Lines(), Lines()
    told_apart = set(_late(run, delta))
    for group in by_identity(delta.active(DeltaClass.NEW)):
        found = next((one for one in group if one in told_apart), None)
        one = found or group[0]
        (late if found else known).add(line_of(one, *_disclosed(one)), one.host)
    return New(known.listing(room), late.listing(room))


def _late(run: Run, delta: Delta) -> Iterator[Finding]:
    # Where the patch round could not be looked at, nothing shows what came after it.
    if run.late is None or run.after is None:
        return iter(())
    judged_at = run.started_at if run.mode is Mode.RECORDED else run.after.taken_at
    return late_findings(delta, rounds(run.patching, run.after.started_at), judged_at)


def _disclosed(finding: Finding) -> tuple[str, ...]:
    if finding.type != FindingType.PACKAGE:
        return ()
    if finding.disclosed_at is None:
        return ("disclosed: not known",)
    return (f"disclosed {finding.disclosed_at.astimezone(UTC):%Y-%m-%d}",)
