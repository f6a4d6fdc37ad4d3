"""`verify` and `baseline`: run the checks with pytest, as `pytest -m verify` does in a clone."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from postpatch.commands.parser import Parser
from postpatch.run.options import OPTIONS, joined

PHASES = {
    "verify": "judge the hosts after patching; takes every option of pytest too",
    "baseline": "save the findings before patching; takes every option of pytest too",
}
_PACKAGE = Path(__file__).resolve().parents[1]


def pytest_command(phase: str, words: list[str]) -> list[str]:
    """Return the command line that runs the checks of a phase, in whatever folder."""
    # -P: a file in the current folder, such as json.py, is not imported as a module.
    return [sys.executable, "-P", "-m", "pytest", "-p", "postpatch.active", "-m", phase, *joined(words)]


def pytest_environment() -> dict[str, str]:
    """Return the environment in which that command finds the package, installed or not."""
    found = [str(_PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    installed = (_PACKAGE / "_suite" / "fixtures").is_dir()
    return dict(os.environ) if installed else os.environ | {"PYTHONPATH": os.pathsep.join(found)}


def run_checks(phase: str, words: list[str]) -> NoReturn:
    """Become pytest: its exit code is this process's, and so are the signals. `--help` shows the suite's options."""
    if {"-h", "--help"}.intersection(words):
        _parser(phase).print_help()
        raise SystemExit(0)
    command = pytest_command(phase, words)
    sys.stdout.flush()
    os.execve(command[0], command, pytest_environment())  # noqa: S606 - our own suite


def _parser(phase: str) -> Parser:
    parser = Parser(
        prog=f"postpatch {phase}", usage=f"postpatch {phase} [OPTION …]", add_help=False, description=PHASES[phase],
        epilog="`pytest --help` lists the options of pytest, such as --junitxml FILE, -q and -x.",
    )  # fmt: skip
    for name, attributes in OPTIONS.items():
        parser.add_argument(name, **attributes)
    return parser
