"""The worlds: the green ones are green; tests/contract/test_checks.py shows that together they turn every check red."""

import operator

import pytest

from postpatch.simulator import worlds
from tests.catalogue.rows import assessed

NAME = operator.attrgetter("name")


@pytest.mark.parametrize("world", [world for world in worlds().values() if not (world.red or world.errors)], ids=NAME)
def test_a_green_world_proves_every_check(rehearsed, world):
    """Where nothing is wrong every check is proven; the others are in the catalogue of false greens.

    None is left out, but for those about Inspector where it scans no host in scope.
    """
    ran = rehearsed("--world", world.name)
    assert (ran.exit, ran.ids("passed")) == (0, assessed(world)), ran.out


def test_workshop_tells_the_tutorials_story(rehearsed):
    """A hundred findings or more become fewer, and a root login over SSH remains because it is a configuration."""
    ran = rehearsed("--world", "workshop")
    counts = ran.verdict["counts"]
    assert counts["baseline"] >= 100
    assert counts["fixed"] + counts["remaining"] == counts["baseline"]
    assert 0 < counts["after"] == counts["remaining"]
    kinds = ran.verdict["remaining_kinds"]
    assert all(kinds[kind] for kind in ("no_fix", "not_os_package", "network", "configuration"))
    assert kinds["patchable"] == kinds["unknown"] == 0
    html = (ran.reports / "verify.html").read_text(encoding="utf-8")
    assert "PermitRootLogin" in html


def test_what_is_no_host_is_counted_and_set_aside(rehearsed):
    """Containers and functions of the account stand in the notes, and in no count."""
    ran = rehearsed("--world", "beside-hosts")
    notes = [note for check in ran.verdict["checks"] if check["id"] == "SCAN-1" for note in check["notes"]]
    assert any("container images 2, Lambda functions 1" in note for note in notes)
    assert ran.verdict["counts"] == rehearsed("--world", "workshop").verdict["counts"]


def test_the_list_of_worlds_needs_no_run(run):
    """`--world list` prints every world with its story, and nothing is judged."""
    ran = run("--world", "list")
    assert ran.exit == 0
    assert all(f"{world.name} " in ran.out and world.story in ran.out for world in worlds().values())
    assert not ran.reports.exists()
