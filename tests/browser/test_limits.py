"""Whatever AWS tells, and however much of it: the page stays a report, and opens."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from postpatch.model import Host
from postpatch.verdict.run import Run
from tests.browser.conftest import OPEN_ALL, Opened
from tests.report.runs import HOSTS, finding, make_delta, passing_run, with_delta

MEGABYTE = 1_000_000
SIZE = {"width": 375, "height": 812}
EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>\"onload=\"alert(2)"
HEBREW = "\u05e2\u05d3\u05db\u05d5\u05df \u05d0\u05d1\u05d8\u05d7\u05d4 (2026)"


def test_text_from_aws_never_runs_and_never_leaves_its_place(
    browse: Callable[..., Opened], page_of: Callable[[Run], Path], tmp_path: Path
) -> None:
    """Markup stays text, a title of 4,000 characters is cut, right-to-left text turns nothing around it."""
    run = passing_run(tmp_path)
    findings = [
        finding(EVIL, title=EVIL), finding("CVE-1", title="x" * 4_000), finding("CVE-2", title=f"\u202e{HEBREW}"),
    ]  # fmt: skip
    hosts = (Host(HOSTS[0], HEBREW), Host(HOSTS[1], EVIL), Host(HOSTS[2], "n" * 300))
    delta = make_delta(tmp_path, [], findings)
    page = page_of(with_delta(replace(run, hosts=hosts), delta))
    opened = browse(page, viewport=SIZE)
    page = opened.page
    page.evaluate(OPEN_ALL)
    assert opened.complaints == opened.requests == []
    assert page.evaluate("document.documentElement.scrollWidth") == SIZE["width"]
    assert page.locator(".postpatch :is(script, img)").count() == 0
    assert page.locator("#pp-new ~ details th", has_text=EVIL).count() == 1
    row = page.locator(".pp-lines tr", has_text="CVE-2")
    assert row.locator("td").all_inner_texts()[0] == "HIGH"
    assert f"[U+202E]{HEBREW}" in row.inner_text()
    # A name of another script begins and ends in its own cell: the id before it stays where it was.
    name, host = (page.locator(".pp-hosts tbody th").first.locator(part) for part in ("bdi", ":scope"))
    assert name.inner_text() == HEBREW
    assert host.inner_text().split("\n")[0] == HOSTS[0]


def test_ten_thousand_remaining_findings_are_a_page_like_any_other(
    browse: Callable[..., Opened], ten_thousand: Path
) -> None:
    """Under 4 MB with pytest-html's own part, every finding listed, and folds that open at a click."""
    assert ten_thousand.stat().st_size < 4 * MEGABYTE
    page = browse(ten_thousand).page
    fold = page.locator(".pp-kind details", has=page.locator("tr", has_text="CVE-2024-00000")).first
    assert page.evaluate("document.querySelectorAll('.pp-kind .pp-lines tbody tr').length") == 10_000
    fold.locator("summary").first.click()
    assert fold.locator("tr", has_text="CVE-2024-09999").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
