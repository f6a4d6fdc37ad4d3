"""The fleet's files: what each says, and that no text from elsewhere becomes markup in them."""

import json
import re
from datetime import UTC, datetime
from html import escape

from postpatch.fleet.concerns import Concern, Concerns
from postpatch.fleet.gathering import Fleet, Row, gather
from postpatch.fleet.nodes import ListedHost
from postpatch.fleet.outputs import write_outputs
from postpatch.fleet.targets import Listed
from postpatch.verdict.run import Verdict
from tests.fleet.conftest import target

NOW = datetime(2026, 11, 29, 6, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\u202e [x](javascript:1)"


def hostile() -> Fleet:
    """Return a fleet in which every text that others write is hostile."""
    row = Row(HOSTILE, HOSTILE, HOSTILE, Verdict.ERROR, (HOSTILE,))
    return Fleet(
        rows=(row,),
        concerns=Concerns((Concern(HOSTILE, 2, 3),), (Concern(HOSTILE, 1, 1),)),
        left_out=(Listed("999999999999", HOSTILE, HOSTILE),),
        unlisted=(Listed("888888888888", HOSTILE, HOSTILE),),
        notes=(HOSTILE,),
        complete=True,
        stage=HOSTILE,
        titles={HOSTILE: (HOSTILE, HOSTILE)},
        unmanaged=(ListedHost(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        hosts_left_out=(ListedHost(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
    )


def test_nothing_hostile_is_markup(tmp_path):
    """Neither in the page nor in the summary, and invisible characters are shown."""
    write_outputs(hostile(), tmp_path, NOW)
    page = (tmp_path / "fleet.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page
    summary = (tmp_path / "fleet.md").read_text(encoding="utf-8")
    assert "<script" not in summary
    assert "[x](" not in summary


def test_the_three_files_say_the_same(put, expect):
    """The verdict, each target, and the link to its report where there is one that counts."""
    one, two = target(), target("222222222222", "eu-west-1")
    (put(one) / "verify.html").write_text("report", encoding="utf-8")
    put(two, "0.1.0/unpatched")
    folder = expect(one, two)
    write_outputs(gather([folder]), folder, NOW)
    document = json.loads((folder / "fleet.json").read_text(encoding="utf-8"))
    assert (document["verdict"], [row["name"] for row in document["targets"]]) == ("FAIL", [one.name, two.name])
    page, summary = ((folder / name).read_text(encoding="utf-8") for name in ("fleet.html", "fleet.md"))
    assert document["sentence"] in page
    assert document["sentence"] in summary
    (failed,) = (row["reason"] for row in document["targets"] if row["verdict"] == "FAIL")
    assert escape(failed) in page
    for name, path in re.findall(r'href="([^"]+)">report<span class="pp-hidden"> of ([^<]+)<', page):
        assert (folder / name).is_file(), path
    assert not list(folder.glob(".fleet*"))
