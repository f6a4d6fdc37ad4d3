"""The report on paper: nothing stays folded, and no page of a simulation passes for evidence."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import ARTEFACTS, OPEN_ALL, WORLDS

Printed = tuple[list[str], list[str]]


@pytest.fixture(scope="module", params=WORLDS)
def printed(request: pytest.FixtureRequest, chromium: Browser, report_of: Callable[[str], Path]) -> Printed:
    """Return the texts that folds hide on the screen, and the text of each page of the print."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext on the PATH: apt-get install poppler-utils")
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    paper = ARTEFACTS / f"{request.param}.pdf"
    with chromium.new_page() as page:
        page.goto(report_of(request.param).as_uri())
        page.pdf(path=paper, format="A4", prefer_css_page_size=True)
        assert page.locator(".postpatch details:not([open])").count() > 5
        page.evaluate(OPEN_ALL)
        folded = page.locator(".postpatch details :is(th[scope=row], code)").all_inner_texts()
    read = subprocess.run([reader, paper, "-"], capture_output=True, text=True, check=True)  # noqa: S603
    return folded, read.stdout.split("\f")[:-1]


def test_what_is_folded_on_the_screen_is_printed(printed: Printed) -> None:
    """Every vulnerability, host, fact and call of a fold is on the paper of a reader who opened none."""
    wanted, paper = ({word.strip(":,") for text in texts for word in text.split()} for texts in printed)
    assert len(wanted) > 80
    assert sorted(wanted - paper) == []


def test_every_page_of_a_simulation_says_so(printed: Printed) -> None:
    """A page that is torn out is still no evidence."""
    _, pages = printed
    assert len(pages) > 5
    assert [number for number, page in enumerate(pages) if "SIMULATED: proves nothing" not in page] == []
