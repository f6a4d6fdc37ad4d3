"""The list of worlds: each once, by subject, with the verdict that it declares."""

import re

import pytest

from postpatch.simulator import listing, overview, worlds
from postpatch.simulator.listing import expected, short


def test_every_world_is_listed_once_under_a_title() -> None:
    """Names and stories are those of the worlds, and every line belongs to a group."""
    lines = listing().splitlines()
    named = [line.split()[0] for line in lines if line.startswith("  ")]
    assert sorted(named) == sorted(worlds())
    titles = [line for line in lines if line and not line.startswith(" ")]
    assert len(titles) == len(set(titles)) > 3
    assert lines[0] == titles[0]


def test_each_line_says_what_must_come_of_a_run() -> None:
    """A world that declares failed checks or errors names them; a green one stands under its title."""
    text = listing()
    for world in worlds().values():
        line = next(line for line in text.splitlines() if re.match(rf"  {re.escape(world.name)} ", line))
        assert line.endswith(world.story)
        assert f"  {expected(world)}: " in line


def test_a_word_selects() -> None:
    """It may be in a name, in the checks or in a story, in any case; where it is nowhere nothing is listed."""
    names = {line.split()[0] for line in listing("KERNEL").splitlines() if line.startswith("  ")}
    assert {"old-kernel", "kernel-64k"} <= names < set(worlds())
    assert all("MW-1" in line for line in listing("mw-1").splitlines() if line.startswith("  "))
    assert listing("no world has this") == ""


def test_the_overview_is_short_and_counts_every_world() -> None:
    """A screen shows all of it, and its numbers add up."""
    lines = overview().splitlines()
    assert len(lines) <= 20
    assert sum(int(number) for number in re.findall(r"\((\d+)\)$", overview(), re.MULTILINE)) == len(worlds())


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("workshop", "PASS"),
        ("stale-scan", "FAIL SCAN-1,2"),
        ("stale-fleet", "FAIL SCAN-1,2; error FIND-1,2,3,4,5,6,8"),
        ("findings-denied", "ERROR SCAN-3 FIND-1..8"),
    ],
)
def test_the_verdict_follows_from_the_declaration(name: str, verdict: str) -> None:
    """Failed checks outrank errors, and both are named."""
    assert expected(worlds()[name]) == verdict


@pytest.mark.parametrize(
    ("checks", "words"),
    [((), ""), (("FIND-2", "FIND-1"), "FIND-1,2"), (("TGT-1", "FIND-3", "FIND-1", "FIND-2"), "FIND-1..3 TGT-1")],
)
def test_ids_are_shortened_by_family(checks: tuple[str, ...], words: str) -> None:
    """Three or more in a row are a range."""
    assert short(checks) == words
