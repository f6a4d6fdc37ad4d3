"""Whole reports, written by real runs, in a real browser: Debian's Chromium, driven by playwright."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Route, sync_playwright

from postpatch.report.html import render_sections
from postpatch.verdict.run import Run
from tests.report.runs import finding, make_delta, passing_run, with_delta
from tests.suite.conftest import Run as Rehearse
from tests.suite.conftest import once_for_all_workers, rehearse, rehearse_in, rehearsed, shared_folder

__all__ = ["rehearse", "rehearse_in", "rehearsed", "shared_folder"]

ROOT = Path(__file__).parents[2]
ARTEFACTS = ROOT / "build" / "screenshots"
WORLDS = ("workshop", "drifted-window")
PHONE = {"viewport": {"width": 375, "height": 812}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
# Folds are opened by attribute, as a reader's click would.
OPEN_ALL = "document.querySelectorAll('.postpatch details').forEach(fold => fold.open = true)"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
# What Jenkins sends with files of a build where nobody has changed it: Jenkins handbook, "Configuring Content Security
# Policy". Inline styles are blocked as well as scripts.
JENKINS = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';"


@dataclass
class Opened:
    """A page with all that it asked the network for, and all that it complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def keep_picture(self, name: str) -> Path:
        """Write the whole page to `build/screenshots/` and return the file.

        Chromium now and then refuses a picture, mostly the first after its start, and takes the same one when it is
        asked again: robotframework-browser, issue 5237. Any other error, and a third refusal, is raised.
        """
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        kept = ARTEFACTS / name
        for again in (True, True, False):
            try:
                self.page.screenshot(path=kept, full_page=True)
            except Error as error:
                if not again or "Unable to capture screenshot" not in error.message:
                    raise
                self.page.wait_for_timeout(500)
            else:
                break
        return kept


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the browser once; skip where there is none, for nobody may install one without being root."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on the PATH: apt-get install chromium")
    arguments = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox refuses root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def report_of(rehearsed: Rehearse) -> Callable[[str], Path]:
    """Return what verifies a world, once, and tells where its report is."""

    def of(world: str) -> Path:
        ran = rehearsed("--world", world)
        report = ran.reports / "verify.html"
        assert report.exists(), ran.out
        return report

    return of


@pytest.fixture(params=WORLDS)
def report(request: pytest.FixtureRequest, report_of: Callable[[str], Path]) -> Path:
    """Return the report of a green run, then that of a red one."""
    return report_of(request.param)


@pytest.fixture(scope="session")
def page_of(report_of: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[Run], Path]:
    """Return what puts another run's sections into a page that pytest-html wrote."""

    def of(run: Run) -> Path:
        page = report_of("workshop").read_text(encoding="utf-8")
        sections = re.search(r"<main .*?</main>", render_sections(run), re.DOTALL)
        assert sections
        path = tmp_path_factory.mktemp("page") / "verify.html"
        path.write_text(re.sub(r"<main .*?</main>", lambda _: sections[0], page, flags=re.DOTALL), encoding="utf-8")
        return path

    return of


@pytest.fixture(scope="session")
def ten_thousand(page_of: Callable[[Run], Path], shared_folder: Path) -> Path:
    """Return the report of 10,000 remaining findings on 100 hosts, none like another."""
    folder = shared_folder / "ten-thousand"

    def make() -> str:
        findings = [finding(f"CVE-2024-{number:05}", f"i-{number % 100:017x}") for number in range(10_000)]
        with make_delta(folder, findings, findings) as delta:
            return str(page_of(with_delta(passing_run(folder), delta)))

    return Path(once_for_all_workers(folder, make))


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Callable[..., Opened]]:
    """Return what opens a file in a context of its own; keyword arguments are playwright's for a context."""
    with ExitStack() as stack:

        def open_it(path: Path, policy: str = "", **options: Any) -> Opened:
            context = stack.enter_context(chromium.new_context(**options))
            page = context.new_page()
            opened = Opened(page)
            page.on("request", lambda request: opened.requests.append(request.url))
            page.on("pageerror", lambda error: opened.complaints.append(str(error)))
            page.on("console", lambda told: opened.complaints.append(told.text) if told.type == "error" else None)
            page.on("dialog", lambda dialog: opened.complaints.append(f"dialog: {dialog.message}"))
            address = path.as_uri()
            if policy:
                address = "http://reports.test/verify.html"
                headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}
                context.route(address, _serve(path.read_text(encoding="utf-8"), headers))
            page.goto(address)
            opened.requests.remove(address)
            return opened

        yield open_it


def _serve(body: str, headers: dict[str, str]) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=200, body=body, headers=headers)
