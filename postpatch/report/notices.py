"""A notice of a run, and how each destination takes it: only the verdict, counts and a link, nothing as markup.

Sources: Slack, "Sending messages using incoming webhooks" and "Formatting text" (`&`, `<` and `>` are escaped; a header
has 150 characters); Microsoft Teams, "Create incoming webhooks with Workflows" (a message with one adaptive card) and
the Adaptive Cards schema 1.2 (a text run shows no Markdown); SNS API reference, Publish (a subject is ASCII, without
line breaks, of less than 100 characters); GitHub REST API, "Create an issue"; GitLab REST API, "New issue".
"""

from collections.abc import Iterator
from typing import Any

from postpatch.model import Notice
from postpatch.report.markdown import escaped
from postpatch.report.words import number
from postpatch.text.legible import one_line, shortened
from postpatch.verdict.run import Outcome, Run

_CHECKS = {
    Outcome.PASSED: "Checks passed",
    Outcome.FAILED: "Checks failed",
    Outcome.ERROR: "Checks that could not be evaluated",
    Outcome.NOT_ASSESSED: "Checks not assessed",
}

_SUBJECT = 99
_HEADER = 150
_TITLE = 200  # GitHub and GitLab take 256 and 255
_ABOUT = 120


def notice_of(run: Run, link: str = "") -> Notice:
    """Return what is said of a run; in `link`, `{run}` is replaced by the run's id."""
    region = f" in {run.caller.region}" if run.caller else ""
    return Notice(
        run.verdict.value,
        f"patching of {one_line(shortened(str(run.scope), _ABOUT))}{region}",
        tuple(_counts(run)),
        link.replace("{run}", run.id),
        run.simulated,
    )


def _counts(run: Run) -> Iterator[tuple[str, str]]:
    for outcome in Outcome:
        if found := sum(check.outcome is outcome for check in run.checks):
            yield _CHECKS[outcome], number(found)
    if run.delta is None or run.delta.scans.none:
        return
    counts = run.delta.counts
    yield "Active findings before", number(counts.baseline)
    yield "Active findings after", number(counts.after)
    yield "Findings fixed", number(counts.fixed)
    yield "Findings remaining", number(counts.remaining)
    yield "Findings new", number(counts.new)
    if counts.resurfaced:
        yield "Findings resurfaced", number(counts.resurfaced)


def plain(notice: Notice) -> str:
    """Return a notice as plain text: a line each for its title, its counts and its link."""
    lines = [notice.title, *(f"{name}: {value}" for name, value in notice.counts)]
    return "\n".join([*lines, *([f"Report: {notice.link}"] if notice.link else [])])


def subject(notice: Notice) -> str:
    """Return the title as SNS takes a subject."""
    return one_line(notice.title).encode("ascii", "replace").decode()[:_SUBJECT]


def slack(notice: Notice) -> dict[str, Any]:
    """Return the message for an incoming webhook of Slack; `text` is what a notification shows."""
    counts = "\n".join(f"{name}: {value}" for name, value in notice.counts)
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": notice.title[:_HEADER], "emoji": False}},
        {"type": "section", "text": {"type": "plain_text", "text": counts, "emoji": False}},
    ]
    if notice.link:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": f"<{_entities(notice.link)}|Report>"}})
    return {"text": _entities(notice.title), "blocks": blocks}


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def teams(notice: Notice) -> dict[str, Any]:
    """Return the message for a webhook of a workflow in Microsoft Teams: one adaptive card."""
    lines = [_line(notice.title, weight="bolder", size="medium")]
    lines += [_line(f"{name}: {value}") for name, value in notice.counts]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": lines,
    }
    if notice.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Report", "url": notice.link}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _line(text: str, **how: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **how}]}


def issue(notice: Notice) -> tuple[str, str]:
    """Return the title and the Markdown of an issue."""
    lines = [f"- {escaped(name)}: {escaped(value)}" for name, value in notice.counts]
    if notice.link:
        lines += ["", f"[Report](<{notice.link}>)"]
    return notice.title[:_TITLE], "\n".join(lines)
