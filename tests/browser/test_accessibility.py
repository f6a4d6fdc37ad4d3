"""No barrier that axe-core finds in our sections; pytest-html's own are those that docs/report.md lists."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OPEN_ALL, ROOT, Opened

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# Of a table's rows with the same elements and attributes the first stays: axe-core takes as long for each of them.
ONE_OF_EACH = """document.querySelectorAll('.postpatch tbody').forEach(body => {
  const seen = new Set();
  [...body.rows].forEach(row => {
    const form = row.outerHTML.replace(/>[^<]+</g, '><');
    seen.has(form) ? row.remove() : seen.add(form);
  });
})"""
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 812}


@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", DESK), ("light", PHONE)])
def test_our_sections_have_no_violation(
    browse: Callable[..., Opened], report: Path, scheme: str, size: dict[str, int]
) -> None:
    """With every fold open, light or dark, wide or narrow, axe-core finds nothing against our sections."""
    page = browse(report, color_scheme=scheme, viewport=size).page
    page.evaluate(OPEN_ALL)
    assert violations(page, "{include: ['.postpatch']}") == {}
    assert page.locator(".postpatch tbody tr").count() > 40


def test_the_violations_of_pytest_html_are_those_that_are_listed(
    browse: Callable[..., Opened], report_of: Callable[[str], Path]
) -> None:
    """A reader of docs/report.md knows what stands against the rest of the page, no more and no less."""
    found: set[str] = set()
    for world in ("workshop", "drifted-window"):
        for scheme in ("light", "dark"):
            page = browse(report_of(world), color_scheme=scheme).page
            found |= violations(page, "{exclude: ['.postpatch']}").keys()
    told = (ROOT / "docs" / "report.md").read_text(encoding="utf-8").partition("## What axe-core finds")[2]
    assert found == {line.split("`")[1] for line in told.splitlines() if line.startswith("| `")}


def violations(page: Page, where: str) -> dict[str, list[Any]]:
    """Return axe-core's violations: a rule's id with the elements that break it."""
    page.evaluate(ONE_OF_EACH)
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run({where}, {{resultTypes: ['violations']}}).then(found => found.violations)")
    return {one["id"]: [node["target"] for node in one["nodes"]] for one in found}
