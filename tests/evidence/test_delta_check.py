"""A `delta.csv` that no run writes is a problem of its pack, before a history or a fleet reads it."""

import shutil

import pytest

from postpatch.__main__ import main
from postpatch.evidence.delta_check import delta_problem
from postpatch.evidence.pack import read_manifest, seal
from postpatch.report.delta_csv import COLUMNS
from tests.packs.sealing import sealed
from tests.packs.test_packs import SMALL

HEAD = ",".join(COLUMNS)
ROW = {"class": "fixed", "severity_before": "HIGH", "comparable": "yes"}


def line(**cells):
    """Return a row of a delta with these cells."""
    return ",".join((ROW | cells).get(name, "x" if name in ("host", "title") else "") for name in COLUMNS)


WRONG = {
    "empty": (b"", "is no delta: it must have one column account"),
    "no text": (b"\x00\xff\xfe,,,\n", "is not CSV: 'utf-8' codec"),
    "other columns": (b"a,b\r\n1,2\r\n", "is no delta: it must have one column account"),
    "a column twice": (f"{HEAD},class\r\n".encode(), "is no delta: it must have one column class"),
    "a text without end": (f'{HEAD}\r\n"x'.encode(), "is not CSV: unexpected end of data"),
    "a short row": (f"{HEAD}\r\n{line()}\r\na,b\r\n".encode(), "row 3 has 2 cells"),
    "a cell that no run writes": (f"{HEAD}\r\n{'x' * 200_000}\r\n".encode(), "is not CSV: field larger than"),
    "no class": (f"{HEAD}\r\n{line(**{'class': 'gone?'})}\r\n".encode(), "row 2 has 'gone?' as class"),
    "no severity": (f"{HEAD}\r\n{line(severity_after='NONE')}\r\n".encode(), "row 2 has 'NONE' as severity_after"),
    "hides": (f"{HEAD}\r\n{line(comparable=chr(27) + '[2J')}\r\n".encode(), "row 2 has '\\x1b[2J' as comparable"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_no_run_writes_is_said(tmp_path, what):
    """The first row that is wrong is named, and nothing of it can move a terminal."""
    content, words = WRONG[what]
    (tmp_path / "delta.csv").write_bytes(content)
    assert delta_problem(tmp_path / "delta.csv").startswith(words)


@pytest.mark.parametrize("rows", [[], [line()], [line(title='"a, ""b""\n"'), line(severity_after="LOW")]])
def test_what_a_run_writes_is_whole(tmp_path, rows):
    """Quotes, commas and line ends within a cell are CSV."""
    (tmp_path / "delta.csv").write_text("\r\n".join([HEAD, *rows, ""]), encoding="utf-8", newline="")
    assert delta_problem(tmp_path / "delta.csv") == ""


@pytest.mark.parametrize("what", WRONG)
def test_no_command_breaks_on_it(tmp_path, what, capsys):
    """Each command that reads packs says which one is not as it was published, and reports on the others."""
    folder = shutil.copytree(sealed(SMALL, tmp_path / "made"), tmp_path / "packs" / "one")
    (folder / "delta.csv").write_bytes(WRONG[what][0])
    manifest = read_manifest(folder)
    seal(folder, [*(file.name for file in manifest.files), "delta.csv"], manifest)
    shutil.copytree(sealed(SMALL, tmp_path / "again"), tmp_path / "packs" / "two")
    assert main(["evidence", "check", str(folder)]) == 1
    assert "delta.csv: " in capsys.readouterr().out
    assert main(["history", str(folder), str(tmp_path / "packs" / "two"), "--out", str(tmp_path / "page.html")]) == 1
    assert "1 round" in capsys.readouterr().out
    assert main(["gather", str(tmp_path / "packs")]) == 1, "the other one failed"
    assert "not the pack as it was published" in (tmp_path / "packs" / "fleet.json").read_text(encoding="utf-8")
    assert main(["explain", "CVE-2024-1", "--reports", str(folder)]) in (1, 2)
    assert "not the pack as it was published" in capsys.readouterr().out
