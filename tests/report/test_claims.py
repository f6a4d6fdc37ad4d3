"""What a report, a summary and a delta say is read back in each version's wording, and every edit of it is found."""

import pytest

from postpatch.report.claims import delta_contradictions, page_contradictions, summary_contradictions

CHECKS = {"SCAN-1": "passed", "FIND-1": "failed", "MW-1": "not assessed", "FIND-4": "error"}
COUNTS = {"baseline": 1191, "after": 3, "fixed": 1189, "remaining": 2, "new": 1, "host_gone": 0}
VERDICT = {
    "verdict": "FAIL", "mode": "simulated", "simulated": True, "run": "7ed06235",
    "counts": COUNTS, "configuration": {"fixed": 0, "remaining": 1, "new": 0, "host_gone": 0},
    "checks": [{"id": name, "outcome": outcome} for name, outcome in CHECKS.items()],
}  # fmt: skip
PAGE = """<h1 id="title">SIMULATED: Patch verification of stack pww</h1>
<p class="pp-banner">SIMULATED: this run looked at an embedded AWS, world unpatched</p>
<p class="pp-verdict pp-fail"><span aria-hidden="true">✗</span> <strong>FAIL</strong></p>
<div><dt>active findings, before → after</dt><dd>1,191 → 3</dd></div>
<tr><th scope="row">Fixed</th><td>1,189</td><td>0</td><td class="pp-words">Gone.</td></tr>
<tr><th scope="row">Remaining</th><td>2</td><td>1</td><td class="pp-words">Active.</td></tr>
<tr><th scope="row">New</th><td>1</td><td>0</td><td class="pp-words">New.</td></tr>
<tr id="pp-check-SCAN-1"><th scope="row">SCAN-1</th><td><span class="pp-passed">✓ passed</span></td></tr>
<tr id="pp-check-FIND-1"><th scope="row">FIND-1</th><td><span class="pp-failed">✗ failed</span></td></tr>
<tr id="pp-check-MW-1"><th scope="row">MW-1</th><td><span class="pp-not-assessed">○ not assessed</span></td></tr>
<tr id="pp-check-FIND-4"><th scope="row">FIND-4</th><td><span class="pp-error">! error</span></td></tr>
"""
SUMMARY = """## FAIL: 2 of 4 checks did not pass.

**SIMULATED, on an embedded AWS, world unpatched: this proves nothing about any real host.**

3 hosts of stack pww, account 123456789012, region us-east-1, Inspector v2,
simulated, run 7ed06235, finished 2026-11-29T01:25:38 UTC.

|  | baseline | after | fixed | remaining | new | host gone |
| --- | --- | --- | --- | --- | --- | --- |
| all findings | 1,191 | 3 | 1,189 | 2 | 1 | 0 |
| HIGH | 7 | 3 | 1 | 2 | 1 | 0 |

| check | outcome | why |
| --- | --- | --- |
| FIND-1 | failed | for reasons |
| FIND-4 | error | for others |

Not assessed (not selected, or not reached): MW-1.
"""
ROW = "123456789012,i-1,PACKAGE_VULNERABILITY,CVE-2026-{},{},SIMULATED\n"
CLASSES = ["fixed"] * 1189 + ["remaining"] * 2 + ["new"]
DELTA = "account,host,type,vulnerability,class,evidence\n"
DELTA += "".join(ROW.format(number, name) for number, name in enumerate(CLASSES))
DELTA += "123456789012,i-1,CONFIGURATION,1.1.1,remaining,SIMULATED\n"
READ = {
    "page": (page_contradictions, PAGE),
    "summary": (summary_contradictions, SUMMARY),
    "delta": (delta_contradictions, DELTA),
}


def read(file, text):
    """Return a text as it is read: a delta line by line."""
    return text.splitlines(keepends=True) if file == "delta" else text


@pytest.mark.parametrize("file", READ)
def test_what_agrees(file):
    """Nothing is said of a file that says what the verdict says."""
    says, text = READ[file]
    assert list(says(read(file, text), VERDICT)) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("page", "pp-fail", "pp-pass", "verdict: "),
        ("page", "<strong>FAIL", "<strong>PASS", "verdict: "),
        ("page", '"title">SIMULATED: ', '"title">', "SIMULATED in the title"),
        ("page", '"pp-banner">SIMULATED: ', '"pp-banner">', "SIMULATED in the banner"),
        ("page", "SIMULATED: this", "RECORDED: this", "RECORDED in the banner"),
        ("page", '<span class="pp-failed">', '<span class="pp-passed">', "outcomes: "),
        ("page", '<tr id="pp-check-FIND-4">', "<tr>", "outcomes: "),
        ("page", "1,191 → 3", "1,191 → 0", "active findings: "),
        ("page", "<td>2</td><td>1</td>", "<td>0</td><td>1</td>", "findings remaining: "),
        ("page", "<td>2</td><td>1</td>", "<td>2</td><td>0</td>", "findings remaining: "),
        ("page", "pp-words", "words", "shows no findings by class"),
        ("summary", "## FAIL", "## PASS", "verdict: "),
        ("summary", "**SIMULATED, on", "On", "SIMULATED: "),
        ("summary", "simulated, run", "live, run", "mode and run: "),
        ("summary", "| 1,189 | 2 |", "| 1,191 | 0 |", "findings remaining: "),
        ("summary", "| FIND-1 | failed |", "| FIND-2 | failed |", "outcomes: "),
        ("summary", "| FIND-4 | error | for others |\n", "", "outcomes: "),
        ("summary", ": MW-1.", ": MW-2.", "outcomes: "),
        ("delta", "SIMULATED", "live", "evidence: "),
        ("delta", "remaining,SIMULATED", "fixed,SIMULATED", "counts fixed: "),
        ("delta", "1.1.1,remaining", "1.1.1,fixed", "configuration fixed: "),
        ("delta", "CVE-2026-1191,new", "CVE-2026-1191,ignored", "counts ignored: "),
    ],
)  # fmt: skip
def test_each_edit_is_found(file, old, new, words):
    """A verdict, a mode, an outcome or a count that was edited is named."""
    says, text = READ[file]
    assert old in text
    assert any(one.startswith(words) or words in one for one in says(read(file, text.replace(old, new)), VERDICT))


def test_a_recorded_run_that_could_not_compare():
    """A run on two files without a comparison has no counts, and says RECORDED; both are read as such."""
    verdict = VERDICT | {"simulated": False, "mode": "recorded", "counts": None, "configuration": None}
    page = PAGE.replace("SIMULATED: Patch", "Patch").replace("SIMULATED: this", "RECORDED: this")
    page = "\n".join(line for line in page.splitlines() if "pp-words" not in line and "before →" not in line)
    assert list(page_contradictions(page, verdict)) == []
