"""No path of the machine that ran stands in a pack or a report: they are handed on."""

import gzip
import html
import re
import sys
from pathlib import Path

import pytest

from tests.suite.conftest import ROOT


def paths_in(ran):
    """Return what in the files of a run names a folder of this machine, with the file's name."""
    folders = [str(ran.reports), str(ROOT), str(Path.home()), sys.prefix, sys.base_prefix]
    sought = re.compile("|".join(f"{re.escape(folder)}(?![\\w-])" for folder in folders if len(folder) > 2))
    found = []
    for path in ran.reports.rglob("*"):
        if path.is_file():
            content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            text = html.unescape(content.decode(errors="replace"))
            found += [(path.name, text[one.start() - 40 : one.end() + 40]) for one in sought.finditer(text)]
    return found


@pytest.mark.parametrize(
    "options",
    [("--world", "workshop"), ("--world", "drifted-window"), ("--world", "findings-denied")],
    ids=["green", "red", "error"],
)
def test_no_path_is_in_a_pack(rehearsed, options):
    """Neither a green run, nor a red one, nor one that could not check names a folder of this machine."""
    ran = rehearsed(*options)
    assert (ran.reports / "evidence").is_dir()
    assert not paths_in(ran)


def break_a_check():
    """Have a judge break, so that pytest shows where."""
    from postpatch.verdict import recurring

    def broken(*_, **__):
        raise RuntimeError(f"broke in {ROOT}/postpatch")

    recurring.duration = broken


def test_nor_what_pytest_shows_of_an_error(rehearse):
    """A traceback with the values of all variables names no folder either."""
    ran = rehearse("--world", "workshop", "--tb=long", "--showlocals", "-k", "window", prepare=break_a_check)
    assert (ran.reports / "verify.html").exists(), ran.out[-2000:]
    assert not paths_in(ran)
