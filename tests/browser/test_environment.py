"""Nothing that the environment of a run holds can change the page: markup in each variable is text, or is not shown."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_metadata.plugin import CONTINUOUS_INTEGRATION

from tests.browser.conftest import OPEN_ALL, ROOT, Opened

TURNS_GREEN = "document.querySelectorAll('.pp-verdict,.pp-verdict *').forEach(e=>e.textContent='PASS');alert(1)"
MARKUP = f'fix/<img/src="x"onerror="{TURNS_GREEN}"><script>{TURNS_GREEN}</script>'
VARIABLES = sorted({name for provider in CONTINUOUS_INTEGRATION for name in provider})


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "with a worker"])
def test_markup_in_every_variable_changes_nothing(
    browse: Callable[..., Opened], report_of: Callable[[str], Path], tmp_path: Path, workers: tuple[str, ...]
) -> None:
    """The page of a failed run says FAIL, whatever branches, addresses and people are called; and asks for nothing."""
    foreign = ("PYTEST_", "AWS_", "GITHUB_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    words = ["-m", "verify", "--world", "drifted-window", f"--reports={tmp_path}", "-p", "no:hypothesispytest"]
    words += ["--metadata", "Python", MARKUP, "--metadata", MARKUP, MARKUP, *workers]
    subprocess.run(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-m", "pytest", *words], cwd=ROOT, env=environment | dict.fromkeys(VARIABLES, MARKUP),
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    opened = browse(tmp_path / "verify.html")
    opened.page.evaluate(OPEN_ALL)
    opened.page.wait_for_load_state("networkidle")
    clean = browse(report_of("drifted-window")).page.locator(".pp-verdict").inner_text()
    assert "FAIL" in clean
    assert opened.page.locator(".pp-verdict").inner_text() == clean
    assert opened.page.locator("#environment img, #environment script").count() == 0
    assert MARKUP[:40] in opened.page.locator("#environment").inner_text()
    assert [url for url in opened.requests if not url.startswith("data:")] == []
    assert opened.complaints == []
