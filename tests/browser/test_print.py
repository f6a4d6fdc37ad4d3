"""The report on paper: nothing stays folded, and no page of a simulation passes for evidence."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import ARTEFACTS, OPEN_ALL, WORLDS

Printed = tuple[list[str], Path]


@pytest.fixture(scope="module", params=WORLDS)
def printed(request: pytest.FixtureRequest, chromium: Browser, report_of: Callable[[str], Path]) -> Printed:
    """Return the texts that folds hide on the screen, and the print."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext on the PATH: apt-get install poppler-utils")
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    paper = ARTEFACTS / f"{request.param}.pdf"
    with chromium.new_page() as page:
        page.goto(report_of(request.param).as_uri())
        page.pdf(path=paper, format="A4", prefer_css_page_size=True)
        assert page.locator(".postpatch details:not([open])").count() > 5
        page.evaluate(OPEN_ALL)
        folded = page.locator(".postpatch details :is(th[scope=row], code)").all_inner_texts()
    return folded, paper


def pages_of(paper: Path, *options: str) -> list[str]:
    """Return the text of each page of a print."""
    command = ["pdftotext", *options, paper, "-"]
    read = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return read.stdout.split("\f")[:-1]


def test_what_is_folded_on_the_screen_is_printed(printed: Printed) -> None:
    """Every vulnerability, host, fact and call of a fold is on the paper of a reader who opened none."""
    folded, paper = printed
    wanted, read = (
        {word.strip(":,") for text in texts for word in text.split()} for texts in (folded, pages_of(paper))
    )
    assert len(wanted) > 80
    assert sorted(wanted - read) == []


def test_every_page_of_a_simulation_says_so(printed: Printed) -> None:
    """A page that is torn out is still no evidence."""
    pages = pages_of(printed[1])
    assert len(pages) > 5
    assert [number for number, page in enumerate(pages) if "SIMULATED: proves nothing" not in page] == []


def test_no_page_ends_with_the_head_of_a_table(printed: Printed) -> None:
    """The first row of a table of findings is on the page of its head."""
    lasts = [page.strip().splitlines()[-1] for page in pages_of(printed[1], "-layout")]
    assert [last for last in lasts if last.split()[0] == "Severity"] == []
