"""Measure the report of 10,000 remaining findings, none like another: its size, its writing, its opening in Chromium.

Writing is a ratio against reading and explaining the same findings. Opening is in seconds, for a reader waits in
seconds, beside the plain rows of one table; it is left out where playwright or Chromium is absent.
"""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from html import escape
from pathlib import Path

from postpatch.model import Finding
from postpatch.report.html import STYLESHEET, render_sections
from postpatch.verdict.remaining import RemainingFindings
from postpatch.verdict.run import Run
from tests.report.runs import finding, make_delta, passing_run, with_delta

FINDINGS, ROUNDS = 10_000, 3


def plain(findings: list[Finding]) -> str:
    """Return the same findings as the rows of one table, and nothing else."""
    rows = (
        f"<tr><td>{escape(one.severity)}</td><th>{escape(one.vulnerability)}</th><td>{escape(one.title)}</td>"
        f"<td>{escape(one.host)}</td></tr>"
        for one in findings
    )
    return f"<table>{''.join(rows)}</table>"


def explained(run: Run) -> int:
    """Read every remaining finding and settle its kind."""
    return sum(1 for _ in RemainingFindings(run.delta, {})) if run.delta else 0


def page(body: str) -> str:
    """Return a whole page with our stylesheet."""
    style = STYLESHEET.read_text(encoding="utf-8")
    return f"<!doctype html><html lang=en><title>report</title><style>{style}</style>{body}"


def seconds(what: Callable[[], object]) -> float:
    """Return the median time of some rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        what()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def opening(pages: list[Path]) -> list[float] | None:
    """Return the median seconds until each page has loaded and is drawn, or None without a browser."""
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if chromium is None:
        return None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])

        def open_it(path: Path) -> None:
            with browser.new_page() as tab:
                tab.goto(path.as_uri())
                tab.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")

        open_it(pages[0])
        taken = [seconds(lambda path=path: open_it(path)) for path in pages]  # type: ignore[misc]
        browser.close()
        return taken


def main() -> None:
    """Print size, writing and opening."""
    findings = [finding(f"CVE-2024-{number:05}", f"i-{number:017x}") for number in range(FINDINGS)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = passing_run(folder)
        run = with_delta(small, make_delta(folder, findings, findings))
        files = [folder / "plain.html", folder / "small.html", folder / "large.html"]
        for path, body in zip(files, (plain(findings), render_sections(small), render_sections(run)), strict=True):
            path.write_text(page(body), encoding="utf-8")
        sys.stdout.write(f"report of {FINDINGS} remaining findings; lower is better\n")
        sys.stdout.write(f"size in MB                                {files[2].stat().st_size / 1e6:6.2f}\n")
        ratio = seconds(lambda: render_sections(run)) / seconds(lambda: explained(run))
        sys.stdout.write(f"write it / explain its findings           {ratio:6.2f}\n")
        taken = opening(files)
        if taken is None:
            sys.stdout.write("opening not measured: playwright (make test installs it) or chromium is not here\n")
            return
        for words, time_taken in zip(("plain rows", "a small report", "this report"), taken, strict=True):
            sys.stdout.write(f"{f'seconds to open {words} in Chromium':<40}  {time_taken:6.2f}\n")


if __name__ == "__main__":
    main()
