"""The change that a run belongs to: what is taken for a ticket and a name, and where it is written."""

from argparse import ArgumentTypeError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.model import Change
from postpatch.model.change import approver, ticket
from postpatch.report.markdown import escaped
from postpatch.run.options import OPTIONS

TEXT = st.text(max_size=120)


@pytest.mark.parametrize("text", ["CHG-123", "CHG0030021", "owner/name#12", "RFC 2026/11", "x" * 64])
def test_a_ticket_is_taken_as_it_is(text):
    """As the tools that people use write them."""
    assert ticket(text) == text


@pytest.mark.parametrize(
    "text", ["A. Jones", "Ana María O'Neill-Peña", "ops@example.com", "Jones, A.", "陳大文", "CISO"]
)
def test_a_name_is_taken_as_it_is(text):
    """In any script."""
    assert approver(text) == text


@pytest.mark.parametrize(
    "text", ["", " ", "<b>x</b>", "a\nb", "x" * 65, "CHG-1\u202e", "[x](y)", "*x*", "-x", "`x`", "é"]
)
def test_what_is_no_ticket_is_refused(text):
    """Markup, line ends, what is invisible, and what is too long."""
    with pytest.raises(ArgumentTypeError, match="what is given with --change is 1 to 64"):
        OPTIONS["--change"]["type"](text)


@pytest.mark.parametrize("text", ["", " A", "A <b>", "A\nB", "A" * 101, "A\u202eB", "A | B", "**A**", "A `x`", "&amp;"])
def test_what_is_no_name_is_refused(text):
    """The same of a name."""
    with pytest.raises(ArgumentTypeError, match="what is given with --approver is a name"):
        OPTIONS["--approver"]["type"](text)


@given(TEXT, st.sampled_from([ticket, approver]))
def test_nothing_that_is_taken_is_markup(text, check):
    """Neither HTML nor Markdown changes what is shown of it, but for what would be a link or a mention."""
    try:
        taken = check(text)
    except ValueError:
        return
    assert not set(taken) & set('<>&"`*[]|~$\\')
    assert escaped(taken).replace("<!-- -->", "").replace("\\", "") == taken


def test_it_is_told_in_one_line():
    """Either part may be missing."""
    assert str(Change("CHG-123", "A. Jones")) == "CHG-123, approved by A. Jones"
    assert str(Change(approver="A. Jones")) == "approved by A. Jones"
    assert not Change()
