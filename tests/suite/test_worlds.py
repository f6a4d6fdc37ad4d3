"""The worlds: the green ones are green, and together they turn every check red."""

import operator

import pytest

from postpatch.simulator import worlds
from postpatch.verdict.checks import CHECKS

WINDOW_CHECKS = {check.id for check in CHECKS if check.id.startswith(("MW", "TGT", "TASK"))}
# Waivers stand in the policy, not in AWS: no world can turn their check red.
OF_THE_POLICY = {"FIND-7"}
NAME = operator.attrgetter("name")


@pytest.mark.parametrize("world", [world for world in worlds().values() if not (world.red or world.errors)], ids=NAME)
def test_a_green_world_proves_every_check(rehearse, world):
    """Where nothing is wrong every check is proven, none left out; the others are in the catalogue of false greens."""
    ran = rehearse("--world", world.name)
    assert (ran.exit, ran.ids("passed")) == (0, {check.id for check in CHECKS}), ran.out


def test_worlds_declare_what_the_project_promises():
    """The three first worlds stand for a green round, a round that never happened, and a window that drifted."""
    assert worlds()["workshop"].red == frozenset()
    assert worlds()["unpatched"].red >= {"FIND-1", "PATCH-1"}
    assert worlds()["drifted-window"].red == WINDOW_CHECKS


def test_every_check_has_a_world_that_turns_it_red():
    """Each check is red somewhere, and each check of the window, the look and the findings' rise is red alone once."""
    alone = {check for world in worlds().values() if len(world.red) == 1 for check in world.red}
    assert set().union(*(world.red for world in worlds().values())) == {check.id for check in CHECKS} - OF_THE_POLICY
    assert alone >= WINDOW_CHECKS | {"SCAN-2", "SCAN-3", "FIND-2", "FIND-3"}


def test_workshop_tells_the_tutorials_story(run):
    """A hundred findings or more become fewer, and a root login over SSH remains because it is a configuration."""
    ran = run("-m", "verify", "--world", "workshop")
    counts = ran.verdict["counts"]
    assert counts["baseline"] >= 100
    assert counts["fixed"] + counts["remaining"] == counts["baseline"]
    assert 0 < counts["after"] == counts["remaining"]
    kinds = ran.verdict["remaining_kinds"]
    assert all(kinds[kind] for kind in ("no_fix", "not_os_package", "network", "configuration"))
    assert kinds["patchable"] == kinds["unknown"] == 0
    html = (ran.reports / "verify.html").read_text(encoding="utf-8")
    assert "PermitRootLogin" in html


def test_the_list_of_worlds_needs_no_run(run):
    """`--world list` prints every world with its story, and nothing is judged."""
    ran = run("--world", "list")
    assert ran.exit == 0
    assert all(f"{world.name} " in ran.out and world.story in ran.out for world in worlds().values())
    assert not ran.reports.exists()
