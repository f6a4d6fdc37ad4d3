"""`python -m iam.generate`: make the policies in iam/ anew, from the calls of rehearsals."""

import multiprocessing
import os
import sys
import tempfile
from pathlib import Path

from .cleaning import clean_up
from .policies import files
from .runs import CLEANUP, RUNS, Run

HERE = Path(__file__).parent
_JUDGED = (0, 1)
# The rehearsal has imported the plugin's package before pytest could rewrite its assertions, of which it has none.
_IMPORTED = "ignore::pytest.PytestAssertRewriteWarning"


def main() -> int:
    """Rehearse each mode, and write the files."""
    calls: dict[str, frozenset[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for run in RUNS:
            sys.stdout.write(f"rehearsing {run.name}\n")
            for mode, names in _rehearsed(run, Path(tempfile.mkdtemp(dir=folder))).items():
                calls[mode] = calls.get(mode, frozenset()) | names
    cleaning: set[str] = set()
    clean_up(cleaning.add)
    calls[CLEANUP] = frozenset(cleaning)
    for name, text in files(calls).items():
        (HERE / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name} is written anew\n")
    return 0


def _rehearsed(run: Run, folder: Path) -> dict[str, frozenset[str]]:
    process = multiprocessing.get_context("spawn").Process(target=_rehearse, args=(run, folder))
    process.start()
    process.join()
    # A pytest that broke off before its first check ends with 1 too, and leaves no verdict.
    if process.exitcode not in _JUDGED or not (folder / "reports" / "verify.json").exists():
        output = (folder / "output").read_text(encoding="utf-8")
        raise RuntimeError(f"the rehearsal {run.name} could not look:\n{output}")
    return dict(run.calls(run.rehearsal(folder / "calls")))


def _rehearse(run: Run, folder: Path) -> None:
    with (folder / "output").open("wb") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    os.chdir(HERE.parent)
    run.rehearsal(folder / "calls")()
    import pytest

    quietly = ["-p", "no:xdist", "-p", "no:cacheprovider", "-W", _IMPORTED]
    sys.exit(pytest.main([*quietly, "-m", "verify", f"--reports={folder / 'reports'}", *run.args(folder)]))


if __name__ == "__main__":
    sys.exit(main())
