"""The checks: ids that never change, one test each, and the same table in the README."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from postpatch.simulator import worlds
from postpatch.verdict.checks import CHECKS

ROOT = Path(__file__).parents[2]
IDS = [check.id for check in CHECKS]
# Ids of a release: policies, pipelines and auditors name them. One may be added, none changed, moved or reused.
RELEASED = {
    "0.1.0": [
        "SCAN-1", "SCAN-2", "SCAN-3", "PATCH-1", "PATCH-2",
        "FIND-1", "FIND-2", "FIND-3", "FIND-4", "FIND-5", "FIND-6", "FIND-7", "FIND-8",
        "MW-1", "MW-2", "MW-3", "MW-4", "TGT-1", "TGT-2", "TASK-1", "TASK-2", "TASK-3", "TASK-4", "TASK-5",
    ]
}  # fmt: skip
WINDOW_CHECKS = {check for check in IDS if check.startswith(("MW", "TGT", "TASK"))}
# Waivers stand in the policy, not in AWS: no world can turn their check red.
OF_THE_POLICY = {"FIND-7"}
# What a window did, and not what it is set to do.
OF_WHAT_RAN = {"MW-5"}
# The mark of the test that takes a baseline, which judges nothing.
NO_CHECK = "BASELINE"


def marked():
    """Yield the id that each test in tests_verify/ is marked with."""
    for path in sorted((ROOT / "tests_verify").glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (mark := _mark(node)):
                yield mark


def _mark(function):
    marks = [one for one in function.decorator_list if isinstance(one, ast.Call)]
    return next((mark.args[0].value for mark in marks if ast.unparse(mark.func) == "pytest.mark.check"), "")


def test_an_id_has_a_family_and_a_number():
    """Ids are unique, and written alike."""
    assert all(re.fullmatch(r"[A-Z]+-[1-9]\d*", check) for check in IDS)
    assert [check for check, number in Counter(IDS).items() if number > 1] == []


@pytest.mark.parametrize("release", RELEASED)
def test_a_released_id_stays(release):
    """Every id of a release is still there, in its order."""
    assert [check for check in IDS if check in RELEASED[release]] == RELEASED[release]


def test_each_check_is_one_test():
    """Each check is asserted by exactly one test, and no test asserts a check that is not in the list."""
    assert Counter(marked()) == Counter([*IDS, NO_CHECK])


def test_a_checks_docstring_is_its_sentence():
    """Each test in tests_verify/ says the sentence that its check proves."""
    said = {}
    for path in sorted((ROOT / "tests_verify").glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (mark := _mark(node)):
                said[mark] = ast.get_docstring(node)
    assert {check: sentence for check, sentence in said.items() if check != NO_CHECK} == {
        check.id: check.sentence for check in CHECKS
    }


def test_the_readme_lists_every_check():
    """The README's table has each check in the report's order, with the sentence that it proves."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]+-\d+) \| (.+) \|$", readme, flags=re.MULTILINE)
    assert rows == [(check.id, check.sentence) for check in CHECKS]


def test_every_check_has_a_world_that_turns_it_red():
    """Each check is red somewhere, and each check of the window, the look and the findings' rise is red alone once."""
    alone = {check for world in worlds().values() if len(world.red) == 1 for check in world.red}
    assert set().union(*(world.red for world in worlds().values())) == set(IDS) - OF_THE_POLICY
    assert alone >= WINDOW_CHECKS | {"SCAN-2", "SCAN-3", "FIND-2", "FIND-3"}


def test_worlds_declare_what_the_project_promises():
    """The three first worlds stand for a green round, a round that never happened, and a window that drifted."""
    assert worlds()["workshop"].red == frozenset()
    assert worlds()["unpatched"].red >= {"FIND-1", "PATCH-1"}
    assert worlds()["drifted-window"].red == WINDOW_CHECKS - OF_WHAT_RAN
