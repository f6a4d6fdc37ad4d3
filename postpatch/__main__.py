"""`python -m postpatch`: `cleanup` lists or deletes what this suite created, `evidence` checks a run's evidence."""

import argparse
import sys

from postpatch.commands import cleanup, evidence


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; argparse returns 2 for an invalid command line."""
    parser = argparse.ArgumentParser(prog="python -m postpatch", description="Prove that patching worked.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    cleanup.add_to(commands)
    evidence.add_to(commands)
    options = parser.parse_args(arguments)
    return int(options.command(options))


if __name__ == "__main__":
    sys.exit(main())
