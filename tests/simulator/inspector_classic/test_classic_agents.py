from typing import Any

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import code_of, refusal, stack_hosts
from tests.simulator.inspector_classic.assessing import (
    CVES,
    assess,
    exclusions,
    finding_arns,
    findings,
    launch,
    look,
    start,
    target,
    template,
)

NETWORK, CIS = "Network Reachability", "CIS Operating System Security Configuration Benchmarks"


def agents(aws: Simulator, run: str, **wanted: Any) -> dict[str, tuple[str, str]]:
    """List the agents of a run with their health."""
    given = {"filter": {"agentHealths": [], "agentHealthCodes": []} | wanted} if wanted else {}
    rows = aws.client("inspector").list_assessment_run_agents(assessmentRunArn=run, **given)["assessmentRunAgents"]
    return {row["agentId"]: (row["agentHealth"], row["agentHealthCode"]) for row in rows}


def two_hosts(aws: Simulator, agent: str) -> tuple[str, str, str]:
    """Give a finished run over a healthy host and one whose agent fares otherwise: run, healthy, other."""
    other = launch(aws, "two")
    other.inspector_agent = agent
    return assess(aws, template(aws, target(aws))), aws.fleet.hosts()[0].instance_id, other.instance_id


def test_healthy_agents_give_a_completed_run(aws: Simulator, pair: tuple[str, str]) -> None:
    """All agents healthy: COMPLETED, and nothing excluded."""
    run = assess(aws, pair[1])
    assert look(aws, run)["state"] == "COMPLETED"
    assert agents(aws, run) == {aws.fleet.hosts()[0].instance_id: ("HEALTHY", "RUNNING")}
    assert exclusions(aws, run) == []


@pytest.mark.parametrize(
    ("agent", "health", "exclusion", "state"),
    [
        ("unhealthy", ("UNHEALTHY", "UNHEALTHY"), "Agent is unhealthy", "COMPLETED_WITH_ERRORS"),
        ("absent", ("UNKNOWN", "UNKNOWN"), "Agent not found", "COMPLETED"),
    ],
)
def test_a_host_without_a_healthy_agent_is_excluded(
    aws: Simulator, agent: str, health: tuple[str, str], exclusion: str, state: str
) -> None:
    """It has no findings, and an exclusion says why; an agent that is there and fails spoils the run."""
    run, healthy, other = two_hosts(aws, agent)
    assert agents(aws, run) == {healthy: ("HEALTHY", "RUNNING"), other: health}
    assert exclusions(aws, run) == [(exclusion, other)]
    assert look(aws, run)["state"] == state
    assert {finding["assetAttributes"]["agentId"] for finding in findings(aws, run)} == {healthy}


def test_all_agents_unhealthy_is_a_run_with_errors(aws: Simulator, pair: tuple[str, str]) -> None:
    """A run that learned nothing is no COMPLETED one, and no placeholder says that all is well."""
    aws.fleet.hosts()[0].inspector_agent = "unhealthy"
    run = assess(aws, pair[1])
    assert look(aws, run)["state"] == "COMPLETED_WITH_ERRORS"
    assert finding_arns(aws, run) == []


def test_no_agent_anywhere_is_a_run_with_errors(aws: Simulator, pair: tuple[str, str]) -> None:
    """Without any agent nothing was looked at either."""
    aws.fleet.hosts()[0].inspector_agent = "absent"
    run = assess(aws, pair[1])
    assert look(aws, run)["state"] == "COMPLETED_WITH_ERRORS"
    assert finding_arns(aws, run) == []


def test_a_host_that_stops_on_the_way_is_told(aws: Simulator, pair: tuple[str, str]) -> None:
    """An agent that was there at the start and is shut down at the end gives nothing, and the run says so."""
    run = start(aws, pair[1])
    host = aws.fleet.hosts()[0].instance_id
    assert agents(aws, run) == {host: ("HEALTHY", "RUNNING")}
    aws.client("ec2").stop_instances(InstanceIds=[host])
    for _ in range(20):
        look(aws, run)
    assert agents(aws, run) == {host: ("UNHEALTHY", "SHUTDOWN")}
    assert exclusions(aws, run) == [("Agent is unhealthy", host)]
    assert look(aws, run)["state"] == "COMPLETED_WITH_ERRORS"


def test_an_unsupported_system_is_excluded(workshop: Simulator) -> None:
    """Amazon Linux 2023 came after Classic: such a host is in the target and cannot be looked at."""
    run = assess(workshop, template(workshop, target(workshop, "billing-batch", called="stranger")))
    (row,) = exclusions(workshop, run)
    assert row[0] == "Unsupported OS version"
    assert row[1] not in stack_hosts(workshop)
    assert finding_arns(workshop, run) == []


