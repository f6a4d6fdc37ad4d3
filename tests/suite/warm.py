"""Run the suite once, in a folder that is then deleted: forks of a process that did find all it needs in memory.

Modules, botocore's models, the report's templates and pydantic's readers are there then; each run still builds its
own simulated AWS, looks at it and writes its own report.
"""

import contextlib
import gc
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.suite.forks import QUICKLY, inherited

ROOT = Path(__file__).parents[2]


def warm_up() -> None:
    """Run every check of the default world, and spare the garbage collection of the forks what it left."""
    environment = inherited()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    # What `python -m multiprocessing` has there is no place of a run's.
    with contextlib.suppress(ValueError):
        sys.path.remove("")
    with (
        TemporaryDirectory() as folder,
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        pytest.main([*QUICKLY, "--world", "workshop", f"--reports={folder}", "-p", "no:cacheprovider"])
    gc.collect()
    gc.freeze()


warm_up()
