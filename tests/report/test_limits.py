"""What comes from AWS is text of any length and any kind; tests/suite/test_large_reports.py has as much as may be."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from postpatch.model import Fact, Finding, FindingType, Host, Package
from postpatch.report.html import render_sections
from postpatch.verdict.delta import Delta
from postpatch.verdict.run import Outcome, Run
from tests.report.runs import with_delta

Read = Callable[[str], Any]
MakeFinding = Callable[..., Finding]
MakeDelta = Callable[..., Delta]


def test_markup_from_aws_stays_text(read: Read, passing: Run, make_delta: MakeDelta, make_finding: MakeFinding) -> None:
    """A script in a tag, a title, a package, a reason or a fact is shown, never run."""
    evil = "<script>alert('x')</script>\"onload=\"y"
    package = Package(evil, evil, manager=evil, file_path=evil, fixed_in=evil)
    finding = make_finding(evil, title=evil, packages=(package,))
    configuration = make_finding("C", type=FindingType.CONFIGURATION, title=evil, remediation=evil, packages=())
    fact = Fact(evil, evil, evil, False)
    check = replace(passing.checks[0], reason=evil, sentence=evil, notes=(evil,), facts=(fact,))
    assert passing.window
    assert passing.window.window
    run = replace(
        passing,
        world=evil,
        policy=evil,
        hosts=(Host(evil, evil, evil),),
        checks=(check, replace(check, id="X", outcome=Outcome.FAILED)),
        window=replace(
            passing.window,
            window=replace(passing.window.window, name=evil, schedule=evil, start_date=evil),
            targets=(replace(passing.window.targets[0], selectors=((f"tag:{evil}", (evil,)),)),),
            withheld=(evil,),
        ),
        calls={evil: 1},
    )
    delta = make_delta([finding, configuration, make_finding(f"gone {evil}")], [finding, configuration])
    html = render_sections(with_delta(run, delta))
    assert "<script" not in html
    assert '"onload' not in html
    assert "&lt;script&gt;" in html
    read(html)


def test_a_long_title_is_cut_and_says_so(passing: Run, make_delta: MakeDelta, make_finding: MakeFinding) -> None:
    """A title of 4,000 characters does not fill the page, and the reader learns that there is more of it."""
    finding = make_finding("CVE-1", title="x" * 4_000)
    html = render_sections(with_delta(passing, make_delta([finding], [finding])))
    assert "x" * 201 not in html
    assert "… (cut, 4,000 characters)" in html


def test_text_from_right_to_left_stays_in_its_cell(
    passing: Run, make_delta: MakeDelta, make_finding: MakeFinding
) -> None:
    """Hebrew and Arabic stay as they are; a mark that would turn the rest of a line around is shown instead."""
    title = "\u05e2\u05d3\u05db\u05d5\u05df \u062a\u062d\u062f\u064a\u062b"
    finding = make_finding("CVE-1", title=f"\u202e{title}\x1b[2J")
    html = render_sections(with_delta(passing, make_delta([finding], [finding])))
    assert f"<td>[U+202E]{title}[U+001B][2J<br>" in html
    assert "\u202e" not in html


def test_many_hosts_of_one_finding_are_folded_into_one_line(
    passing: Run, make_delta: MakeDelta, make_finding: MakeFinding
) -> None:
    """A finding on hundreds of hosts is one line with all its hosts folded under it."""
    findings = [make_finding("CVE-1", f"i-{number:017x}") for number in range(300)]
    html = render_sections(with_delta(passing, make_delta(findings, findings)))
    assert "<details><summary>300 hosts</summary><code>i-00000000000000000</code>, " in html


def test_of_a_fleet_a_line_shows_some_hosts_and_counts_the_others(
    read: Read, passing: Run, make_delta: MakeDelta, make_finding: MakeFinding
) -> None:
    """A finding on more hosts than a page can show is still one line, and those without a place are counted."""
    findings = [make_finding("CVE-1", f"i-{number:017x}") for number in range(1_250)]
    html = render_sections(with_delta(passing, make_delta(findings, findings)))
    remaining = html[html.index('<h2 id="pp-remains">') : html.index('<h2 id="pp-hosts">')]
    assert "<summary>1,250 hosts</summary><code>i-00000000000000000</code>, " in remaining
    assert len(set(re.findall(r"i-[0-9a-f]{17}", remaining))) == 300
    assert "</code> and 950 more</details>" in remaining
    assert "950 of 1,250 are not listed here" in read(html).text.split("What remains, and why")[-1]
