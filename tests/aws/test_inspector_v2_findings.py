"""Findings of Inspector v2 are read to the last page, closed and suppressed ones too."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from postpatch.aws import inspector_v2
from postpatch.errors import CouldNotCheck
from postpatch.model import Host
from postpatch.simulator import Simulator
from tests.aws.test_inspector_v2 import ACCOUNT, Connect, hosts, restored

__all__ = ["hosts", "restored"]


def test_findings_are_read_to_the_last_page(connect: Connect, hosts: list[str], aws: Simulator) -> None:
    """Every finding of the hosts comes, of every status, over as many pages as there are, and no stranger's."""
    reader = connect()
    found = list(inspector_v2.findings(reader, ACCOUNT, [Host(host) for host in hosts]))
    pages = aws.client("inspector2").get_paginator("list_findings").paginate(maxResults=10)
    arns = [row["findingArn"] for page in pages for row in page["findings"] if row["resources"][0]["id"] in hosts]
    assert len(found) > 100
    assert sorted(one.arn for one in found) == sorted(arns)
    assert {one.host for one in found} == set(hosts)
    assert reader.calls["inspector2:ListFindings"] > 1


def test_closed_and_suppressed_findings_come_too(connect: Connect, hosts: list[str]) -> None:
    """What was closed or suppressed is asked for, and kept with its status: absence is not a fix."""
    reader, asked = connect(), []
    reader.session.events.register(
        "provide-client-params.inspector2.ListFindings", lambda params, **_: asked.append(params)
    )

    def answer(response_dict: dict[str, Any], **_: Any) -> None:
        page = json.loads(response_dict["body"])
        for row, status in zip(page["findings"], ("CLOSED", "SUPPRESSED"), strict=False):
            row["status"] = status
        response_dict["body"] = json.dumps(page).encode()

    reader.session.events.register_first("before-parse.inspector2.ListFindings", answer)
    statuses = {one.status for one in inspector_v2.findings(reader, ACCOUNT, [Host(hosts[0])])}
    assert statuses == {"ACTIVE", "CLOSED", "SUPPRESSED"}
    assert {one["value"] for one in asked[0]["filterCriteria"]["findingStatus"]} == statuses


@pytest.mark.parametrize("after", [0, 1])
def test_findings_that_are_refused_could_not_be_looked_at(
    connect: Connect, refuse: Callable[..., list[str]], hosts: list[str], after: int
) -> None:
    """AccessDenied on the first page or on a later one is could-not-look, never a shorter list."""
    denied = connect()
    refuse(denied, "inspector2.ListFindings", "AccessDeniedException", 403, after=after)
    with pytest.raises(
        CouldNotCheck, match=f"^Allow ListFindings to .* the findings of 3 hosts, beginning with {hosts[0]}: "
    ):
        list(inspector_v2.findings(denied, ACCOUNT, [Host(host) for host in hosts]))
