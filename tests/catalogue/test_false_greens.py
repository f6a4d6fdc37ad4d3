"""The catalogue of false greens: worlds in which a count of findings, or a careless check, would have passed.

Each names the checks that must be red and those that must be errors; all others keep their colour. Each is run again
without its defect, and is green: what turned the checks is the defect and nothing else.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from iam.policies import FREE
from postpatch.aws.session import SEND_COMMAND
from postpatch.errors import CouldNotCheck
from postpatch.simulator import worlds
from tests.catalogue.judged_here import collect_in, judge_all
from tests.catalogue.rows import Row, assessed, tell

ROWS = [Row.of(world) for world in worlds().values() if world.red or world.errors]
COULD_NOT_LOOK = 10
# Whatever went wrong in a world, looking at it needs no more than the policy in iam/ allows.
VERIFY = json.loads((Path(__file__).parents[2] / "iam" / "verify.json").read_text(encoding="utf-8"))
ALLOWED = FREE.union(*(statement["Action"] for statement in VERIFY["Statement"]))
AT_LEAST = 40


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_defect_turns_its_checks_and_no_others(rehearsed, row, record_property):
    """Exactly the named checks are red or errors, the others are proven, and the exit code says so."""
    ran = rehearsed(*row.args)
    tell(record_property, row, ran)
    assert (ran.ids("failed"), ran.ids("error")) == (row.red, row.errors)
    assert ran.ids("passed") == assessed(worlds()[row.name]) - row.red - row.errors
    assert ran.exit == (1 if row.red else COULD_NOT_LOOK)
    tables = (worlds()[row.name].policy.get(name) or {} for name in ("patching", "inspector"))
    commands = {"rescan", "start_vm_scanner"} & {key for table in tables for key in table}
    assert set(ran.verdict["calls"]) <= (ALLOWED | {SEND_COMMAND} if commands else ALLOWED)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_without_its_defect_it_is_green(row, tmp_path):
    """The same world without what is wrong in it proves every check; it is judged in this process."""
    judged = judge_all(collect_in(worlds()[row.name].without_its_defect(), tmp_path))
    assert {check: one for check, one in judged.items() if isinstance(one, CouldNotCheck) or not one.holds} == {}


def test_no_two_rows_tell_the_same():
    """There are enough rows, and none repeats another's defect with the same outcome."""
    told = Counter((row.defect, row.red, row.errors) for row in ROWS)
    assert len(ROWS) >= AT_LEAST
    assert [row for row, number in told.items() if number > 1] == []
