from typing import Any

import pytest

from postpatch.simulator import Simulator
from postpatch.simulator.wire.errors import AwsError
from postpatch.simulator.wire.pages import ALWAYS_REMEMBERED, Pages
from tests.simulator.asking import code_of, equals, findings, refusal


def test_pages_hold_every_row_once(standing: Simulator) -> None:
    """Paging through gives what one big look gives, each row once."""
    inspector = standing.client("inspector2")
    rows, token, pages = [], None, 0
    while True:
        answer = inspector.list_findings(maxResults=7, **({"nextToken": token} if token else {}))
        rows += [finding["findingArn"] for finding in answer["findings"]]
        pages += 1
        assert len(answer["findings"]) <= 7
        token = answer.get("nextToken")
        if not token:
            break
    assert len(rows) == len(set(rows)) == len(findings(standing))
    assert pages == -(-len(rows) // 7)


def test_a_token_is_not_for_guessing(standing: Simulator) -> None:
    """A token that was never given is an error, of each service's own kind."""
    assert code_of(standing.client("inspector2").list_findings, nextToken="2") == "ValidationException"
    assert code_of(standing.client("ssm").list_associations, NextToken="2") == "InvalidNextToken"


def test_a_token_is_for_its_own_question(standing: Simulator) -> None:
    """A token of one question is refused with another filter, and by another operation."""
    inspector = standing.client("inspector2")
    token = inspector.list_findings(maxResults=1)["nextToken"]
    error = refusal(inspector.list_findings, nextToken=token, filterCriteria={"severity": equals("HIGH")})
    assert error["Error"]["Code"] == "ValidationException"
    assert code_of(inspector.list_coverage, nextToken=token) == "ValidationException"
    assert inspector.list_findings(nextToken=token)["findings"]


def test_pages_stay_whole_while_the_world_moves(aws: Simulator) -> None:
    """A list that was begun before a change is finished as it was begun."""
    inspector = aws.client("inspector2")
    first = inspector.list_findings(maxResults=100)
    aws.client("ec2").terminate_instances(InstanceIds=[aws.fleet.hosts()[0].instance_id])
    rest = inspector.list_findings(maxResults=100, nextToken=first["nextToken"])["findings"]
    assert {finding["status"] for finding in rest} == {"ACTIVE"}


def test_page_sizes_of_ssm_are_kept(standing: Simulator) -> None:
    """Ssm's own limits hold: fifty nodes or a hundred windows a page, fifty ids a call."""
    ssm = standing.client("ssm")
    assert code_of(ssm.describe_instance_information, MaxResults=51) == "ValidationException"
    assert code_of(ssm.describe_maintenance_windows, MaxResults=101) == "ValidationException"
    fifty_one = [f"i-{number:017x}" for number in range(51)]
    assert code_of(ssm.describe_instance_patch_states, InstanceIds=fifty_one) == "ValidationException"


def page(pages: Pages, rows: int, token: str | None = None, size: int = 10) -> tuple[list[Any], str | None]:
    """Cut one page of a list of so many rows."""
    paging = {"nextToken": token} if token else {}
    return pages.cut(
        "ListRows",
        {"maxResults": size, **paging},
        lambda: list(range(rows)),
        default=10,
        refuse=lambda told: AwsError("Bad", told),
    )


def test_what_is_remembered_of_lists_is_bounded_by_their_rows() -> None:
    """Of many lists that nobody reads on, the newest ones are left; each of those can be finished."""
    pages = Pages("test", most_rows=1000)
    tokens = [page(pages, 90)[1] for _ in range(500)]
    assert 900 <= pages.remembered <= 1000
    for token in tokens[-10:]:
        assert page(pages, 90, token, size=100) == (list(range(10, 90)), None)
    with pytest.raises(AwsError, match="not one that ListRows gave"):
        page(pages, 90, tokens[0])


def test_the_newest_lists_are_remembered_whatever_their_size() -> None:
    """Clients that read at the same time can all finish, however many rows each of them reads."""
    pages = Pages("test", most_rows=1000)
    tokens = [page(pages, 5000)[1] for _ in range(2 * ALWAYS_REMEMBERED)]
    assert pages.remembered == 5000 * ALWAYS_REMEMBERED
    for token in tokens[ALWAYS_REMEMBERED:]:
        assert len(page(pages, 5000, token, size=5000)[0]) == 4990


def test_a_list_that_was_read_leaves_its_last_page() -> None:
    """The last page can be asked for again, in any size, since its answer may be lost; the others are gone."""
    pages = Pages("test")
    first, token = page(pages, 25)
    second, last = page(pages, 25, token)
    assert page(pages, 25, token) == (second, last)
    third = page(pages, 25, last)
    assert [*first, *second, *third[0]] == list(range(25))
    assert pages.remembered == 5
    assert page(pages, 25, last) == third
    assert page(pages, 25, last, size=3)[0] == [20, 21, 22]
    with pytest.raises(AwsError):
        page(pages, 25, token)
