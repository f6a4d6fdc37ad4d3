"""Every system with each of four defects on one host: missed, failed, waiting for a reboot, held back; and with none.

Each is judged in this process, by the same checks: what a run of pytest and a report add is tested elsewhere.
"""

import pytest

from postpatch.simulator.worlds.system_defects import DEFECTS, SYSTEMS, world_of
from tests.catalogue.judged_here import judge


@pytest.mark.parametrize("defect", DEFECTS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_defect_turns_its_checks_and_no_others(system, defect, tmp_path):
    """One host of the system has the defect: its checks are red, the others are proven."""
    world = world_of(system, defect)
    judged = judge(world, tmp_path)
    assert {check for check, holds in judged.items() if holds is False} == world.red
    assert None not in judged.values()


@pytest.mark.parametrize("system", SYSTEMS)
def test_without_a_defect_it_is_green(system, tmp_path):
    """The same host without the defect, whichever it was, proves every check."""
    judged = judge(world_of(system, "missed").without_its_defect(), tmp_path)
    assert {check for check, holds in judged.items() if holds is not True} == set()
