"""The command `postpatch`, also `python -m postpatch`."""

import sys
import traceback
from types import TracebackType

from postpatch import __version__
from postpatch.commands import cleanup, evidence, explain, fleet, gather, history, init, worlds
from postpatch.commands.checks import PHASES, run_checks
from postpatch.commands.parser import Parser
from postpatch.commands.pipe import until_nobody_reads
from postpatch.text.legible import legible_lines


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; argparse returns 2 for an invalid command line."""
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0] in PHASES:
        run_checks(words[0], words[1:])  # what follows is pytest's to read
    parser = Parser(prog="postpatch", description="Prove that patching worked.")
    parser.add_argument("--version", action="version", version=f"postpatch {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for phase, purpose in PHASES.items():
        commands.add_parser(phase, help=purpose)
    for command in (init, worlds, explain, evidence, history, fleet, gather, cleanup):
        command.add_to(commands)
    options = parser.parse_args(words)
    sys.excepthook = _complain
    return until_nobody_reads(lambda: int(options.command(options)))


def _complain(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the traceback of an error that nobody expected, without what AWS may have repeated in it."""
    sys.stderr.write(legible_lines("".join(traceback.format_exception(kind, error, trace))))


if __name__ == "__main__":
    sys.exit(main())
