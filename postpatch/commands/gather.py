"""`gather`: check the packs of a fleet, and write what they come to together."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postpatch.commands.places import METAVAR, add_endpoint_to, at_hand, place
from postpatch.errors import COULD_NOT_CHECK, BadEvidence, BadOptions, CouldNotCheck
from postpatch.text.legible import legible_lines
from postpatch.text.places import with_names
from postpatch.verdict.run import Verdict

if TYPE_CHECKING:
    from postpatch.fleet.engine import Engine

USAGE = 4
_CODES = {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.ERROR: 10}


def add_to(commands: Any) -> None:
    """Declare the command to argparse."""
    parser = commands.add_parser("gather", help="check the packs of a fleet, and report them as one")
    parser.add_argument(
        "folders", nargs="+", type=place, metavar=METAVAR, help="a fleet's folder, or one with packs in it"
    )
    parser.add_argument("--to", type=Path, metavar="DIR", help="where the fleet's report goes (default: the first DIR)")
    derive_help = "an error where a pack's delta.csv is not what its two snapshots give"
    parser.add_argument("--derive", action="store_true", help=derive_help)
    engine_help = "what computes over the packs: DuckDB in this process (default), or a Spark cluster (extra spark)"
    parser.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb", help=engine_help)
    parser.add_argument("--master", metavar="URL", help="with --engine spark: the cluster, such as spark://HOST:7077")
    s3a_help = "with --engine spark: packs in S3 are read by the cluster's own connector too (untested)"
    parser.add_argument("--s3a", action="store_true", help=s3a_help)
    add_endpoint_to(parser)
    parser.set_defaults(command=_gather)


def _gather(options: argparse.Namespace) -> int:
    """Gather what the command line names; 4 and 10 as `gathered`, where packs in S3 cannot be fetched too."""
    first = options.folders[0]
    if not (options.to or isinstance(first, Path)):
        sys.stderr.write(f"Name a folder for the fleet's report with --to DIR: {first} is in S3.\n")
        return USAGE
    if (options.engine == "spark") != bool(options.master) or (options.s3a and not options.master):
        sys.stderr.write("Name the cluster with --engine spark --master URL: --master and --s3a are for Spark alone.\n")
        return USAGE
    try:
        with (
            _engine(options.master, direct=options.s3a) as engine,
            at_hand(options.folders, options.endpoint_url) as folders,
        ):
            return gathered(folders, options.to or first, engine=engine, derive=options.derive)
    except (BadEvidence, BadOptions) as error:
        return _refuse(error, USAGE)
    except CouldNotCheck as error:
        return _refuse(error, COULD_NOT_CHECK)


@contextmanager
def _engine(master: str | None, *, direct: bool) -> "Iterator[Engine | None]":
    """Return the Spark cluster at `master`, if one is named; BadOptions and CouldNotCheck as `spark_session`."""
    if not master:
        yield None
        return
    from postpatch.fleet.on_spark import OnSpark
    from postpatch.fleet.spark_session import spark_session

    with spark_session(master) as session:
        yield OnSpark(session, direct=direct)


def gathered(
    folders: list[Path],
    to: Path | None,
    only: Sequence[str] = (),
    *,
    engine: "Engine | None" = None,
    derive: bool = False,
) -> int:
    """Gather the packs below `folders` into `to`, if any; return the exit code of the worst, as one run has it.

    `only` names the targets that count: the others are judged elsewhere. `engine` and `derive` as `gather`.

    0: all passed; 1: one failed; 10: something could not be judged, or under CI was left out; 4: no such folder.
    """
    # Imported here because DuckDB and the templates load slowly, and other commands do not need them.
    from postpatch.fleet.gathering import gather
    from postpatch.fleet.outputs import HTML, named_host, write_outputs

    try:
        fleet = gather(folders, only, engine, derive=derive)
        if to:
            write_outputs(fleet, to, datetime.now(UTC))
    except (BadOptions, OSError) as error:
        return _refuse(error, USAGE)
    for row in fleet.rows:
        if row.verdict is not Verdict.PASS:
            _say(f"{row.name}: {row.verdict}: {row.reason}")
    for one in fleet.unlisted:
        _say(f"account {one.account} {one.name}: ERROR: {one.reason}")
    for host in fleet.unmanaged or ():
        _say(f"{named_host(host)}: ERROR: {host.reason}")
    for note in fleet.notes:
        _say(f"note: {note}")
    simulated = f"SIMULATED, {fleet.stage}: " if fleet.stage else ""
    _say(f"{simulated}{fleet.verdict}: {fleet.sentence}")
    if to:
        _say(f"report: {to / HTML}")
    in_ci = os.environ.get("CI", "").lower() in ("true", "1")
    return _CODES.get(fleet.verdict, _CODES[Verdict.ERROR] if in_ci else _CODES[Verdict.PASS])


def _refuse(error: Exception, code: int) -> int:
    sys.stderr.write(f"{legible_lines(with_names(str(error)))}\n")
    return code


def _say(line: str) -> None:
    sys.stdout.write(f"{legible_lines(with_names(line))}\n")
