"""Texts in Markdown: only what would become markup, a link, a mention or a reference is changed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from postpatch.report.markdown import escaped
from postpatch.text.legible import one_line

SPLIT = "<!-- -->"
DOLLAR = "<span>$</span>"


@pytest.mark.parametrize(
    "text",
    [
        "3 hosts of 3 not scanned (SCAN-2): i-0aaaaaaaaaaaaaaa1, pww_mw; last scanned 2026-11-27 21:03:08 UTC",
        "active findings, before → after: CRITICAL 13 → 19, in all 191 → 84",
        "arn:aws:iam::123456789012:role/patcher, AWS-RunPatchBaseline, kernel-6.1.112-122.189.amzn2023",
        "expected cron(0 0/12 ? + !, found {none}",
    ],
)
def test_what_markdown_shows_as_it_is_stays(text: str) -> None:
    """Ids, dates, versions and AWS's names are readable in the file itself."""
    assert escaped(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://evil.example/x", f"see https:{SPLIT}//evil.example/x"),
        ("_http://evil.example", rf"\_http:{SPLIT}//evil.example"),
        ("www.evil.example", f"www{SPLIT}.evil.example"),
        ("ask @octocat", f"ask @{SPLIT}octocat"),
        ("root@evil.example", f"root@{SPLIT}evil.example"),
        ("fixes octo/repo#12 and GH-3", f"fixes octo/repo#{SPLIT}12 and GH{SPLIT}-3"),
        (r"$\color{white}{x}$", rf"{DOLLAR}\\color{{white}}{{x}}{DOLLAR}"),
        ("# a heading", r"\# a heading"),
        ("- an item", r"\- an item"),
        ("+ an item", r"\+ an item"),
        ("1. an item", r"1\. an item"),
        ("12) an item", r"12\) an item"),
        ("=== a rule", r"\=== a rule"),
        ("pww_mw _it_ __it__", r"pww_mw \_it\_ \_\_it\_\_"),
    ],
)
def test_what_would_become_more_than_text_does_not(text: str, shown: str) -> None:
    """Addresses, mentions and references are split, and what opens a block at the beginning is escaped."""
    assert escaped(text) == shown


@given(st.text(alphabet="aW1w_*`[]()!#@-+.:/~|\\<>&$ \n\u202e", max_size=30))
def test_no_text_becomes_markup_or_a_link(text: str) -> None:
    """Whatever a tag holds: one line, no bare markup, no address, mention or reference, and all of it is there."""
    shown = escaped(text)
    bare = re.sub(r"\\[\\`*\[\]|~_#+=.)-]", "\x01", shown.replace(SPLIT, "\x02").replace(DOLLAR, "\x02"))
    assert not re.search(r"[\n<>`*\[\]|~$]|://|@\w|#\d|www\.|(?<![^\W_])_|_(?![^\W_])", bare, re.IGNORECASE)
    assert not re.match(r"[-+#=]|\d+[.)]", shown)
    undone = re.sub(r"\\([\\`*\[\]|~_#+=.)-])", r"\1", shown.replace(SPLIT, "").replace(DOLLAR, "$"))
    undone = undone.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert undone == one_line(text)


LINKING = ["https://a.example/x", "http://", "www.a.example", "@octocat", "a@b.example", "mailto:", "#12", "`", "``",
           "|", "\\", " ", "<b>", "&amp;", "*", "_", "[a](b)", "\n", "WWW.A", "ftp://x", "GH-1"]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(LINKING), st.text(max_size=8)), max_size=12))
def test_a_reader_of_markdown_reads_the_text(parts: list[str]) -> None:
    """A parser finds text alone, all of it, and no piece of it that GitHub would link."""
    text = "".join(parts).replace("$", "")
    (inline,) = (token for token in MarkdownIt().parse(f"x{escaped(text)} x") if token.type == "inline")
    read = inline.children or []
    assert all(token.type == "text" or token.content == SPLIT for token in read)
    pieces = "".join("\0" if token.content == SPLIT else token.content for token in read)
    assert pieces.replace("\0", "") == f"x{one_line(text)} x"
    assert not re.search(r"@\w|://|www\.|#\d|\bGH-\d", pieces, re.IGNORECASE)
