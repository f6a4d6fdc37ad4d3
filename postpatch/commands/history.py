"""`history`: what became of findings over the rounds whose packs are kept; prints it, and writes `history.html`."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from postpatch.commands.places import METAVAR, add_endpoint_to, at_hand, place
from postpatch.errors import CouldNotCheck
from postpatch.evidence.kept import replace_text
from postpatch.evidence.pack import MANIFEST
from postpatch.evidence.rounds import rounds
from postpatch.report.history import render_history
from postpatch.text.legible import legible_lines, one_line
from postpatch.text.places import name_of, with_names
from postpatch.verdict.facts import count
from postpatch.verdict.history import History, histories
from postpatch.verdict.history_overdue import OverdueAfter

PAGE = "history.html"
OK, NOT_WHOLE, USAGE = 0, 1, 2
_SHOWN = 10  # overdue findings, and resurfaced ones, in the terminal; the page has more


def add_to(commands: Any) -> None:
    """Declare the command to argparse."""
    parser = commands.add_parser(
        "history", help="show the rounds whose packs are kept: findings, times, what came back"
    )
    parser.add_argument(
        "folders",
        type=place,
        nargs="*",
        default=[Path("reports")],
        metavar=METAVAR,
        help="folders with packs (default: reports)",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=f"where the page goes (default: {PAGE} in the first DIR)"
    )
    add_endpoint_to(parser)
    parser.set_defaults(command=_on_this_machine)


def _on_this_machine(options: argparse.Namespace) -> int:
    first = options.folders[0]
    if not (options.out or isinstance(first, Path)):
        sys.stderr.write(f"Name a file for the page with --out FILE: {first} is in S3.\n")
        return USAGE
    try:
        with at_hand(options.folders, options.endpoint_url) as folders:
            with_packs = [pack for folder in folders for pack in _with_packs(folder)]
            return _history(with_packs, options.out)
    except CouldNotCheck as error:
        sys.stderr.write(f"{legible_lines(str(error))}\n")
        return USAGE


def _with_packs(folder: Path) -> list[Path]:
    # In S3 each pack has a folder of its own in the one that is named; here a run keeps its earlier packs in `runs/`.
    return sorted(path.parent for path in folder.rglob(MANIFEST)) if name_of(folder) else [folder]


def _history(folders: list[Path], out: Path | None) -> int:
    """Return 0, 1 if a pack was altered or cannot be read, 2 if there is none."""
    absent = [str(folder) for folder in folders if not folder.is_dir()]
    found, unreadable = rounds(folders)
    unreadable = tuple(map(with_names, unreadable))
    if absent or not (found or unreadable):
        where = with_names(", ".join(absent or map(str, folders)))
        sys.stderr.write(f"Name a folder with evidence packs, such as reports: there is none in {one_line(where)}\n")
        return USAGE
    altered = [one for one in found if one.altered]
    shown = histories(found)
    page = out or folders[0] / PAGE
    text = render_history(shown, altered, unreadable, page.parent)
    try:
        replace_text(page, text)
    except OSError as error:
        sys.stderr.write(f"Name another file with --out FILE: {error}\n")
        return USAGE
    for history in shown:
        _say(_lines(history))
    _say(f"altered, and not used: {one.folder}: {'; '.join(one.altered)}" for one in altered)
    _say(f"not used: {one}" for one in unreadable)
    _say([f"page: {page}"])
    return NOT_WHOLE if altered or unreadable else OK


def _lines(history: History) -> Iterator[str]:
    yield f"{'SIMULATED: ' if history.simulated else ''}{history.subject}: {count(len(history.rounds), 'round')}"
    there = history.severities
    late = ["overdue", "fixed late"] if history.deadlines else []
    yield "  " + "  ".join(["ended, UTC      ", "verdict", *there, "fixed", "new", *late])
    for one in history.rounds:
        numbers = [str(one.active.get(name, 0)) if one.active is not None else "?" for name in there]
        cells = [number.rjust(len(name)) for number, name in zip(numbers, there, strict=True)]
        row = [f"{one.finished_at:%F %H:%M}", one.verdict.ljust(7), *cells, f"{one.fixed:5}", f"{one.new:3}"]
        for name, number in zip(late, (one.overdue, one.fixed_late), strict=False):
            row.append(("-" if number is None else str(number)).rjust(len(name)))
        yield "  " + "  ".join(row)
    if history.unproven:
        yield f"  {count(len(history.unproven), 'round')} without proof"
    yield from _overdue(history.overdue)
    for times in history.times:
        if times.median is not None and times.nine_of_ten is not None:
            yield (
                f"  {times.severity}: {times.fixed} fixed, half of them within {times.median:.1f} days, "
                f"nine of ten within {times.nine_of_ten:.1f} days of when Inspector first saw them"
            )
    for back in history.resurfaced[:_SHOWN]:
        now = "still active" if back.still else "not active now"
        when = f"fixed {back.fixed_at:%F}, active again {back.again_at:%F}, {now}"
        yield f"  resurfaced: {back.what} on {back.host}: {when}"
    if len(history.resurfaced) > _SHOWN:
        yield f"  and {len(history.resurfaced) - _SHOWN:,} more resurfaced: see the page"
    for risk in history.accepted:
        yield (
            f"  accepted longer than at first: {risk.what} on {risk.where}: until {risk.first}, now until {risk.last}, "
            f"used in {count(risk.expired, 'round')} after it had expired"
        )


def _overdue(found: OverdueAfter | None) -> Iterator[str]:
    if found is None:
        return
    for one in found.lines[:_SHOWN]:
        late = "for how long is not known" if one.days is None else f"{count(one.days, 'day')} overdue"
        who = ", ".join(filter(None, (one.owner, one.waiver and f"waiver {one.waiver}")))
        more = f" and {one.on - len(one.hosts):,} more" if one.on > len(one.hosts) else ""
        due = f"due {one.due}, " if one.due else ""
        yield f"  overdue: {one.what}, {due}{late} ({who or 'owner not known'}): {', '.join(one.hosts)}{more}"
    left_out = len(found.lines) - _SHOWN + found.left_out
    if left_out > 0:
        yield f"  and {left_out:,} more overdue: see the page, and delta.csv of {found.after.finished_at:%F}"


def _say(lines: Any) -> None:
    for line in lines:
        sys.stdout.write(legible_lines(with_names(f"{line}\n")))
