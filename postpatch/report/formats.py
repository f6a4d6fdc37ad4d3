"""The output formats: one file each, all behind the same interface; those of other tools only if asked for.

`verify.html` is not one of them: pytest-html writes it, with the sections of `html.py` above its own table.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from postpatch.report.delta_csv import DeltaCsv
from postpatch.report.exports.asff import Asff
from postpatch.report.exports.ocsf import Ocsf
from postpatch.report.exports.openvex import OpenVex
from postpatch.report.exports.oscal import AssessmentResults
from postpatch.report.exports.oscal_poam import PlanOfAction
from postpatch.report.exports.sarif import Sarif
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
EXPORTS: dict[str, tuple[Format, ...]] = {
    "asff": (Asff(),),
    "ocsf": (Ocsf(),),
    "openvex": (OpenVex(),),
    "oscal": (AssessmentResults(), PlanOfAction()),
    "sarif": (Sarif(),),
}


def exported(names: Iterable[str]) -> tuple[Format, ...]:
    """Return the formats of these names of EXPORTS."""
    return tuple(one for name in names for one in EXPORTS[name])


def exports_in(files: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the exports that a pack with these files was made with."""
    there = set(files)
    return tuple(name for name, formats in EXPORTS.items() if any(one.file in there for one in formats))
