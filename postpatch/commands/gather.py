"""`gather`: check the packs of a fleet, and write what they come to together."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from postpatch.errors import BadOptions
from postpatch.text.legible import legible_lines
from postpatch.verdict.run import Verdict

USAGE = 4
_CODES = {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.ERROR: 10}


def add_to(commands: Any) -> None:
    """Declare the command to argparse."""
    parser = commands.add_parser("gather", help="check the packs of a fleet, and report them as one")
    parser.add_argument(
        "folders", nargs="+", type=Path, metavar="DIR", help="a fleet's folder, or one with packs in it"
    )
    parser.add_argument("--to", type=Path, metavar="DIR", help="where the fleet's report goes (default: the first DIR)")
    parser.set_defaults(command=lambda options: gathered(options.folders, options.to or options.folders[0]))


def gathered(folders: list[Path], to: Path | None, only: Sequence[str] = ()) -> int:
    """Gather the packs below `folders` into `to`, if any; return the exit code of the worst, as one run has it.

    `only` names the targets that count: the others are judged elsewhere.

    0: all passed; 1: one failed; 10: something could not be judged, or under CI was left out; 4: no such folder.
    """
    # Imported here because DuckDB and the templates load slowly, and other commands do not need them.
    from postpatch.fleet.gathering import gather
    from postpatch.fleet.outputs import HTML, write_outputs

    try:
        fleet = gather(folders, only)
        if to:
            write_outputs(fleet, to, datetime.now(UTC))
    except (BadOptions, OSError) as error:
        sys.stderr.write(f"{legible_lines(str(error))}\n")
        return USAGE
    for row in fleet.rows:
        if row.verdict is not Verdict.PASS:
            _say(f"{row.name}: {row.verdict}: {row.reason}")
    for one in fleet.unlisted:
        _say(f"account {one.account} {one.name}: ERROR: {one.reason}")
    for note in fleet.notes:
        _say(f"note: {note}")
    simulated = f"SIMULATED, {fleet.stage}: " if fleet.stage else ""
    _say(f"{simulated}{fleet.verdict}: {fleet.sentence}")
    if to:
        _say(f"report: {to / HTML}")
    in_ci = os.environ.get("CI", "").lower() in ("true", "1")
    return _CODES.get(fleet.verdict, _CODES[Verdict.ERROR] if in_ci else _CODES[Verdict.PASS])


def _say(line: str) -> None:
    sys.stdout.write(f"{legible_lines(line)}\n")