@pytest.mark.parametrize(
    ("rules", "title"), [(CIS, "Rules evaluation error"), (NETWORK, "Network Reachability error - internet")]
)
def test_rules_that_are_not_simulated_never_look_clean(aws: Simulator, rules: str, title: str) -> None:
    """The packages that are not simulated end in an exclusion and COMPLETED_WITH_ERRORS, never in a placeholder."""
    run = assess(aws, template(aws, target(aws), CVES, rules))
    assert look(aws, run)["state"] == "COMPLETED_WITH_ERRORS"
    assert [each for each, _ in exclusions(aws, run)] == [title]
    assert finding_arns(aws, run, severities=["Informational"]) == []
    assert finding_arns(aws, run)


def test_agents_are_listed_by_health(aws: Simulator) -> None:
    """By health, by its code, or both."""
    run, healthy, other = two_hosts(aws, "unhealthy")
    assert list(agents(aws, run, agentHealths=["HEALTHY"])) == [healthy]
    assert list(agents(aws, run, agentHealthCodes=["UNHEALTHY", "THROTTLED"])) == [other]
    assert agents(aws, run, agentHealths=["HEALTHY"], agentHealthCodes=["UNHEALTHY"]) == {}
    assert code_of(agents, aws=aws, run=f"{run[:-8]}aaaaaaaa") == "NoSuchEntityException"


def test_an_agent_tells_its_group(workshop: Simulator) -> None:
    """The hosts of the Auto Scaling group name it, the standalone one does not."""
    inspector = workshop.client("inspector")
    (template_arn,) = inspector.list_assessment_templates()["assessmentTemplateArns"]
    rows = inspector.list_assessment_run_agents(assessmentRunArn=start(workshop, template_arn))["assessmentRunAgents"]
    groups = [row.get("autoScalingGroup") for row in rows]
    assert groups.count(None) == 1
    assert len(set(groups)) == 2
    assert all(row["telemetryMetadata"] == [] for row in rows)


def test_a_preview_tells_what_an_agent_is(aws: Simulator) -> None:
    """Before any run: health, version, system and kernel of an agent; of a host without one only that it is there."""
    launch(aws, "two").inspector_agent = "absent"
    found = aws.client("inspector").preview_agents(previewAgentsArn=target(aws))["agentPreviews"]
    assert [row["agentHealth"] for row in found] == ["HEALTHY", "UNKNOWN"]
    assert found[0]["operatingSystem"] == "Amazon Linux 2"
    assert found[0]["kernelVersion"] == "4.14.77-81.59.amzn2.x86_64"
    assert found[0]["hostname"].endswith(".ec2.internal")
    assert "agentVersion" not in found[1]


def test_lists_come_in_pages(aws: Simulator, pair: tuple[str, str]) -> None:
    """Ten rows by default, a token for the rest, which is good for the same question only."""
    inspector = aws.client("inspector")
    for number in range(11):
        launch(aws, f"host {number}")
    first = inspector.preview_agents(previewAgentsArn=pair[0])
    assert len(first["agentPreviews"]) == 10
    rest = inspector.preview_agents(previewAgentsArn=pair[0], nextToken=first["nextToken"])
    assert len(rest["agentPreviews"]) == 2
    assert "nextToken" not in rest
    error = refusal(inspector.list_rules_packages, nextToken=first["nextToken"])
    assert error["errorCode"] == "INVALID_PAGINATION_TOKEN"
    for size in (0, 501):
        error = refusal(inspector.preview_agents, previewAgentsArn=pair[0], maxResults=size)
        assert error["errorCode"] == "INVALID_MAX_RESULTS"


def test_an_exclusion_is_described(aws: Simulator) -> None:
    """It tells title, description, advice and scope; an ARN that is none of ours is a failed item."""
    inspector = aws.client("inspector")
    run, _, other = two_hosts(aws, "absent")
    (arn,) = inspector.list_exclusions(assessmentRunArn=run)["exclusionArns"]
    unknown = f"{arn[:-8]}aaaaaaaa"
    answer = inspector.describe_exclusions(exclusionArns=[arn, unknown], locale="EN_US")
    row = answer["exclusions"][arn]
    assert row["scopes"] == [{"key": "INSTANCE_ID", "value": other}]
    assert row["recommendation"].startswith("Install or reinstall")
    assert answer["failedItems"][unknown]["failureCode"] == "ITEM_DOES_NOT_EXIST"
    assert inspector.describe_exclusions(exclusionArns=[unknown])["exclusions"] == {}
