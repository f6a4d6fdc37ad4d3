"""A rehearsal takes place in the policy's account and region, under the policy's names."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.aws.hosts import hosts_by_selectors, hosts_in_scope
from postpatch.aws.scope import scope_members
from postpatch.aws.session import Connection
from postpatch.errors import BadOptions
from postpatch.policy import Policy
from postpatch.run.deployment import deployment_of
from postpatch.simulator import Simulator, worlds

DOCUMENT = tomllib.loads((Path(__file__).parents[2] / "verify.toml").read_text(encoding="utf-8"))
WHERE = {"account": "210987654321", "region": "eu-central-1"}
EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)
NAMES = st.text("-aZ09", max_size=30).map("a{}".format)


def policy_of(scope, tags=None, **patching):
    """Return the shipped policy for another scope, with other tags of the target."""
    target = DOCUMENT["target"] | ({"tags": tags} if tags else {})
    return Policy.model_validate(DOCUMENT | {"scope": WHERE | scope, "target": target, "patching": patching})


def hosts_of(connection, scope):
    """Return the hosts that a scope selects."""
    return hosts_in_scope(connection, scope, scope_members(connection, scope))


@pytest.mark.external
@pytest.mark.parametrize(
    ("scope", "number"),
    [
        ({"stack": "shop"}, 3),
        ({"tag": {"key": "Team", "value": "web"}}, 3),
        ({"tag": {"key": "aws:cloudformation:stack-name", "value": "shop"}}, 3),
        ({"tag": {"key": "Name", "value": "pww-node"}}, 2),
        ({"auto_scaling_group": "shop-web"}, 2),
    ],
    ids=["stack", "tag", "tag of a stack", "tag that is there", "group"],
)
def test_the_scope_of_the_policy_has_hosts(scope, number):
    """In the account and region of the policy, each kind of scope that a world can have selects the world's hosts."""
    policy = policy_of(scope, {"Patch": ["yes", "soon"]}, patch_group="web")
    aws = Simulator(worlds()["workshop"], EVENING, deployment_of(policy))
    connection = Connection(aws.session(), clock=aws.now, poll_seconds=0)
    caller = connection.caller()
    assert (caller.account, caller.region) == (WHERE["account"], WHERE["region"])
    found = hosts_of(connection, policy.scope.scope)
    assert len(found) == number
    tagged = {host.id for host in hosts_by_selectors(connection, policy.target.selectors)}
    assert {host.id for host in found} <= tagged
    assert all(("Patch Group", "web") in host.tags for host in found)


@pytest.mark.external
def test_a_host_that_joins_later_is_tagged_too():
    """What the Auto Scaling group launches in the place of another carries the tags of the stack."""
    policy = policy_of({"tag": {"key": "Team", "value": "web"}})
    aws = Simulator(worlds()["replaced-host"], EVENING, deployment_of(policy))
    connection = Connection(aws.session(), clock=aws.now, poll_seconds=0)
    before = hosts_of(connection, policy.scope.scope)
    aws.remediate()
    after = hosts_of(connection, policy.scope.scope)
    assert (len(before), len(after)) == (3, 3)
    assert set(before) != set(after)


@pytest.mark.parametrize(
    ("baseline", "named"),
    [("shop-base", "shop-base"), ("AWS-AmazonLinux2023DefaultPatchBaseline", "pww"), ("pb-0123456789abcdef0", "pww")],
)
def test_the_patch_baseline_has_the_policys_name(baseline, named):
    """A name that somebody can give is given; AWS's own baselines and ids are not made up."""
    assert deployment_of(policy_of({"stack": "shop"}, baseline=baseline)).baseline == named


@given(
    account=st.integers(0, 10**12 - 1).map("{:012}".format),
    stack=NAMES,
    key=NAMES,
    value=st.text("aZ09 _.:/=+-@é\u4e2d", min_size=1, max_size=20),
)
def test_whatever_aws_can_have_is_deployed(account, stack, key, value):
    """Any account, stack and tag of the target that AWS accepts is taken over to the letter."""
    policy = policy_of({"stack": stack, "account": account}, {f"x-{key}": [value]})
    made = deployment_of(policy)
    assert (made.account, made.stack, made.tags) == (account, stack, {f"x-{key}": value})


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ({"instances": ["i-0123456789abcdef0"]}, "rehearse with a stack, a tag or an auto_scaling_group"),
        ({"stack": "-shop"}, "'-shop' is no name for a stack"),
        ({"stack": "shop", "region": "cn-north-1"}, "knows the regions of the partition aws"),
        ({"auto_scaling_group": "a:b"}, "'a:b' is no name for an Auto Scaling group"),
        ({"tag": {"key": "aws:mine", "value": "x"}}, "reserved for AWS"),
        ({"tag": {"key": "Name", "value": "shop"}}, "no host of a world is named 'shop'"),
    ],
)
def test_what_no_world_can_have_is_refused(scope, words):
    """A sentence says what cannot be rehearsed."""
    with pytest.raises(BadOptions) as refused:
        deployment_of(policy_of(scope))
    assert words in str(refused.value)
