"""Suppression rules of Inspector v2, as far as a caller sees them."""

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

import pytest

from postpatch.aws.session import Connection
from postpatch.aws.suppression import suppression_rules
from postpatch.errors import CouldNotCheck
from postpatch.simulator import Simulator

Connect = Callable[..., Connection]
FROM_SUPPRESSED = {"findingStatus": [{"comparison": "EQUALS", "value": "SUPPRESSED"}]}
CRITERIA = {"severity": [{"comparison": "EQUALS", "value": "LOW"}]}


@pytest.fixture
def create(aws: Simulator) -> Iterator[Callable[..., str]]:
    """Create a filter that is deleted after the test; return its ARN."""
    inspector = aws.client("inspector2")
    made: list[str] = []

    def create_it(name: str, action: str = "SUPPRESS", **more: Any) -> str:
        asked = {"filterCriteria": CRITERIA} | more
        made.append(inspector.create_filter(name=name, action=action, **asked)["arn"])
        return made[-1]

    yield create_it
    for arn in made:
        inspector.delete_filter(arn=arn)


def test_where_there_is_no_rule_none_is_told(connection: Connection) -> None:
    """An account without filters has no suppression rules."""
    assert suppression_rules(connection) == ()


def test_rules_are_told_with_their_times_and_reasons(
    connection: Connection, create: Callable[..., str], aws: Simulator
) -> None:
    """Each rule comes with when it was made and changed, in UTC; a filter that suppresses nothing is none."""
    create("a view", action="NONE")
    made = aws.now()
    arns = [create("night", reason="until Monday"), create("day")]
    aws.client("inspector2").update_filter(filterArn=arns[0], reason="until Tuesday")
    rules = suppression_rules(connection)
    assert [(rule.name, rule.arn, rule.reason) for rule in rules] == [
        ("day", arns[1], ""), ("night", arns[0], "until Tuesday"),
    ]  # fmt: skip
    assert all(made < rule.created_at <= rule.updated_at and rule.created_at.tzinfo is UTC for rule in rules)
    assert rules[1].created_at < rules[1].updated_at


def test_every_page_is_read(connect: Connect, create: Callable[..., str]) -> None:
    """More rules than a page holds are all told."""
    for number in range(103):
        create(f"rule {number:03}")
    reader = connect()
    assert len(suppression_rules(reader)) == 103
    assert reader.calls["inspector2:ListFilters"] == 2


def test_a_refusal_is_could_not_look(connect: Connect, refuse: Callable[..., list[str]]) -> None:
    """Without the permission nobody knows whether findings were hidden: the error names the action to allow."""
    denied = connect()
    refuse(denied, "inspector2.ListFilters", "AccessDeniedException", 403)
    with pytest.raises(CouldNotCheck, match=r"^Allow ListFilters to the caller. .* the suppression rules: "):
        suppression_rules(denied)


def test_what_each_rule_hides_is_counted(connect: Connect, create: Callable[..., str], aws: Simulator) -> None:
    """Inspector itself says what a rule's criteria match among the suppressed findings of the hosts."""
    hosts = [host.instance_id for host in aws.fleet.hosts()]
    everything = {"resourceType": [{"comparison": "EQUALS", "value": "AWS_EC2_INSTANCE"}]}
    one_host = {"resourceId": [{"comparison": "EQUALS", "value": hosts[0]}]}
    create("all", filterCriteria=everything)
    create("one", filterCriteria=one_host)
    listed = aws.client("inspector2").list_findings(filterCriteria=one_host | FROM_SUPPRESSED, maxResults=100)
    of_one = len(listed["findings"])
    assert of_one > 0
    reader = connect()
    hits = {rule.name: rule.hits for rule in suppression_rules(reader, [hosts[0]])}
    assert hits == {"all": of_one, "one": of_one}
    assert {rule.name: rule.hits for rule in suppression_rules(reader, [hosts[1]])}["one"] == 0
    assert {rule.hits for rule in suppression_rules(connect())} == {0}
