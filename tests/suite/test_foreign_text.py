"""What AWS says may be anything: no terminal, no log, no runner and no page is moved by it."""

import html
import json
import re
from xml.etree import ElementTree

import pytest

from tests.suite.wicked import refuse_in_wicked_words

HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\U000e0000-\U000e0fff]")
OBEYED = re.compile(r"^\s*::(?!stop-commands::[0-9a-f]{32}$|[0-9a-f]{32}::$)|##\[|##vso\[|##teamcity\[", re.MULTILINE)
LONG = re.compile("x{5000}")
LOUDLY = ("-W", "default", "--log-level=DEBUG", "-o", "log_cli=true", "--showlocals", "--tb=long", "-rA")


@pytest.fixture(scope="module")
def ran(rehearse_in, tmp_path_factory):
    """Return a run on GitHub that shows as much as pytest can show."""
    folder = tmp_path_factory.mktemp("foreign")
    more = (f"--junitxml={folder}/junit.xml", f"--log-file={folder}/log.txt")
    return rehearse_in(folder)(
        "--world", "workshop", *LOUDLY, *more, prepare=refuse_in_wicked_words, GITHUB_ACTIONS="true"
    )


def test_the_run_could_not_check(ran):
    """The refusals were met, and are told with their own words last."""
    assert ran.exit == 10, ran.out[-3000:]
    assert "no[U+001B][2J" in ran.out
    assert "… (cut, 200," in ran.out
    assert "UserWarning: no[U+001B][2J" in ran.out


def test_the_terminal_shows_what_is_hidden(ran):
    """Nothing that moves a terminal is printed, nothing invisible, and nothing endless."""
    assert not HIDDEN.search(ran.out)
    assert not LONG.search(ran.out)


def test_no_runner_obeys(ran):
    """GitHub's commands are stopped from the first line to the last, but for our annotations; none is forged."""
    stopped, ours = "", []
    for line in ran.out.splitlines():
        if found := re.fullmatch("::stop-commands::([0-9a-f]{32})", line):
            stopped = found[1]
        elif line == f"::{stopped}::":
            stopped = ""
        elif not stopped and line.strip():
            ours.append(line)
    assert ours
    assert all(line.startswith(("::error title=", "::warning title=")) for line in ours), ours
    assert not stopped
    foreign = "\n".join(line for line in ran.out.splitlines() if line not in ours)
    assert not OBEYED.search(foreign), OBEYED.search(foreign)


def test_no_file_for_people_holds_it(ran):
    """JUnit, the log, the page and the summary show it as the terminal does."""
    suite = ElementTree.parse(ran.reports.parent / "junit.xml")  # noqa: S314 - our own file
    shown = [text for one in suite.iter() for text in (*one.attrib.values(), one.text or "")]
    assert any("[U+001B]" in text for text in shown)
    shown.append((ran.reports.parent / "log.txt").read_text(encoding="utf-8"))
    page = (ran.reports / "verify.html").read_text(encoding="utf-8")
    blob = re.search('data-jsonblob="([^"]*)"', page)
    shown += [text for tests in json.loads(html.unescape(blob[1]))["tests"].values() for one in tests for text in
              (one["log"], *one["resultsTableRow"])]  # fmt: skip
    sections = page.replace(blob[0], "").partition("<main")[2].partition("</main>")[0]
    assert not HIDDEN.search(sections)
    assert not LONG.search(sections)
    shown.append((ran.reports / "summary.md").read_text(encoding="utf-8"))
    for text in shown:
        assert not HIDDEN.search(text)
        assert not LONG.search(text)
        assert not OBEYED.search(text), OBEYED.search(text)
    summary = re.sub("`[^`]*`", "", shown[-1])
    assert "evil.example" in shown[-1]
    assert not re.search("https://|@octocat", summary)
