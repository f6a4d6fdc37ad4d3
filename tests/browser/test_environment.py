"""Nothing that the environment of a run holds can change the page: markup in each variable is text, or is not shown."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_metadata.plugin import CONTINUOUS_INTEGRATION

from tests.browser.conftest import OPEN_ALL, ROOT, Opened
from tests.suite.conftest import Run
from tests.suite.forks import inherited

TURNS_GREEN = "document.querySelectorAll('.pp-verdict,.pp-verdict *').forEach(e=>e.textContent='PASS');alert(1)"
MARKUP = f'fix/<img/src="x"onerror="{TURNS_GREEN}"><script>{TURNS_GREEN}</script>'
VARIABLES = sorted({name for provider in CONTINUOUS_INTEGRATION for name in provider})
METADATA = ("--metadata", "Python", MARKUP, "--metadata", MARKUP, MARKUP)


@pytest.fixture
def alone(rehearse: Run) -> Path:
    """Return the folder of a run's reports."""
    return rehearse("--world", "drifted-window", *METADATA, **dict.fromkeys(VARIABLES, MARKUP)).reports


@pytest.fixture
def with_a_worker(tmp_path: Path) -> Path:
    """Return the folder of the reports of a run with a worker of pytest-xdist, which needs a process of its own."""
    words = ["-m", "verify", "--world", "drifted-window", f"--reports={tmp_path}", "-p", "no:hypothesispytest"]
    subprocess.run(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-m", "pytest", *words, *METADATA, "-n", "1"], cwd=ROOT, capture_output=True, check=False,
        env=inherited() | dict.fromkeys(VARIABLES, MARKUP), timeout=900,
    )  # fmt: skip
    return tmp_path


@pytest.mark.parametrize("run", ["alone", "with_a_worker"])
def test_markup_in_every_variable_changes_nothing(
    browse: Callable[..., Opened],
    report_of: Callable[[str], Path],
    request: pytest.FixtureRequest,
    run: str,
) -> None:
    """The page of a failed run says FAIL, whatever branches, addresses and people are called; and asks for nothing."""
    opened = browse(request.getfixturevalue(run) / "verify.html")
    opened.page.evaluate(OPEN_ALL)
    opened.page.wait_for_load_state("networkidle")
    clean = browse(report_of("drifted-window")).page.locator(".pp-verdict").inner_text()
    assert "FAIL" in clean
    assert opened.page.locator(".pp-verdict").inner_text() == clean
    assert opened.page.locator("#environment img, #environment script").count() == 0
    assert MARKUP[:40] in opened.page.locator("#environment").inner_text()
    assert [url for url in opened.requests if not url.startswith("data:")] == []
    assert opened.complaints == []
