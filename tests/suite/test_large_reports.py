"""Reports of as many findings as there may be: a page has room for all that it lists, and says what it leaves out."""

import re
from collections.abc import Callable
from typing import Any

from postpatch.model import Finding
from postpatch.report.html import render_sections
from postpatch.verdict.delta import Delta
from postpatch.verdict.run import Run
from tests.report.conftest import make_delta, make_finding, passing, read
from tests.report.runs import with_delta

__all__ = ["make_delta", "make_finding", "passing", "read"]

MEGABYTE = 1_000_000

Read = Callable[[str], Any]
MakeFinding = Callable[..., Finding]
MakeDelta = Callable[..., Delta]


def test_ten_thousand_unlike_findings_stay_under_four_megabytes(
    passing: Run, make_delta: MakeDelta, make_finding: MakeFinding
) -> None:
    """The report of 10,000 remaining findings, no two alike, lists every one and leaves room for pytest-html."""
    findings = [
        make_finding(f"CVE-2024-{number:05}", f"i-{number:017x}", title=f"CVE-2024-{number:05} - openssl, openssl-libs")
        for number in range(10_000)
    ]
    html = render_sections(with_delta(passing, make_delta(findings, findings)))
    assert len(html.encode()) < 3.6 * MEGABYTE
    remaining = html[html.index('<h2 id="pp-remains">') : html.index('<h2 id="pp-hosts">')]
    assert len(set(re.findall(r"CVE-2024-\d{5}", remaining))) == 10_000


def test_what_does_not_fit_is_counted_and_found_elsewhere(
    read: Read, passing: Run, make_delta: MakeDelta, make_finding: MakeFinding
) -> None:
    """Where findings are too many or too wordy for one page, it says how many are left out and where they all are."""
    findings = [make_finding(f"CVE-{number}", title="<" * 4_000) for number in range(4_000)]
    html = render_sections(with_delta(passing, make_delta(findings, findings)))
    assert len(html.encode()) < 3.6 * MEGABYTE
    text = read(html).text.split("What remains, and why")[-1]
    told = re.search(
        r"([\d,]+) of 4,000 are not listed here, .*? All of them are in delta\.csv, next to this report\.", text
    )
    assert told
    listed = text.count("(cut, 4,000 characters)")
    assert listed + int(told.group(1).replace(",", "")) == 4_000
