"""Pictures of the report for whoever reviews a change to it: `build/screenshots/`, kept by CI."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import PHONE, Opened

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ["workshop", "unpatched", "drifted-window", "ten-thousand"])
def test_each_look_is_kept(
    browse: Callable[..., Opened],
    request: pytest.FixtureRequest,
    report_of: Callable[[str], Path],
    name: str,
    look: str,
) -> None:
    """A green report, two red ones, and one of 10,000 remaining findings, each as a desk and a phone show it."""
    report = request.getfixturevalue("ten_thousand") if name == "ten-thousand" else report_of(name)
    kept = browse(report, **LOOKS[look]).keep_picture(f"{name}-{look}.png")
    assert kept.stat().st_size > 50_000
