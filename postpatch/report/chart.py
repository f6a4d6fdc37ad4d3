"""The bar chart of findings by severity: its measures, in the units of the SVG's view box. A template draws it."""

from collections.abc import Iterable
from dataclasses import dataclass

from postpatch.report.view.changes import SeverityRow

WIDTH = 400
_LABELS = 112
_NUMBERS = 56
_ROW = 40
_TOP = 30


@dataclass(frozen=True)
class Bars:
    """The two bars of a severity: their positions, their lengths, and the counts they show."""

    name: str
    top: int
    baseline: int
    after: int
    baseline_length: float
    after_length: float


@dataclass(frozen=True)
class Chart:
    """The whole chart; `text` says the same in words."""

    height: int
    left: int
    bars: tuple[Bars, ...]
    text: str


def chart(severities: Iterable[SeverityRow]) -> Chart:
    """Return the chart of findings in the baseline and after patching, one pair of bars a severity."""
    rows = list(severities)
    most = max((count for row in rows for count in (row.counts.baseline, row.counts.after)), default=0)
    scale = (WIDTH - _LABELS - _NUMBERS) / max(most, 1)
    bars = tuple(
        Bars(
            name=row.name,
            top=_TOP + place * _ROW,
            baseline=row.counts.baseline,
            after=row.counts.after,
            baseline_length=round(row.counts.baseline * scale, 1),
            after_length=round(row.counts.after * scale, 1),
        )
        for place, row in enumerate(rows)
    )
    words = [f"{bar.name}: {bar.baseline} in the baseline, {bar.after} after patching" for bar in bars]
    return Chart(_TOP + len(rows) * _ROW, _LABELS, bars, f"{'; '.join(words)}.")
