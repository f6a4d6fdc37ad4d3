"""Faults of the pages of a list: an empty one, one that leads on for ever, a token that has expired."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, PaginationError

from postpatch.simulator import Fault, Mishap, Simulator
from tests.simulator.asking import refusal
from tests.simulator.test_wire_faults import client, nobody_sleeps

__all__ = ["client", "nobody_sleeps"]


@pytest.mark.parametrize("page", [1, 2, 3])
def test_one_page_of_a_list(aws: Simulator, client: Callable[[str], Any], page: int) -> None:
    """A fault of one page lets the pages before it pass, and meets each try for that page."""
    injected = aws.inject(Fault("inspector2:ListFindings", Mishap.THROTTLED, page=page))
    pages = client("inspector2").get_paginator("list_findings").paginate(PaginationConfig={"PageSize": 10})
    seen: list[Any] = []
    with pytest.raises(ClientError, match="ThrottlingException"):
        seen.extend(pages)
    assert (len(seen), injected.met) == (page - 1, 4)


def test_pages_of_two_lists_are_counted_apart(aws: Simulator, client: Callable[[str], Any]) -> None:
    """Whoever pages through two lists at once meets the fault at the second page of each."""
    injected = aws.inject(Fault("inspector2:ListFindings", Mishap.DENIED, page=2))
    inspector = client("inspector2")
    first, other = (inspector.list_findings(maxResults=size)["nextToken"] for size in (10, 20))
    for token in (other, first):
        assert refusal(inspector.list_findings, nextToken=token)["Error"]["Code"] == "AccessDeniedException"
    assert injected.met == 2


@pytest.mark.parametrize(
    ("name", "method", "code"),
    [
        ("inspector2:ListFindings", "list_findings", "ValidationException"),
        ("ssm:DescribeAvailablePatches", "describe_available_patches", "InvalidNextToken"),
        ("inspector:ListRulesPackages", "list_rules_packages", "InvalidInputException"),
        ("autoscaling:DescribePolicies", "describe_policies", "InvalidNextToken"),
        ("cloudformation:ListStacks", "list_stacks", "ValidationError"),
        ("ec2:DescribeInstances", "describe_instances", "InvalidNextToken"),
    ],
)
def test_an_expired_page_token(aws: Simulator, client: Callable[[str], Any], name: str, method: str, code: str) -> None:
    """A token that AWS no longer knows is refused under the service's own code, at once."""
    aws.inject(Fault(name, Mishap.BAD_TOKEN, page=2))
    service = name.partition(":")[0]
    call = getattr(client(service), method)
    spelt = "nextToken" if service.startswith("inspector") else "NextToken"
    error = refusal(call, **{spelt: "x" * 20})
    assert (error["Error"]["Code"], error["ResponseMetadata"]["RetryAttempts"]) == (code, 0)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("inspector2", "list_findings"),
        ("inspector2", "list_coverage"),
        ("ssm", "describe_instance_information"),
        ("autoscaling", "describe_auto_scaling_groups"),
        ("cloudformation", "list_stacks"),
        ("ec2", "describe_instances"),
    ],
)
def test_pages_without_an_end(aws: Simulator, client: Callable[[str], Any], service: str, operation: str) -> None:
    """A list that repeats one token for ever is given up by botocore's paginator, whether or not it had pages."""
    name = f"{service}:{''.join(part.title() for part in operation.split('_'))}"
    injected = aws.inject(Fault(name, Mishap.ENDLESS))
    pages = client(service).get_paginator(operation).paginate()
    with pytest.raises(PaginationError, match="same next token"):
        list(pages)
    assert injected.met == 2


@pytest.mark.parametrize(
    ("service", "operation", "rows"),
    [
        ("inspector2", "list_findings", "findings"),
        ("inspector2", "list_coverage", "coveredResources"),
        ("ssm", "describe_patch_baselines", "BaselineIdentities"),
    ],
)
def test_an_empty_page_leads_on(
    aws: Simulator, client: Callable[[str], Any], service: str, operation: str, rows: str
) -> None:
    """Whoever follows the token of an empty first page loses nothing."""
    pages = client(service).get_paginator(operation)
    whole = [row for page in pages.paginate() for row in page[rows]]
    name = f"{service}:{''.join(part.title() for part in operation.split('_'))}"
    aws.inject(Fault(name, Mishap.EMPTY_PAGE))
    first, *following = pages.paginate()
    assert first[rows] == []
    assert [row for page in following for row in page[rows]] == whole
