"""Other projects' libraries read the exports: OSCAL, OCSF and SARIF, each by what its format publishes."""

import json
import subprocess
from pathlib import Path

import pytest

from postpatch.report.formats import EXPORTS, exported
from postpatch.report.verdict_json import verdict_json
from postpatch.verdict.run import Run

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "build" / "formats" / "bin" / "python"
READ = ("ocsf.ndjson", "verify.sarif", "oscal-assessment-results.json", "oscal-poam.json")
KINDS = ("passing", "failing", "blind", "recorded")
pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not PYTHON.exists(), reason="`make test` installs the libraries that read the exports"),
]


def problems(*files: Path) -> dict[Path, list[str]]:
    """Return what the library of each file's format finds wrong in it."""
    script = Path(__file__).with_name("other_readers.py")
    ran = subprocess.run(  # noqa: S603 - our own script
        [PYTHON, "-W", "ignore", script, *files], capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return {Path(name): found for name, found in json.loads(ran.stdout).items()}


def test_the_exports_of_every_kind_of_run_are_read(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Whatever a run came to, the libraries find nothing wrong; and they are asked about every file."""
    files = []
    for kind in KINDS:
        run: Run = request.getfixturevalue(kind)
        (tmp_path / kind).mkdir()
        for one in exported(EXPORTS):
            one.write(run, verdict_json(run), tmp_path / kind / one.file)
        files += [tmp_path / kind / name for name in READ if (tmp_path / kind / name).exists()]
    assert len(files) >= len(KINDS) * (len(READ) - 1)
    assert {name: found for name, found in problems(*files).items() if found} == {}


def test_the_libraries_refuse_what_is_wrong(passing: Run, tmp_path: Path) -> None:
    """A file without a member that its format requires is refused: reading proves something."""
    for one in exported(EXPORTS):
        one.write(passing, verdict_json(passing), tmp_path / one.file)
    broken = {
        "ocsf.ndjson": ('"time"', '"tyme"'),
        "verify.sarif": ('"name": "postpatch"', '"nome": "postpatch"'),
        "oscal-assessment-results.json": ('"start"', '"begin"'),
        "oscal-poam.json": ('"statement"', '"words"'),
    }
    for name, (right, wrong) in broken.items():
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert right in text
        (tmp_path / name).write_text(text.replace(right, wrong), encoding="utf-8")
    assert all(problems(*(tmp_path / name for name in broken)).values())
