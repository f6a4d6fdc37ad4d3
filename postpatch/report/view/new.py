"""What is new: active now and not in the baseline; findings disclosed after patching are listed separately."""

from dataclasses import dataclass
from datetime import UTC

from postpatch.model import DeltaClass, Finding, FindingType
from postpatch.report.view.findings import line_of
from postpatch.report.view.listing import Lines, Listing, Space
from postpatch.verdict.delta import Delta, by_identity
from postpatch.verdict.run import Run


@dataclass(frozen=True)
class New:
    """The new findings: those that were known before patching, and those disclosed `late`, after it."""

    known: Listing
    late: Listing

    @property
    def findings(self) -> int:
        """Return the number of new findings."""
        return self.known.findings + self.late.findings


def new(run: Run, delta: Delta, space: Space) -> New:
    """Return the new findings, each identity once."""
    late, known = Lines(), Lines()
    separate = set(run.late.findings(delta)) if run.late else set()
    for group in by_identity(delta.active(DeltaClass.NEW)):
        found = next((one for one in group if one in separate), None)
        one = found or group[0]
        (late if found else known).add(line_of(one, *_disclosed(one)), one.host)
    return New(known.listing(space), late.listing(space))


def _disclosed(finding: Finding) -> tuple[str, ...]:
    if finding.type != FindingType.PACKAGE:
        return ()
    if finding.disclosed_at is None:
        return ("disclosed: not known",)
    return (f"disclosed {finding.disclosed_at.astimezone(UTC):%Y-%m-%d}",)
