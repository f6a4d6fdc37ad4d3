"""The output formats: one file each, all behind the same interface.

`verify.html` is not one of them: pytest-html writes it, with the sections of `html.py` above its own table.
"""

from pathlib import Path
from typing import Protocol

from postpatch.report.delta_csv import DeltaCsv
from postpatch.report.schema import VerdictJson
from postpatch.report.summary import Summary
from postpatch.report.verdict_json import VerdictFile
from postpatch.verdict.run import Run


class Format(Protocol):
    """One output format: the name of its file in a pack, and the method that writes it."""

    @property
    def file(self) -> str:
        """Return the file's name, without a folder."""

    def write(self, run: Run, verdict: VerdictJson, path: Path) -> None:
        """Write the run to `path`, or nothing if there is no data; `verdict` is the run as in `verify.json`."""


FORMATS: tuple[Format, ...] = (VerdictFile(), Summary(), DeltaCsv())
