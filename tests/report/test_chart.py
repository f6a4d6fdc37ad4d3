"""The bar chart's measures."""

from itertools import pairwise

from postpatch.report.chart import WIDTH, chart
from postpatch.report.view.changes import SeverityRow
from postpatch.verdict.delta import Counts


def test_bars_are_as_long_as_their_counts_say() -> None:
    """Twice the findings make a bar twice as long, on either side, and the longest one leaves room for its number."""
    drawn = chart([SeverityRow("HIGH", Counts(baseline=80, after=40), ""), SeverityRow("LOW", Counts(20, 0), "")])
    high, low = drawn.bars
    assert high.baseline_length == 2 * high.after_length == 4 * low.baseline_length
    assert low.after_length == 0
    assert drawn.left + high.baseline_length < WIDTH - 40


def test_no_bar_overlaps_another() -> None:
    """Each severity has its own place, below the one that is worse."""
    drawn = chart([SeverityRow(name, Counts(1, 1), "") for name in ("CRITICAL", "HIGH", "LOW")])
    tops = [bar.top for bar in drawn.bars]
    assert tops == sorted(tops)
    assert min(after - before for before, after in pairwise(tops)) > 31
    assert tops[-1] + 31 < drawn.height


def test_a_baseline_of_zero_that_stayed_at_zero_is_drawn() -> None:
    """With nothing to draw there is still a chart, which says so."""
    drawn = chart([SeverityRow("HIGH", Counts(), "unchanged")])
    assert drawn.bars[0].baseline_length == drawn.bars[0].after_length == 0
    assert drawn.text == "HIGH: 0 in the baseline, 0 after patching."
