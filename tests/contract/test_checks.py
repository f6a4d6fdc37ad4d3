"""The checks: ids that never change, one test each, and the same table in the README."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from postpatch.simulator import worlds
from postpatch.simulator.worlds import resting_on
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
# Waivers are in the policy, not in AWS: no world can fail their check. tests/suite/test_policy_gates.py does, alone.
OF_THE_POLICY = {"FIND-7"}
# Checks that never fail alone, because what fails them fails another one as well.
NEVER_ALONE = {
    "SCAN-1": "without a completed scan, hosts or settings are not scanned either",
    "FIND-1": "if nothing became better, nothing was installed",
    "FIND-5": "an unexplained finding is one that patching should have removed",
}
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


def test_every_check_fails_in_some_world_and_alone_in_one():
    """Each check fails in a world, and alone in one unless NEVER_ALONE says why that cannot be."""
    failing = {frozenset(world.red) for world in worlds().values()}
    assert frozenset().union(*failing) == set(IDS) - OF_THE_POLICY
    alone = {check for checks in failing if len(checks) == 1 for check in checks}
    assert alone == set(IDS) - OF_THE_POLICY - NEVER_ALONE.keys()


def test_the_worlds_know_which_checks_need_which_data():
    """Every check is in the set of what it needs, so that a world without that data makes it an error."""
    assert resting_on.WINDOW == WINDOW_CHECKS
    assert set(IDS) == resting_on.HOSTS | resting_on.WINDOW


def test_worlds_declare_what_the_project_promises():
    """The first three worlds are patching that worked, patching that never ran, and a window that differs."""
    assert worlds()["workshop"].red == frozenset()
    assert worlds()["unpatched"].red >= {"FIND-1", "PATCH-1"}
    assert worlds()["drifted-window"].red == WINDOW_CHECKS - OF_WHAT_RAN
