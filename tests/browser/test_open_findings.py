"""What is open, in a browser without scripts: a choice shows some of it or puts it in another order; paper has all."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import PHONE, ROOT, Opened
from tests.suite.conftest import Run as Rehearse

ORDERS = "[...document.querySelectorAll('.pp-group')].map(group => Number(getComputedStyle(group).order))"
SHOWN = "[...document.querySelectorAll('.pp-group')].filter(group => group.offsetParent !== null).length"
ROWS = """severities => [...document.querySelectorAll('.pp-opened tbody tr')].filter(row => row.offsetParent !== null)
    .every(row => severities.includes(row.cells[0].textContent))"""

PAPER = {"viewport": {"width": 703, "height": 1000}}  # A4 without its margins, in CSS pixels
OVER_THE_EDGE = """[...document.querySelectorAll('.pp-opened :is(th, td)')]
    .filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)"""


def tops(page: Page) -> list[float]:
    """Return how far down each group is, in the order of the file."""
    return [box["y"] for group in page.locator(".pp-group").all() if (box := group.bounding_box())]


def test_a_choice_needs_no_script(browse: Callable[..., Opened], report_of: Callable[[str], Path]) -> None:
    """With scripts switched off, the choice of CRITICAL hides all else, and of numbers puts the largest group first."""
    page = browse(report_of("unpatched"), java_script_enabled=False).page
    every = page.locator(".pp-group:visible").count()
    page.check("#pp-only-critical")
    critical = page.locator(".pp-group:visible").count()
    assert 0 < critical < every
    page.check("#pp-only-all")
    assert page.locator(".pp-group:visible").count() == every
    assert tops(page) == sorted(tops(page))
    page.check("#pp-by-findings")
    assert tops(page) != sorted(tops(page))


def test_the_rows_that_are_shown_are_those_chosen(
    browse: Callable[..., Opened], report_of: Callable[[str], Path]
) -> None:
    """No row of another severity is left, and an order is one of all groups."""
    page = browse(report_of("unpatched")).page
    page.evaluate("document.querySelectorAll('.pp-group').forEach(group => group.open = true)")
    page.check("#pp-only-high")
    assert page.evaluate(ROWS, ["CRITICAL", "HIGH"])
    page.check("#pp-only-all")
    page.check("#pp-by-findings")
    orders = page.evaluate(ORDERS)
    assert sorted(orders) == [*range(len(orders))]
    assert orders != sorted(orders)


def test_paper_has_all_of_it(browse: Callable[..., Opened], report_of: Callable[[str], Path]) -> None:
    """What a choice hides on the screen is printed all the same, in the order of severity."""
    page = browse(report_of("unpatched")).page
    page.check("#pp-only-critical")
    hidden = page.evaluate(SHOWN)
    page.emulate_media(media="print")
    assert page.evaluate(SHOWN) > hidden
    assert page.evaluate("[...document.querySelectorAll('.pp-choices')].every(one => one.offsetParent === null)")


def test_a_phone_says_that_a_table_scrolls(browse: Callable[..., Opened], report_of: Callable[[str], Path]) -> None:
    """A hint stands above each table on a phone; the page itself does not scroll sideways, and a desk has no hint."""
    phone = browse(report_of("unpatched"), **PHONE).page
    assert phone.locator(".pp-scrolls:visible").count() > 5
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
    assert browse(report_of("unpatched")).page.locator(".pp-scrolls:visible").count() == 0


def test_paper_has_each_due_date_in_its_column(
    browse: Callable[..., Opened], rehearse: Rehearse, tmp_path: Path
) -> None:
    """With deadlines the table has a column more: no cell runs into the next one, or over the edge of the paper."""
    policy = tmp_path / "deadline.toml"
    text = (ROOT / "verify.toml").read_text(encoding="utf-8")
    policy.write_text(f"{text}\n[deadline]\ndays = {{ CRITICAL = 7, HIGH = 30 }}\n", encoding="utf-8")
    ran = rehearse("--world", "deadline-missed", f"--policy={policy}")
    page = browse(ran.reports / "verify.html", **PAPER).page
    page.emulate_media(media="print")
    assert page.locator(".pp-opened .pp-failed").first.inner_text().startswith("✗ 2")
    assert page.evaluate(OVER_THE_EDGE) == []
    assert (
        page.locator(".pp-wide").evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth).length") == 0
    )
