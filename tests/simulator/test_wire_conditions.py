"""Conditions on tags, as IAM reads them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from postpatch.simulator import Simulator
from tests.simulator.asking import TUTORIAL_WINDOW, create_window

WINDOWS = "arn:aws:ssm:*:*:maintenancewindow/*"


def allow(action: str, resource: str = "*", **condition: Any) -> dict[str, Any]:
    """Make a policy that allows an action under a condition."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}
    return {"Version": "2012-10-17", "Statement": statement}


def creates(aws: Simulator, **tags: str) -> bool:
    """Tell whether a window with these tags can be created."""
    rows = [{"Key": key, "Value": value} for key, value in tags.items()]
    try:
        aws.session().client("ssm").create_maintenance_window(**TUTORIAL_WINDOW, Tags=rows)
    except ClientError as error:
        if "not authorized" not in str(error):
            raise
        return False
    return True


@pytest.mark.parametrize("value", ["a", ["a", "c"]])
def test_a_tag_of_the_request_has_one_of_the_values(aws: Simulator, value: str | list[str]) -> None:
    """A tag that is not there has no value; keys and values are compared as they are written."""
    aws.restrict(allow("ssm:CreateMaintenanceWindow", StringEquals={"aws:RequestTag/k": value}))
    assert creates(aws, k="a", other="b")
    assert not creates(aws)
    assert not creates(aws, k="b")
    assert not creates(aws, k="A")
    assert not creates(aws, K="a")


def test_for_all_values_no_other_key_may_be_there(aws: Simulator) -> None:
    """A request without tags meets it too, as IAM's guide warns."""
    aws.restrict(allow("ssm:CreateMaintenanceWindow", **{"ForAllValues:StringEquals": {"aws:TagKeys": ["k", "other"]}}))
    assert creates(aws)
    assert creates(aws, k="a", other="b")
    assert not creates(aws, k="a", third="b")


@pytest.mark.parametrize("key", ["ssm:resourceTag/k", "aws:ResourceTag/k"])
def test_a_tag_of_the_resource(aws: Simulator, key: str) -> None:
    """What a window is tagged with when the call is made decides."""
    tagged = create_window(aws, Name="tagged", Tags=[{"Key": "k", "Value": "a"}])
    other = create_window(aws, Name="other", Tags=[{"Key": "k", "Value": "b"}])
    aws.restrict(allow("ssm:GetMaintenanceWindow", WINDOWS, StringEquals={key: "a"}))
    ssm = aws.session().client("ssm")
    assert ssm.get_maintenance_window(WindowId=tagged)["Name"] == "tagged"
    for window in (other, create_window(aws, Name="bare"), "mw-00000000000000000"):
        with pytest.raises(ClientError, match="not authorized"):
            ssm.get_maintenance_window(WindowId=window)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"aws:RequestTag/k": "a"}},
        {"StringEquals": {"aws:SourceIp": "10.0.0.1"}},
        {"StringEquals": "a"},
    ],
)
def test_what_is_not_simulated_is_refused(aws: Simulator, condition: dict[str, Any]) -> None:
    """No policy is enforced in part."""
    with pytest.raises(ValueError, match="is not simulated"):
        aws.restrict(allow("ssm:CreateMaintenanceWindow", **condition))
