"""The report as a reader meets it: in order, without a network, by keyboard, on a phone, with scripts or without."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import JENKINS, OPEN_ALL, PHONE, Opened

Browse = Callable[..., Opened]

SECTIONS = [
    "Verdict", "What is open, by package", "What was judged", "Change by severity", "What was fixed",
    "What remains, and why", "What is new", "Waivers and limits", "Hosts", "Maintenance window, target and task",
    "Checks", "Calls to AWS", "Evidence",
]  # fmt: skip
# The text of our sections, without what is only for readers whose scripts are blocked.
TEXT = "document.querySelector('.postpatch').innerText.replace(/\\s+/g, ' ').split('Test results, as pytest-html')[0]"


def test_the_sections_stand_in_the_order_of_reading(browse: Browse, report: Path) -> None:
    """The verdict first, the evidence last, each under a heading that a screen reader jumps to."""
    page = browse(report).page
    assert page.locator(".postpatch section h2").all_inner_texts() == SECTIONS
    assert all(section.is_visible() for section in page.locator(".postpatch section").all())


def test_nothing_is_asked_of_a_network_and_nothing_goes_wrong(browse: Browse, report: Path) -> None:
    """The page asks for nothing but itself, folds opened and all, and its console stays silent."""
    opened = browse(report)
    opened.page.evaluate(OPEN_ALL)
    opened.page.wait_for_load_state("networkidle")
    assert [url for url in opened.requests if not url.startswith("data:")] == []
    assert opened.complaints == []


def test_every_fold_opens_by_keyboard_alone(browse: Browse, report: Path) -> None:
    """Tab reaches each fold, and Enter or Space opens it; nothing needs a pointer."""
    page = browse(report).page
    page.evaluate("document.querySelectorAll('.postpatch details').forEach(fold => fold.open = false)")
    folds = page.locator(".postpatch details")
    reached = 0
    for _ in range(500):
        page.keyboard.press("Tab")
        where = page.evaluate(
            "[document.activeElement.tagName, !!document.activeElement.closest('.postpatch'), "
            "!!document.activeElement.closest('#results-table, .controls')]"
        )
        if where[0] == "SUMMARY" and where[1]:
            reached += 1
            page.keyboard.press("Enter" if reached % 2 else "Space")
        elif where[2]:
            break
    assert reached == folds.count() > 5
    expect(page.locator(".postpatch details:not([open])")).to_have_count(0)


def test_a_link_to_a_check_leads_to_it(browse: Browse, report_of: Callable[[str], Path]) -> None:
    """From what is not proven a reader comes to the check with its facts, open to be read."""
    page = browse(report_of("drifted-window")).page
    page.locator(".pp-todo a").first.click()
    row = page.locator("#pp-check-MW-1")
    expect(row).to_be_in_viewport()
    expect(row.locator(".pp-facts .pp-differs").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_never_scrolls_sideways(browse: Browse, report: Path, scheme: str) -> None:
    """The page is as wide as a phone, folds opened and all: a wide table scrolls by itself."""
    page = browse(report, color_scheme=scheme, **PHONE).page
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    assert page.evaluate("visualViewport.scale") == 1


def test_light_and_dark_follow_the_readers_system(browse: Browse, report_of: Callable[[str], Path]) -> None:
    """Paper and ink change places; the words are the same."""
    pages = [browse(report_of("workshop"), color_scheme=scheme).page for scheme in ("light", "dark")]
    light, dark = (page.evaluate("getComputedStyle(document.body).backgroundColor") for page in pages)
    assert light == "rgb(255, 255, 255)"
    assert max(int(part) for part in dark.removeprefix("rgb(").removesuffix(")").split(",")) < 40
    assert len({page.evaluate(TEXT) for page in pages}) == 1


def test_without_scripts_the_same_is_read(browse: Browse, report: Path) -> None:
    """Every word of our sections is there with scripts blocked, and a fold still opens."""
    plain = browse(report, java_script_enabled=False).page
    assert plain.evaluate(TEXT) == browse(report).page.evaluate(TEXT)
    assert plain.locator("noscript").is_visible()
    fold = plain.locator(".pp-kind details").first
    expect(fold.locator("table")).to_be_hidden()
    fold.locator("summary").first.click()
    expect(fold.locator("table")).to_be_visible()


def test_under_jenkins_content_policy_the_same_is_read(browse: Browse, report: Path) -> None:
    """With scripts and our styles blocked the words still come in order, and the folds still work."""
    opened = browse(report, policy=JENKINS)
    page = opened.page
    assert page.evaluate("getComputedStyle(document.querySelector('.pp-verdict')).borderStyle") == "none"
    assert page.locator(".postpatch section h2").all_inner_texts() == SECTIONS
    assert page.locator(".pp-sentence").inner_text() in browse(report).page.locator(".pp-sentence").inner_text()
    assert page.locator(".pp-checks > tbody > tr").count() == page.locator("[id^=pp-check-]").count() > 20
    fold = page.locator(".pp-kind details").first
    fold.locator("summary").first.click()
    expect(fold.locator("table")).to_be_visible()


def test_the_chart_says_in_words_what_it_shows(browse: Browse, report: Path) -> None:
    """A screen reader gets the chart's name and its numbers."""
    chart = browse(report).page.get_by_role("img", name="Active findings by severity")
    assert chart.count() == 1
    assert "CRITICAL: 13 in the baseline, 1 after patching" in (chart.locator("desc").text_content() or "")


def test_a_simulation_is_called_one_before_anything_else(browse: Browse, report: Path) -> None:
    """The banner stands above the verdict, on the first screen of a desk and of a phone."""
    for options in ({}, PHONE):
        page = browse(report, **options).page
        banner = page.locator(".pp-banner")
        expect(banner).to_be_in_viewport()
        assert banner.inner_text().startswith("SIMULATED")
