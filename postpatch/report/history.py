"""`history.html`: what became of findings over several rounds; one page, without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from os.path import relpath
from pathlib import Path
from urllib.parse import quote

from postpatch.model import Severity
from postpatch.model.round import Round
from postpatch.report.html import STYLESHEET, rendered
from postpatch.text.places import name_of
from postpatch.verdict.history import History

WIDTH, HEIGHT = 720, 200
_LEFT, _TOP, _GAP = 48, 12, 0.3
# Worst at the bottom, in one hue from dark to light, so that the order shows without colours too.
_FILLS = dict(zip(Severity, ("#0b2e4f", "#1f5f99", "#5b94c9", "#9cc1e3", "#cfe1f2", "#e8e8e8"), strict=True))


@dataclass(frozen=True)
class Segment:
    """A part of a round's bar, in the units of the SVG's view box."""

    severity: Severity
    fill: str
    top: float
    height: float


@dataclass(frozen=True)
class Bar:
    """The bar of one round: its place, its total, and its parts; no parts where the findings are not known."""

    left: float
    width: float
    label: str
    total: int | None
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Rounds:
    """The chart of active findings by severity over the rounds; `text` says the same in words."""

    bars: tuple[Bar, ...]
    most: int
    shown: tuple[tuple[Severity, str], ...]
    text: str


@dataclass(frozen=True)
class Problem:
    """A pack that is not used: where it is, when it says that it ended, and what is wrong with it."""

    folder: str
    finished_at: datetime
    what: tuple[str, ...]


def render_history(
    histories: Sequence[History], altered: Sequence[Round], unreadable: Sequence[str], home: Path
) -> str:
    """Return the page; links lead to the packs' own reports, relative to the folder `home` that the page is in.

    A pack that was fetched for this page alone has a name and no link.
    """
    return rendered(
        "history.html.jinja",
        histories=[(history, chart(history.rounds)) for history in histories],
        altered=[
            Problem(name_of(one.folder) or relpath(one.folder, home), one.finished_at, one.altered) for one in altered
        ],
        unreadable=unreadable,
        stylesheet=STYLESHEET.read_text(encoding="utf-8"),
        simulated=any(history.simulated for history in histories),
        report=lambda one: "" if name_of(one.folder) else _address(one.folder / "verify.html", home),
    )


def _address(path: Path, home: Path) -> str:
    # Quoted: a folder's name may hold what an address is made of, or begin as `javascript:` does.
    return quote(Path(relpath(path, home)).as_posix())


def chart(rounds: Sequence[Round]) -> Rounds:
    """Return the chart of the rounds, oldest on the left."""
    totals = [sum(one.active.values()) if one.active is not None else None for one in rounds]
    most = max((total for total in totals if total), default=1)
    step = (WIDTH - _LEFT) / max(len(rounds), 1)
    bars = tuple(
        _bar(one, total, most, _LEFT + place * step, step)
        for place, (one, total) in enumerate(zip(rounds, totals, strict=True))
    )
    there = {severity for one in rounds for severity, number in (one.active or {}).items() if number}
    words = [f"{bar.label}: {'not known' if bar.total is None else bar.total}" for bar in bars]
    return Rounds(
        bars, most, tuple((name, fill) for name, fill in _FILLS.items() if name in there), f"{'; '.join(words)}."
    )


def _bar(one: Round, total: int | None, most: int, left: float, step: float) -> Bar:
    segments, floor = [], float(_TOP + HEIGHT)
    for severity in Severity:
        number = (one.active or {}).get(severity, 0)
        if number:
            height = number * HEIGHT / most
            floor -= height
            segments.append(Segment(severity, _FILLS[severity], round(floor, 1), round(height, 1)))
    width = min(step * (1 - _GAP), 60)
    return Bar(round(left + (step - width) / 2, 1), round(width, 1), f"{one.finished_at:%F}", total, tuple(segments))
