"""`python -m postpatch`: `cleanup` lists or deletes what this suite created, `evidence` checks what a run left."""

import argparse
import sys

from postpatch.commands import cleanup, evidence
from postpatch.commands.pipe import until_nobody_reads


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; argparse's own is 2 for a command line that makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m postpatch", description="Prove that a patch round worked.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    cleanup.add_to(commands)
    evidence.add_to(commands)
    options = parser.parse_args(arguments)
    return until_nobody_reads(lambda: int(options.command(options)))


if __name__ == "__main__":
    sys.exit(main())
