import re
from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator
from postpatch.simulator.inspector_classic import runs as runs_module
from tests.simulator.asking import BEGINS, code_of, refusal
from tests.simulator.inspector_classic.assessing import (
    CVES,
    SHORTEST,
    assess,
    exclusions,
    findings,
    finish,
    impatient,
    launch,
    look,
    packages,
    start,
    target,
    template,
)

# The order of botocore's example of DescribeAssessmentRuns.
PATH = [
    "CREATED",
    "START_DATA_COLLECTION_PENDING",
    "START_DATA_COLLECTION_IN_PROGRESS",
    "COLLECTING_DATA",
    "STOP_DATA_COLLECTION_PENDING",
    "DATA_COLLECTED",
    "EVALUATING_RULES",
    "COMPLETED",
]


def states(row: dict[str, Any]) -> list[str]:
    """Name the states that a run went through."""
    return [change["state"] for change in row["stateChanges"]]


def test_a_run_goes_through_the_states_of_the_example(aws: Simulator, pair: tuple[str, str]) -> None:
    """Eight states in AWS's order, each a little later than the one before."""
    row = finish(aws, start(aws, pair[1]))
    assert states(row) == PATH
    moments = [change["stateChangedAt"] for change in row["stateChanges"]]
    assert moments == sorted(set(moments))
    assert (row["stateChangedAt"], row["completedAt"]) == (moments[-1], moments[-1])


def test_each_state_is_seen_on_the_way(aws: Simulator, pair: tuple[str, str]) -> None:
    """Who looks often enough sees a run grow: its state is always the last change."""
    run = start(aws, pair[1])
    seen = []
    for _ in range(20):
        row = look(aws, run)
        assert row["state"] == states(row)[-1]
        seen.append(row["state"])
    assert set(seen) >= {"COLLECTING_DATA", "STOP_DATA_COLLECTION_PENDING", "COMPLETED"}
    assert seen == sorted(seen, key=PATH.index)


def test_data_is_collected_for_the_templates_duration(aws: Simulator) -> None:
    """Between COLLECTING_DATA and its stop lies the duration; the run starts with the collection."""
    row = finish(aws, start(aws, template(aws, target(aws), durationInSeconds=900)))
    at = {change["state"]: change["stateChangedAt"] for change in row["stateChanges"]}
    assert at["STOP_DATA_COLLECTION_PENDING"] - at["COLLECTING_DATA"] == timedelta(seconds=900)
    assert (row["createdAt"], row["startedAt"]) == (at["CREATED"], at["COLLECTING_DATA"])
    assert timedelta(minutes=1) < row["completedAt"] - at["STOP_DATA_COLLECTION_PENDING"] < timedelta(minutes=10)


def test_nothing_is_told_of_a_run_before_it_ends(aws: Simulator, pair: tuple[str, str]) -> None:
    """A young run has no start, no end, no collected data, no findings and no exclusions."""
    inspector = aws.client("inspector")
    run = start(aws, pair[1])
    row = look(aws, run)
    assert row["state"] != "COMPLETED"
    assert row["dataCollected"] is False
    assert "completedAt" not in row
    assert set(row["findingCounts"].values()) == {0}
    assert inspector.list_findings(assessmentRunArns=[run])["findingArns"] == []
    assert inspector.list_exclusions(assessmentRunArn=run)["exclusionArns"] == []
    assert finish(aws, run)["dataCollected"] is True
    assert findings(aws, run)


def test_polling_a_list_moves_the_clock(aws: Simulator, pair: tuple[str, str]) -> None:
    """ListAssessmentRuns by state is a way to wait, too."""
    inspector = aws.client("inspector")
    run = start(aws, pair[1])
    for _ in range(30):
        if inspector.list_assessment_runs(filter={"states": ["COMPLETED"]})["assessmentRunArns"] == [run]:
            return
    pytest.fail("the run did not end")


def test_findings_are_what_was_installed_when_the_collection_ended(aws: Simulator, pair: tuple[str, str]) -> None:
    """A patch that comes while data is collected counts; one that comes during the evaluation does not."""
    run = start(aws, pair[1])
    host = aws.fleet.hosts()[0]
    while look(aws, run)["state"] != "COLLECTING_DATA":
        pass
    host.remove("curl", "libcurl")
    while look(aws, run)["state"] != "EVALUATING_RULES":
        pass
    host.remove("python", "python-libs")
    finish(aws, run)
    found = {finding["attributes"][2]["value"] for finding in findings(aws, run, rulesPackageArns=packages(aws, CVES))}
    assert "curl" not in found
    assert "python" in found


def test_a_run_has_a_name(aws: Simulator, pair: tuple[str, str]) -> None:
    """A run keeps its name; without one it is called after its template and the moment."""
    assert look(aws, start(aws, pair[1], assessmentRunName="after the round"))["name"] == "after the round"
    other = template(aws, target(aws, "nobody", called="none"), called="other")
    name = look(aws, start(aws, other))["name"]
    assert re.fullmatch(r"Run - other - 2026-11-22T18:\d\d:\d\d\.\d{3}Z", name)


