"""What is sent elsewhere: only the verdict, counts and a link, in the form that each destination takes."""

import json
from dataclasses import replace

import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from postpatch.model import Notice
from postpatch.report.exports.asff import checks_as_findings, verdict_as_finding
from postpatch.report.notices import issue, notice_of, plain, slack, subject, teams
from postpatch.verdict.run import Verdict
from tests.report.runs import HOSTS

LINK = "https://reports.example.com/{run}/verify.html?a=1&b=2"
TEXT = st.text(st.characters(codec="utf-8"), max_size=300)
NOTICES = st.builds(
    Notice, st.sampled_from([*map(str, Verdict)]), TEXT, st.lists(st.tuples(TEXT, TEXT), max_size=4).map(tuple)
)


def texts(value):
    """Return every text in a JSON value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [value] if isinstance(value, str) else [text for one in inner for text in texts(one)]


@pytest.mark.parametrize("kind", ["passing", "failing", "blind"])
def test_no_host_and_no_finding_is_named(request, kind):
    """A chat and an issue are read by others than the report: the verdict, counts and the link, nothing else."""
    run = request.getfixturevalue(kind)
    notice = notice_of(run, LINK)
    said = " ".join([plain(notice), subject(notice), *texts(slack(notice)), *texts(teams(notice)), *issue(notice)])
    assert run.verdict.value in said
    assert f"https://reports.example.com/{run.id}/verify.html" in said
    assert not [name for name in (*HOSTS, "CVE-", "123456789012") if name in said]


def test_the_counts_are_those_of_the_run(failing):
    """Each as the page has it."""
    counts = dict(notice_of(failing).counts)
    delta = failing.delta.counts
    assert counts["Active findings before"] == str(delta.baseline)
    assert counts["Active findings after"] == str(delta.after)
    assert counts["Findings remaining"] == str(delta.remaining)
    assert sum(int(value) for name, value in counts.items() if name.startswith("Checks")) == len(failing.checks)


def test_what_is_not_known_is_left_out(blind):
    """No zero stands for findings that could not be collected."""
    assert not [name for name, _ in notice_of(blind).counts if "inding" in name]


def test_a_simulated_run_says_so_first(passing):
    """Whoever reads the first word only is not misled."""
    notice = notice_of(passing)
    assert notice.title.startswith("SIMULATED: PASS")
    assert all(text.startswith("SIMULATED") for text in (subject(notice), plain(notice), issue(notice)[0]))


@given(NOTICES)
def test_slack_shows_no_markup(notice):
    """Only our own link is mrkdwn, and `<!channel>` in a text calls nobody."""
    message = slack(replace(notice, link="https://reports.example.com/?a=1&b=2"))
    assert not set("<>") & set(message["text"])
    assert [block["text"]["type"] for block in message["blocks"]] == ["plain_text", "plain_text", "mrkdwn"]
    assert message["blocks"][-1]["text"]["text"] == "<https://reports.example.com/?a=1&amp;b=2|Report>"
    assert 0 < len(message["blocks"][0]["text"]["text"]) <= 150
    json.dumps(message).encode()


@given(NOTICES)
def test_teams_gets_one_card_without_markdown(notice):
    """A text run is shown as it is; a text block would be Markdown."""
    message = teams(replace(notice, link="https://reports.example.com/"))
    [attachment] = message["attachments"]
    assert message["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert {line["type"] for line in card["body"]} == {"RichTextBlock"}
    assert len(card["body"]) == 1 + len(notice.counts)
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Report", "url": "https://reports.example.com/"}]


@given(NOTICES)
def test_a_subject_is_one_that_sns_takes(notice):
    """ASCII, one line, less than 100 characters (SNS API reference, Publish)."""
    text = subject(notice)
    assert 0 < len(text) < 100
    assert text.isascii()
    assert text.isprintable()


@given(NOTICES)
def test_an_issue_has_no_markup_of_others(notice):
    """Names and counts are shown as they are: no link, image or HTML comes of them."""
    title, text = issue(notice)
    assert 0 < len(title) <= 200
    tokens = [part for one in MarkdownIt("commonmark").parse(text) for part in (one, *(one.children or ()))]
    assert {part.type for part in tokens} & {"link_open", "image", "code_inline", "html_block", "heading_open"} == set()


@pytest.mark.parametrize("kind", ["passing", "failing", "blind"])
def test_security_hub_takes_the_verdict_and_the_checks(request, kind, passing, batch_import):
    """Its model in botocore accepts both, and each has an id of its own that a later run updates."""
    run = replace(request.getfixturevalue(kind), caller=passing.caller)
    found = [verdict_as_finding(run, run.caller, notice_of(run, LINK)), *checks_as_findings(run)]
    assert not ParamValidator().validate({"Findings": found}, batch_import).has_errors()
    assert len({one["Id"] for one in found}) == len(run.checks) + 1
    expected = {"PASS": "PASSED", "FAIL": "FAILED", "ERROR": "WARNING"}[run.verdict.value]
    assert found[0]["Compliance"]["Status"] == expected
