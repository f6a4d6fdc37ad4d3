"""`postpatch history`: what it prints, what it writes, and how it ends."""

import html
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from postpatch.__main__ import main
from tests.packs.sealing import sealed
from tests.packs.test_packs import SMALL


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Return a folder with one pack."""
    return shutil.copytree(sealed(SMALL, tmp_path / "made"), tmp_path / "reports")


def test_a_history_is_printed_and_written(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page stands beside the packs; it has no script, and the pack around it is still whole."""
    assert main(["history", str(reports)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("stack pww, 123456789012, us-east-1 (recorded files): 1 round\n")
    page = (reports / "history.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert 'href="verify.html"' in page
    assert main(["evidence", "check", str(reports)]) == 0


@pytest.mark.parametrize("name", ["javascript:alert(document.title)", "data:text,x", "50% #1?", "a'b\"c"])
def test_a_link_leads_to_the_pack_whatever_its_folder_is_called(reports: Path, tmp_path: Path, name: str) -> None:
    """Who named the folder of a pack decides neither where its link leads nor what it runs."""
    pack = reports.rename(tmp_path / name)
    assert main(["history", str(pack), "--out", str(tmp_path / "history.html")]) == 0
    (address,) = re.findall('href="([^"]*verify.html)"', (tmp_path / "history.html").read_text(encoding="utf-8"))
    parts = urlsplit(html.unescape(address))
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    assert unquote(parts.path) == f"{name}/verify.html"


def test_an_altered_pack_is_shown_and_ends_with_1(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads the terminal or the page learns which pack was left out, and why."""
    (reports / "verify.json").write_text("x", encoding="utf-8")
    assert main(["history", str(reports)]) == 1
    assert "altered, and not used" in capsys.readouterr().out
    page = (reports / "history.html").read_text(encoding="utf-8")
    assert "Packs that were not used" in page
    assert "verify.json: altered" in page


@pytest.mark.parametrize("place", ["", "nowhere"])
def test_no_pack_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    """An empty folder, or none, ends with 2 and says what to name; nothing is written."""
    assert main(["history", str(tmp_path / place)]) == 2
    assert capsys.readouterr().err.startswith("Name a folder with evidence packs")
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_written_is_one_sentence(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says what to do first."""
    assert main(["history", str(reports), "--out", str(reports / "verify.json" / "x.html")]) == 2
    assert capsys.readouterr().err.startswith("Name another file with --out FILE: ")
