"""Run the suite in forks of one warm process, each with its own arguments, environment and output.

For the many runs that differ in their world alone. What a person types is tested in a process begun anew.
"""

import multiprocessing
import multiprocessing.forkserver
import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

_SECONDS = 300
_FOREIGN = ("CI", "PYTEST_", "AWS_", "COV_", "GITHUB_")
# hypothesis is here for the tests alone, and a fork of a warm process has much garbage to collect.
QUICKLY = ("-p", "no:hypothesispytest", "-p", "no:xdist", "-p", "no:unraisableexception", "-m", "verify")
Prepare = Callable[[], None]


def inherited() -> dict[str, str]:
    """Return this process's environment without what would steer a run: that of CI, of pytest and of AWS."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}


def run_in_fork(
    args: list[str], root: Path, environment: Mapping[str, str], output: Path, prepare: Prepare | None
) -> int:
    """Run `pytest ARGS` from `root` in a fork and return its exit code; what it prints goes to the file `output`.

    `prepare`, a function of a module, is called in the fork before pytest begins.
    """
    process = start_in_fork(args, root, environment, output, prepare)
    process.join(_SECONDS)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(f"pytest {' '.join(args)} took more than {_SECONDS} s; see {output}")
    return process.exitcode


def start_in_fork(
    args: list[str], root: Path, environment: Mapping[str, str], output: Path, prepare: Prepare | None
) -> ForkServerProcess:
    """Start what `run_in_fork` runs, and return the process."""
    process = _context(root).Process(target=_run, args=(args, root, dict(environment), output, prepare))
    process.start()
    return process


@cache
def _context(root: Path) -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.suite.warm"])
    # The server imports it by its own path, not by this process's.
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(root)
    try:
        multiprocessing.forkserver.ensure_running()
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)
    return context


def _run(args: list[str], root: Path, environment: dict[str, str], output: Path, prepare: Prepare | None) -> None:
    with output.open("wb") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(root)
    import pytest

    if prepare:
        prepare()
    sys.exit(pytest.main(args))
