"""TASK-5: the role under which the window patches."""

import pytest

from postpatch.errors import CouldNotCheck
from postpatch.verdict.task import service_role
from tests.verdict.test_task import Make, MakePolicy

LINKED = "iam::123456789012:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"


@pytest.mark.parametrize("role", ["", *(f"arn:{partition}:{LINKED}" for partition in ("aws", "aws-us-gov", "aws-cn"))])
def test_task_5_the_service_linked_role_is_proven_with_an_advisory(
    make_standing: Make, make_policy: MakePolicy, role: str
) -> None:
    """No role, or the service-linked one in any partition, is right; the note says what AWS recommends by now."""
    judgement = service_role(make_standing(task={"service_role": role}), make_policy())
    assert judgement.holds
    assert "use a custom role instead" in judgement.notes[0]


@pytest.mark.parametrize(
    "role",
    [
        "arn:aws:iam::123456789012:role/pww-operator",
        "arn:aws:iam::123456789012:role/AWSServiceRoleForAmazonSSM",
        f"arn:aws:{LINKED}-not",
        "arn:aws:iam::123456789012:role/aws-service-role/ssm-amazonaws.com/AWSServiceRoleForAmazonSSM",
    ],
)
def test_task_5_a_foreign_role_is_red(make_standing: Make, make_policy: MakePolicy, role: str) -> None:
    """Any other role is red and told, also one that only looks like it."""
    judgement = service_role(make_standing(task={"service_role": role}), make_policy())
    assert not judgement.holds
    assert f"service role: expected the service-linked role for Systems Manager, found {role}" in judgement.reason


def test_task_5_a_custom_role_of_the_policy(make_standing: Make, make_policy: MakePolicy) -> None:
    """A policy that names a role wants that one, and no other nor none."""
    role = "arn:aws:iam::123456789012:role/pww-operator"
    policy = make_policy(task={"service_role": role})
    judgement = service_role(make_standing(task={"service_role": role}), policy)
    assert (judgement.holds, judgement.notes) == (True, ())
    assert not service_role(make_standing(task={"service_role": f"arn:aws:{LINKED}"}), policy).holds
    assert "expected arn:aws:iam" in service_role(make_standing(), policy).reason


def test_task_5_the_role_must_exist(make_standing: Make, make_policy: MakePolicy) -> None:
    """A role of the right ARN that is gone is red; one that could not be asked for is an error, unless it is wrong."""
    arn = "arn:aws:iam::123456789012:role/patching"
    policy = make_policy(task={"service_role": arn})
    assert service_role(make_standing(task={"service_role": arn, "role_exists": True}), policy).holds
    gone = service_role(make_standing(task={"service_role": arn, "role_exists": False}), policy)
    assert gone.reason == "task pww_task: service role exists: expected yes, found no"
    unasked = {"service_role": arn, "role_error": "Could not ask."}
    with pytest.raises(CouldNotCheck, match="Could not ask"):
        service_role(make_standing(task=unasked), policy)
    assert not service_role(make_standing(task=unasked), make_policy()).holds
