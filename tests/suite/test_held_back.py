"""What a patch baseline holds back, from the host to the cause: told apart where AWS tells when a fix was released."""

from dataclasses import replace

import pytest

from postpatch.simulator import worlds
from postpatch.simulator.worlds import workshop
from postpatch.verdict import findings as judge
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import Kind
from tests.suite.rehearsing import collection_of

AL2, AL2023 = "workshop-classic", "workshop"
IMPORTANT = [{"Key": "SEVERITY", "Values": ["Critical", "Important"]}]
ANY = [{"Key": "PRODUCT", "Values": ["*"]}]


def rule(filters=ANY, **approved):
    """Return the tutorial's baseline with one approval rule of its own."""
    return {"ApprovalRules": {"PatchRules": [{"PatchFilterGroup": {"PatchFilters": filters}, **approved}]}}


@pytest.mark.parametrize(
    ("name", "differently", "scanned", "kind"),
    [
        pytest.param(AL2, rule(ApproveUntilDate="2019-03-31"), False, Kind.NOT_YET_APPROVED, id="al2-by-date"),
        pytest.param(AL2, rule(IMPORTANT, ApproveAfterDays=0), False, Kind.FILTERED_OUT, id="al2-by-severity"),
        # Of other systems nobody tells when a fix was released: a Scan or an Install that succeeded requested all that
        # the baseline approves, and no more is known.
        pytest.param(AL2023, rule(ApproveUntilDate="2024-04-30"), True, Kind.NOT_APPROVED, id="al2023-scanned"),
        pytest.param(AL2023, rule(ApproveUntilDate="2024-04-30"), False, Kind.NOT_APPROVED, id="al2023-not-scanned"),
        pytest.param(AL2023, {"Name": "other"}, False, None, id="other-baseline-that-left-nothing"),
    ],
)
def test_the_baselines_part_in_what_remains(tmp_path, name, differently, scanned, kind):
    """Each fixable finding that a baseline held back has that cause, and no check passes it."""
    world = worlds()[name]

    def remediate(aws):
        system = "AMAZON_LINUX_2" if name == AL2 else "AMAZON_LINUX_2023"
        workshop.approve_everything(aws, OperatingSystem=system, **differently)
        workshop.run_patch_baseline(aws, "Install")
        if scanned:
            workshop.run_patch_baseline(aws, "Scan")

    case = collection_of(tmp_path, replace(world, remediate=remediate)).case
    kinds = {one.kind for one in case.remaining}
    should = {one for one in kinds if EXPLANATIONS[one].patching_should}
    assert should == ({kind} if kind else set())
    assert judge.nothing_remains_patchable(case.remaining, case.waivers, case.policy).holds == (not should)
    assert judge.everything_explained(case.remaining, case.waivers).holds == (kind is not Kind.PATCHABLE)