def test_names_of_runs_are_unique_within_a_template(aws: Simulator, pair: tuple[str, str]) -> None:
    """A second run of one name is refused for the same template, and allowed for another."""
    run = start(aws, pair[1], assessmentRunName="run")
    finish(aws, run)
    error = refusal(lambda: start(aws, pair[1], assessmentRunName="run"))
    assert error["Error"]["Code"] == "InvalidInputException"
    start(aws, template(aws, pair[0], called="another"), assessmentRunName="run")


def test_a_host_is_in_one_running_assessment_at_most(aws: Simulator, pair: tuple[str, str]) -> None:
    """A second run with the same host is refused with agents and runs; when the first has ended, it starts."""
    run = start(aws, pair[1])
    host = aws.fleet.hosts()[0].instance_id
    other = template(aws, target(aws, "one", called="other"))
    for of in (pair[1], other):
        error = refusal(lambda of=of: start(aws, of))
        assert error["Error"]["Code"] == "AgentsAlreadyRunningAssessmentException"
        assert error["agents"] == [{"agentId": host, "assessmentRunArn": run}]
        assert (error["agentsTruncated"], error["canRetry"]) == (False, True)
    finish(aws, run)
    start(aws, other)


def test_runs_without_a_common_host_go_on_together(aws: Simulator) -> None:
    """Targets that share no host may be assessed at the same time."""
    launch(aws, "two")
    runs = [start(aws, template(aws, target(aws, name, called=name))) for name in ("one", "two")]
    assert [finish(aws, run)["state"] for run in runs] == ["COMPLETED", "COMPLETED"]


def test_an_overlap_names_ten_agents(aws: Simulator, pair: tuple[str, str]) -> None:
    """Of more than ten agents the error names ten and says so."""
    for number in range(10):
        launch(aws, f"host {number}")
    start(aws, pair[1])
    error = refusal(lambda: start(aws, pair[1]))
    assert (len(error["agents"]), error["agentsTruncated"]) == (10, True)


@pytest.mark.parametrize("quota", ["RUN_QUOTA", "RUNNING_INSTANCES_QUOTA"])
def test_limits_of_runs_are_kept(
    aws: Simulator, pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch, quota: str
) -> None:
    """Neither runs nor instances in running assessments exceed the account's limits (made small here)."""
    assess(aws, pair[1])
    monkeypatch.setattr(runs_module, quota, 1 if quota == "RUN_QUOTA" else 0)
    error = refusal(impatient(aws).start_assessment_run, assessmentTemplateArn=pair[1])
    assert error["Error"]["Code"] == "LimitExceededException"
    assert error["errorCode"] == "ASSESSMENT_RUN_LIMIT_EXCEEDED"


def test_the_limits_are_aws_own() -> None:
    """500 instances in running assessments and 50,000 runs (Amazon Inspector service limits)."""
    assert (runs_module.RUNNING_INSTANCES_QUOTA, runs_module.RUN_QUOTA) == (500, 50_000)


def test_a_template_without_rules_cannot_run(aws: Simulator) -> None:
    """A template may be made without rules packages; a run of it is refused."""
    empty = template(aws, target(aws), rulesPackageArns=[])
    assert refusal(lambda: start(aws, empty))["errorCode"] == "INVALID_NUMBER_OF_RULES_PACKAGE_ARNS"


def test_a_stopped_run_is_evaluated(aws: Simulator, pair: tuple[str, str]) -> None:
    """A stop ends the collection, and what was collected is evaluated, by way of START_EVALUATING_RULES_PENDING."""
    run = start(aws, pair[1])
    aws.client("inspector").stop_assessment_run(assessmentRunArn=run)
    row = finish(aws, run)
    assert row["state"] == "COMPLETED"
    assert "START_EVALUATING_RULES_PENDING" in states(row)
    assert row["completedAt"] - row["createdAt"] < timedelta(minutes=4)
    assert findings(aws, run)


def test_a_cancelled_run_finds_nothing(aws: Simulator, pair: tuple[str, str]) -> None:
    """SKIP_EVALUATION cancels at once: no findings, and the host is free again."""
    run = start(aws, pair[1])
    aws.client("inspector").stop_assessment_run(assessmentRunArn=run, stopAction="SKIP_EVALUATION")
    row = look(aws, run)
    assert row["state"] == "CANCELED"
    assert look(aws, run) == row
    assert findings(aws, run) == []
    assess(aws, pair[1])


def test_what_has_ended_cannot_be_stopped(aws: Simulator, pair: tuple[str, str]) -> None:
    """A run that ended, or whose collection ended, is no longer stopped."""
    stop = aws.client("inspector").stop_assessment_run
    run = start(aws, pair[1])
    stop(assessmentRunArn=run)
    assert refusal(stop, assessmentRunArn=run)["errorCode"] == "INVALID_ASSESSMENT_RUN_STATE"
    finish(aws, run)
    error = refusal(stop, assessmentRunArn=run, stopAction="SKIP_EVALUATION")
    assert error["errorCode"] == "INVALID_ASSESSMENT_RUN_STATE"
    assert code_of(stop, assessmentRunArn=f"{run[:-8]}aaaaaaaa") == "NoSuchEntityException"


