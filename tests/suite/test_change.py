"""`--change` in a whole run: the record has it everywhere, and a pack whose manifest says another one is told."""

import json

from postpatch.__main__ import main


def test_the_record_has_the_change(rehearse, capsys):
    """On the page, in verify.json, the summary and the sealed manifest; judged again, it is the same."""
    ran = rehearse("--change", "CHG-123", "--approver", "A. Jones")
    assert ran.exit == 0, ran.out
    assert ran.verdict["change"] == {"ticket": "CHG-123", "approver": "A. Jones"}
    assert "CHG-123, approved by A. Jones" in (ran.reports / "verify.html").read_text(encoding="utf-8")
    assert "Change: CHG-123, approved by A. Jones." in (ran.reports / "summary.md").read_text(encoding="utf-8")
    manifest = ran.reports / "manifest.json"
    sealed = json.loads(manifest.read_text(encoding="utf-8"))
    assert sealed["change"] == {"ticket": "CHG-123", "approver": "A. Jones"}
    assert main(["evidence", "rejudge", str(ran.reports)]) == 0, capsys.readouterr().out
    manifest.write_text(json.dumps(sealed | {"change": {"ticket": "CHG-9", "approver": ""}}), encoding="utf-8")
    assert main(["evidence", "check", str(ran.reports)]) != 0
    assert "CHG-9" in capsys.readouterr().out
