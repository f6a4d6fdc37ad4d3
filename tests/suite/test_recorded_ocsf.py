"""Recorded mode with files of OCSF: judged as Inspector's own exports of the same findings are."""

import json

from tests.ocsf import in_ocsf
from tests.suite.exported import LATER, fixable, fixed, unfixable
from tests.suite.exported import export as write_export

BEFORE = [*fixable(), *unfixable()]
AFTER = [*fixed(LATER), *unfixable(LATER)]


def test_findings_in_ocsf_are_judged_as_inspectors_own(rehearse, tmp_path):
    """The same counts and outcomes; what the format does not hold is said, and so is what was left out."""
    own = [write_export(tmp_path / name, rows) for name, rows in (("before.json", BEFORE), ("after.json", AFTER))]
    lines = []
    for name, rows in (("before.ocsf", BEFORE), ("after.ocsf", AFTER)):
        records = [*map(in_ocsf, rows), in_ocsf(rows[0]) | {"class_uid": 2003}]
        (tmp_path / name).write_text("".join(f"{json.dumps(one)}\n" for one in records), encoding="utf-8")
        lines.append(tmp_path / name)
    as_exported = rehearse("--aws", "recorded", f"--baseline={own[0]}", f"--after={own[1]}")
    in_lines = rehearse("--aws", "recorded", f"--baseline={lines[0]}", f"--after={lines[1]}")
    assert in_lines.verdict["counts"] == as_exported.verdict["counts"]
    assert in_lines.outcomes == as_exported.outcomes
    assert in_lines.exit == as_exported.exit
    assert in_lines.ids("failed") == set()
    assert (in_lines.verdict["counts"]["fixed"], in_lines.verdict["counts"]["remaining"]) == (6, 2)
    assert "before.ocsf: a file of OCSF holds package findings alone" in in_lines.out
    assert "after.ocsf: 1 record of OCSF left out" in in_lines.out