def test_a_run_without_hosts_fails(aws: Simulator) -> None:
    """A target that selects nothing gives a FAILED run with the exclusion that says so."""
    run = assess(aws, template(aws, target(aws, "nobody")))
    assert look(aws, run)["state"] == "FAILED"
    assert {title for title, _ in exclusions(aws, run)} == {"No instances in target"}


@pytest.mark.parametrize("end", ["FAILED", "ERROR"])
def test_a_world_may_break_a_run(aws: Simulator, pair: tuple[str, str], end: str) -> None:
    """A run can fail while it starts, or break during the evaluation; neither leaves findings."""
    aws.classic.runs.breaks = end
    run = assess(aws, pair[1])
    row = look(aws, run)
    assert (row["state"], row["dataCollected"]) == (end, end == "ERROR")
    assert findings(aws, run) == []
    titles = {title for title, _ in exclusions(aws, run)}
    assert titles == ({"Rules evaluation error"} if end == "ERROR" else set())


def test_runs_are_listed_by_filter(aws: Simulator, pair: tuple[str, str]) -> None:
    """By template, name, state, duration, rules package, and the times of start, end and last change."""
    inspector = aws.client("inspector")
    first = start(aws, pair[1], assessmentRunName="first")
    completed = finish(aws, first)["completedAt"]
    second = start(aws, template(aws, pair[0], CVES, called="b", durationInSeconds=900), assessmentRunName="second")

    def listed(*templates: str, **wanted: Any) -> list[str]:
        answer = inspector.list_assessment_runs(assessmentTemplateArns=list(templates), filter=wanted)
        arns: list[str] = answer["assessmentRunArns"]
        return arns

    assert listed() == [first, second]
    assert listed(pair[1]) == [first]
    assert listed(namePattern="s*") == [second]
    assert listed(states=["COMPLETED", "FAILED"]) == [first]
    assert listed(durationRange={"maxSeconds": SHORTEST}) == [first]
    assert listed(rulesPackageArns=packages(aws, CVES)) == [first, second]
    assert listed(completionTimeRange={"endDate": completed}) == [first]
    assert listed(startTimeRange={"beginDate": completed}) == [second]
    assert listed(stateChangeTimeRange={"beginDate": BEGINS, "endDate": completed}) == [first]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"durationRange": {"minSeconds": 900, "maxSeconds": 180}}, "INVALID_ASSESSMENT_RUN_DURATION_RANGE"),
        ({"startTimeRange": {"beginDate": 2, "endDate": 1}}, "INVALID_ASSESSMENT_RUN_START_TIME_RANGE"),
        ({"completionTimeRange": {"beginDate": 2, "endDate": 1}}, "INVALID_ASSESSMENT_RUN_COMPLETION_TIME_RANGE"),
        ({"stateChangeTimeRange": {"beginDate": 2, "endDate": 1}}, "INVALID_ASSESSMENT_RUN_STATE_CHANGE_TIME_RANGE"),
        ({"states": ["RUNNING"]}, "INVALID_ASSESSMENT_RUN_STATE"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(quiet: Simulator, wanted: dict[str, Any], code: str) -> None:
    """Ranges that are turned round, and a state that does not exist, each have their code."""
    assert refusal(quiet.client("inspector").list_assessment_runs, filter=wanted)["errorCode"] == code


def test_a_run_is_deleted_with_its_findings(aws: Simulator, pair: tuple[str, str]) -> None:
    """A run that goes on stays; one that ended goes, with findings and exclusions, and no other with it."""
    inspector = aws.client("inspector")
    kept = assess(aws, pair[1])
    run = start(aws, pair[1])
    error = refusal(inspector.delete_assessment_run, assessmentRunArn=run)
    assert (error["Error"]["Code"], error["assessmentRunArns"]) == ("AssessmentRunInProgressException", [run])
    finish(aws, run)
    gone = findings(aws, run)[0]["arn"]
    inspector.delete_assessment_run(assessmentRunArn=run)
    assert inspector.list_assessment_runs()["assessmentRunArns"] == [kept]
    answer = inspector.describe_findings(findingArns=[gone])
    assert (answer["findings"], answer["failedItems"][gone]["failureCode"]) == ([], "ITEM_DOES_NOT_EXIST")
    assert findings(aws, kept)


def test_ten_arns_a_describe_are_the_most(aws: Simulator, pair: tuple[str, str]) -> None:
    """An eleventh ARN is refused with the code for their number."""
    run = start(aws, pair[1])
    arns = [f"{run[:-8]}{number:08d}" for number in range(11)]
    error = refusal(aws.client("inspector").describe_assessment_runs, assessmentRunArns=arns)
    assert error["errorCode"] == "INVALID_NUMBER_OF_ASSESSMENT_RUN_ARNS"
