"""The report's sections as a whole: well-formed, complete in every kind of run, and without a network."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from postpatch.report.html import STYLESHEET, render_sections, whole
from postpatch.verdict.run import Outcome, Run

RUNS = ("passing", "failing", "blind", "recorded")

Read = Callable[[str], Any]


@pytest.fixture(scope="module", params=RUNS)
def run(request: pytest.FixtureRequest) -> Run:
    """Return each of the runs in turn."""
    found: Run = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def html(run: Run) -> str:
    """Return the run's sections, which no test changes."""
    return render_sections(run)


def test_the_html_is_well_formed(read: Read, html: str) -> None:
    """Every element is closed, in order, whatever the run."""
    read(html)


def test_ids_are_unique_and_every_reference_finds_its_id(read: Read, html: str) -> None:
    """A link or a label never leads nowhere, and never to two places."""
    page = read(html)
    ids = page.attributes("id")
    wanted = [link.removeprefix("#") for link in page.attributes("href") if link.startswith("#")]
    wanted += [one for label in page.attributes("aria-labelledby") for one in label.split()]
    assert len(ids) == len(set(ids))
    assert set(wanted) <= set(ids)


def test_every_section_has_a_heading_that_names_it(read: Read, html: str) -> None:
    """A reader who jumps from heading to heading, or from region to region, passes every section."""
    page = read(html)
    sections = [attributes for tag, attributes in page.elements if tag == "section"]
    assert len(sections) == 13
    assert all(attributes.get("aria-labelledby") for attributes in sections)
    assert next(tag for tag, _ in page.elements if tag in ("h2", "h3")) == "h2"


def test_every_table_has_a_caption_and_every_head_cell_a_scope(read: Read, html: str) -> None:
    """A screen reader can say of each cell what it belongs to."""
    page = read(html)
    tags = [tag for tag, _ in page.elements]
    assert tags.count("caption") == tags.count("table")
    assert all(attributes.get("scope") in ("row", "col") for tag, attributes in page.elements if tag == "th")


def test_nothing_is_fetched(read: Read, html: str) -> None:
    """The report opens without a network, years later: no script, and no address but those of links to follow."""
    page = read(html)
    links = [link for link in page.attributes("href") if not link.startswith("#")]
    html += STYLESHEET.read_text(encoding="utf-8")
    for link in links:
        html = html.replace(str(escape(link)), "")
    assert not re.search(r"https?://|//[a-z]|url\(|@import", html)
    assert not page.attributes("src")
    assert all(link.startswith("https://") for link in links)
    assert all(tag == "a" for tag, attributes in page.elements if "href" in attributes)
    assert "script" not in {tag for tag, _ in page.elements}


def test_verdict_and_its_sentence_come_first(read: Read, run: Run, html: str) -> None:
    """The verdict and its sentence stand before anything else that is told."""
    text = read(html).text
    assert text.index(run.verdict.value) < text.index(run.sentence) < text.index("What was judged")


@pytest.mark.parametrize(("name", "simulated"), [(name, name == "passing") for name in RUNS])
def test_a_simulated_run_says_so_and_no_other_does(name: str, simulated: bool, request: pytest.FixtureRequest) -> None:
    """SIMULATED stands on the screen and on every printed section of a simulated run, and nowhere in any other."""
    html = render_sections(request.getfixturevalue(name))
    words = "SIMULATED: this run used an embedded AWS, world workshop; it proves nothing about any real host"
    assert (words in html) is simulated
    assert html.count('<p class="pp-print">SIMULATED</p>') == (12 if simulated else 0)
    assert ("SIMULATED" in html) is simulated
    assert "SIMULATED" not in STYLESHEET.read_text(encoding="utf-8")


def test_every_check_is_told_with_its_reason_and_facts(read: Read, run: Run, html: str) -> None:
    """No check is missing: each has its id, its sentence, its outcome and its reason."""
    text = read(html).text
    for check in run.checks:
        assert f"{check.id} {_sign(check.outcome)} {check.outcome} {check.sentence} {check.reason}" in text
        assert all(fact.name in text for fact in check.facts)


def test_absent_evidence_is_told_in_words(read: Read, blind: Run) -> None:
    """A section without evidence says so: it never vanishes, and never looks like a zero."""
    text = read(render_sections(blind)).text
    for what in (
        "The change of the findings", "What was fixed", "What remains", "What is new",
        "What the policy's waivers accept", "What the policy's limits allow", "The hosts in scope",
        "When each host was last scanned", "The hosts' patch state", "The maintenance window, its target and its task",
    ):  # fmt: skip
        assert f"{what}: could not be collected in this run." in text
    assert "Account could not be collected" in text
    assert "No call to AWS was made." in text


def test_the_stylesheet_touches_nothing_that_could_break_out_of_a_page() -> None:
    """The stylesheet can stand inside a style element, as pytest-html puts it there."""
    assert "<" not in STYLESHEET.read_text(encoding="utf-8")


def _sign(outcome: Outcome) -> str:
    return {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.ERROR: "!", Outcome.NOT_ASSESSED: "○"}[outcome]


IDS = st.from_regex(r"(i|mi|mw)-[0-9a-f]{17}", fullmatch=True)
OTHERS = st.text("<>&\"' .,;ab-", max_size=20)


@given(st.lists(st.tuples(OTHERS, IDS), max_size=4), OTHERS)
def test_no_id_is_broken_and_nothing_else_becomes_markup(parts: list[tuple[str, str]], end: str) -> None:
    """Each id of a sentence is in an element that stays on one line, and the text is the one that was given."""
    text = "".join(f"{before} {one} " for before, one in parts) + end
    html = whole(text)
    assert re.findall(r'<span class="pp-whole">([^<]*)</span>', html) == [one for _, one in parts]
    assert html.count("<") == 2 * len(parts)
    assert unescape(re.sub(r'<span class="pp-whole">|</span>', "", html)) == text
