"""What is new: active now and not in the baseline; what resurfaced and what was disclosed late is listed separately."""

from dataclasses import dataclass
from datetime import UTC

from postpatch.model import DeltaClass, EarlierFix, Finding, FindingType
from postpatch.report.view.findings import line_of
from postpatch.report.view.listing import Lines, Listing, Space
from postpatch.verdict.delta import Delta, by_identity, identity
from postpatch.verdict.run import Run


@dataclass(frozen=True)
class New:
    """The new findings: those that were `known` before patching, those disclosed `late`, after it, and `resurfaced`.

    `left_out` says which kept packs of earlier runs could not show what they fixed.
    """

    known: Listing
    late: Listing
    resurfaced: Listing
    left_out: tuple[str, ...] = ()

    @property
    def findings(self) -> int:
        """Return the number of findings that were not in the baseline."""
        return self.known.findings + self.late.findings + self.resurfaced.findings


def new(run: Run, delta: Delta, space: Space) -> New:
    """Return the new findings, each identity once."""
    late, known, resurfaced = Lines(), Lines(), Lines()
    separate = set(run.late.findings(delta)) if run.late else set()
    for group in by_identity(delta.active(DeltaClass.NEW)):
        found = next((one for one in group if one in separate), None)
        one = found or group[0]
        (late if found else known).add(line_of(one, *_disclosed(one)), one.host)
    fixes = {identity(one): one for one in delta.earlier.fixes}
    for one, *_ in by_identity(delta.active(DeltaClass.RESURFACED)):
        resurfaced.add(line_of(one, *_disclosed(one), _fixed(fixes[identity(one)])), one.host)
    back = resurfaced.listing(space)  # the first to keep its place where there is no room for all
    return New(known.listing(space), late.listing(space), back, delta.earlier.left_out)


def _disclosed(finding: Finding) -> tuple[str, ...]:
    if finding.type != FindingType.PACKAGE:
        return ()
    if finding.disclosed_at is None:
        return ("disclosed: not known",)
    return (f"disclosed {finding.disclosed_at.astimezone(UTC):%Y-%m-%d}",)


def _fixed(fix: EarlierFix) -> str:
    return f"seen fixed {fix.fixed_at:%Y-%m-%d} by run {fix.run}"
