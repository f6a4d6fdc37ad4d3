"""Trust policies: who may assume a role, and only as its conditions say."""

import pytest

from postpatch.simulator.accounts.trust import Asked, allows
from postpatch.simulator.wire.errors import AwsError

ROOT, ROLE = "arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/hub"
ASKED = Asked((ROOT, ROLE), "111111111111", external_id="right", organization="o-1")


def policy(principal="*", condition=None, action="sts:AssumeRole", effect="Allow"):
    """Return a trust policy of one statement."""
    statement = {"Effect": effect, "Principal": principal, "Action": action}
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}


@pytest.mark.parametrize(
    "principal", ["*", {"AWS": ROOT}, {"AWS": "111111111111"}, {"AWS": ["arn:aws:iam::2:root", ROLE]}]
)
def test_whom_it_names_may(principal):
    """Everybody, an account by its root or its id, or one role."""
    assert allows(policy(principal), ASKED)


@pytest.mark.parametrize("principal", [{"AWS": "222222222222"}, {"Service": "ec2.amazonaws.com"}, {"AWS": []}, None])
def test_whom_it_does_not_name_may_not(principal):
    """Another account, a service, and nobody."""
    assert not allows(policy(principal), ASKED)


@pytest.mark.parametrize(
    ("condition", "may"),
    [
        ({"StringEquals": {"sts:ExternalId": "right"}}, True),
        ({"StringEquals": {"sts:ExternalId": ["other", "right"]}}, True),
        ({"StringEquals": {"sts:ExternalId": "wrong"}}, False),
        ({"StringLike": {"sts:ExternalId": "ri*"}}, True),
        ({"StringEquals": {"sts:ExternalId": "ri*"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1", "sts:ExternalId": "wrong"}}, False),
        ({"StringEquals": {"aws:RequestTag/team": "a"}}, False),
    ],
)
def test_every_condition_must_hold(condition, may):
    """Of several values one; a key that the request does not have holds never."""
    assert allows(policy(condition=condition), ASKED) is may


def test_a_deny_outranks_and_what_is_not_known_is_an_error():
    """No condition is passed over."""
    both = policy()["Statement"] + policy({"AWS": ROLE}, effect="Deny")["Statement"]
    assert not allows({"Statement": both}, ASKED)
    for condition in ({"IpAddress": {"sts:ExternalId": "x"}}, {"StringEquals": {"aws:SourceIp": "x"}}):
        with pytest.raises(AwsError, match="does not know"):
            allows(policy(condition=condition), ASKED)


def test_session_tags_need_their_own_action():
    """sts:TagSession in the trust policy, beside sts:AssumeRole."""
    tagged = Asked((ROOT,), "111111111111", tags={"team": "a"})
    assert not allows(policy(), tagged)
    assert allows(policy(action=["sts:AssumeRole", "sts:TagSession"]), tagged)
    assert allows(policy(action="sts:*", condition={"StringEquals": {"aws:RequestTag/team": "a"}}), tagged)
