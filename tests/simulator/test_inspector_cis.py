import re
from typing import Any

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import STACK_TAG, code_of, equals, named, ours, refusal, stack_hosts

ROOT_LOGIN = re.compile(r"(?i)root.?login")


def create(aws: Simulator, **changes: Any) -> str:
    """Create a one-time CIS scan of the stack."""
    given: dict[str, Any] = {
        "scanName": "pww",
        "securityLevel": "LEVEL_1",
        "schedule": {"oneTime": {}},
        "targets": {"accountIds": ["SELF"], "targetResourceTags": {STACK_TAG: ["pww"]}},
        "tags": {"made-by": "test"},
    } | changes
    return str(aws.client("inspector2").create_cis_scan_configuration(**given)["scanConfigurationArn"])


def scan_of(aws: Simulator, configuration: str) -> dict[str, Any]:
    """Look at the scan of a configuration until it has ended."""
    for _ in range(30):
        found: list[dict[str, Any]] = aws.client("inspector2").list_cis_scans(
            filterCriteria={"scanConfigurationArnFilters": equals(configuration)}
        )["scans"]
        if found[0]["status"] != "IN_PROGRESS":
            return found[0]
    return pytest.fail("the scan did not end")


def details(aws: Simulator, scan: str, host: str, **criteria: Any) -> list[dict[str, Any]]:
    """List the results of a scan on one host."""
    pages = aws.client("inspector2").get_paginator("get_cis_scan_result_details")
    given = {"filterCriteria": criteria} if criteria else {}
    found = pages.paginate(scanArn=scan, targetResourceId=host, accountId=aws.account, **given)
    return [row for page in found for row in page["scanResultDetails"]]


def test_a_one_time_scan_starts_at_once_and_takes_minutes(aws: Simulator) -> None:
    """The scan is in progress right after creation, and completes as the clock moves."""
    arn = create(aws)
    first = aws.client("inspector2").list_cis_scans()["scans"][0]
    assert (first["status"], first["scanConfigurationArn"]) == ("IN_PROGRESS", arn)
    scan = scan_of(aws, arn)
    assert scan["status"] == "COMPLETED"
    assert 0 < scan["failedChecks"] < scan["totalChecks"]


def test_root_login_fails_where_it_is_open(aws: Simulator) -> None:
    """Only the red team's host, which lets root in over SSH, fails the check for it; patching changes nothing."""
    for _ in range(2):
        scan = scan_of(aws, create(aws))["scanArn"]
        verdicts = {
            host: [row["status"] for row in details(aws, scan, host) if ROOT_LOGIN.search(row["title"])]
            for host in stack_hosts(aws)
        }
        assert verdicts.pop(named(aws, "pww-RedTeamHost")[0]) == ["FAILED"]
        assert list(verdicts.values()) == [["PASSED"], ["PASSED"]]
        aws.remediate()


def test_a_fixed_setting_passes(aws: Simulator) -> None:
    """The check follows the host's setting, not the world's story."""
    host = aws.fleet.host(named(aws, "pww-RedTeamHost")[0])
    assert host is not None
    host.settings["sshd.PermitRootLogin"] = "no"
    scan = scan_of(aws, create(aws))["scanArn"]
    rows = details(aws, scan, host.instance_id, checkIdFilters=equals("5.1.20"))
    assert [(row["title"], row["status"]) for row in rows] == [("Ensure sshd PermitRootLogin is disabled", "PASSED")]


def test_the_scan_looks_at_tagged_hosts_only(aws: Simulator) -> None:
    """Hosts are chosen by tag; the stranger is not among them."""
    scan = scan_of(aws, create(aws))["scanArn"]
    rows = aws.client("inspector2").list_cis_scan_results_aggregated_by_target_resource(scanArn=scan)
    targets = rows["targetResourceAggregations"]
    assert sorted(row["targetResourceId"] for row in targets) == sorted(stack_hosts(aws))
    for row in targets:
        counted = details(aws, scan, row["targetResourceId"])
        for status in ("passed", "failed", "skipped"):
            assert row["statusCounts"][status] == sum(c["status"] == status.upper() for c in counted)
        assert all(row["statusCounts"].values()), "each outcome occurs"


def test_a_host_that_cannot_be_reached_is_named(aws: Simulator) -> None:
    """A silent agent gives no results, and the target says why."""
    silent = aws.fleet.host(named(aws, "pww-RedTeamHost")[0])
    assert silent is not None
    silent.online = False
    scan = scan_of(aws, create(aws))["scanArn"]
    rows = aws.client("inspector2").list_cis_scan_results_aggregated_by_target_resource(
        scanArn=scan, filterCriteria={"targetStatusReasonFilters": equals("SSM_UNMANAGED")}
    )["targetResourceAggregations"]
    assert [row["targetResourceId"] for row in rows] == [silent.instance_id]


def test_level_2_includes_level_1(aws: Simulator) -> None:
    """The higher level has all checks of the lower one, and more."""
    host = stack_hosts(aws)[0]
    one = {row["checkId"] for row in details(aws, scan_of(aws, create(aws))["scanArn"], host)}
    two = {row["checkId"] for row in details(aws, scan_of(aws, create(aws, securityLevel="LEVEL_2"))["scanArn"], host)}
    assert one < two


def test_configurations_are_listed_and_deleted(aws: Simulator) -> None:
    """A configuration keeps its tags, is found by name, and is gone when deleted; its scan stays."""
    inspector, arn = aws.client("inspector2"), create(aws)
    create(aws, scanName="other")
    found = inspector.list_cis_scan_configurations(filterCriteria={"scanNameFilters": equals("pww")})
    assert [(c["scanConfigurationArn"], c["tags"]) for c in found["scanConfigurations"]] == [(arn, {"made-by": "test"})]
    inspector.delete_cis_scan_configuration(scanConfigurationArn=arn)
    assert len(inspector.list_cis_scan_configurations()["scanConfigurations"]) == 1
    assert len(inspector.list_cis_scans()["scans"]) == 2
    assert code_of(inspector.delete_cis_scan_configuration, scanConfigurationArn=arn) == "ResourceNotFoundException"


def test_tags_are_kept_by_arn(aws: Simulator) -> None:
    """Tags of a configuration are read, added and taken away; an unknown ARN is refused."""
    inspector, arn = aws.client("inspector2"), create(aws)
    inspector.tag_resource(resourceArn=arn, tags={"more": "1"})
    assert inspector.list_tags_for_resource(resourceArn=arn)["tags"] == {"made-by": "test", "more": "1"}
    inspector.untag_resource(resourceArn=arn, tagKeys=["made-by"])
    assert inspector.list_tags_for_resource(resourceArn=arn)["tags"] == {"more": "1"}
    assert code_of(inspector.list_tags_for_resource, resourceArn=arn + "0") == "ResourceNotFoundException"


def test_wrong_configurations_are_refused(aws: Simulator) -> None:
    """A foreign account, no tags, a time that is none: each is a ValidationException."""
    foreign = {"accountIds": ["999999999999"], "targetResourceTags": {STACK_TAG: ["pww"]}}
    for changes in (
        {"schedule": {"daily": {"startTime": {"timeOfDay": "25:00", "timezone": "UTC"}}}},
        {"targets": foreign},
        {"targets": {"accountIds": ["SELF"], "targetResourceTags": {}}},
    ):
        assert code_of(create, aws=aws, **changes) == "ValidationException"


def test_the_quota_of_configurations_holds(aws: Simulator) -> None:
    """The 501st configuration is refused, in words that name the quota."""
    weekly = {"daily": {"startTime": {"timeOfDay": "12:00", "timezone": "UTC"}}}
    first = create(aws, schedule=weekly)
    kept = ours(aws).services["inspector2"]["CreateCisScanConfiguration"].__self__._cis.configurations
    kept.update({f"{first}{number}": kept[first] for number in range(499)})
    assert "500" in refusal(create, aws=aws, schedule=weekly)["Error"]["Message"]


def test_results_of_an_unknown_scan_are_refused(aws: Simulator) -> None:
    """A scan, a host or an account that the scan does not have is an error."""
    inspector = aws.client("inspector2")
    scan = scan_of(aws, create(aws))["scanArn"]
    stranger = named(aws, "billing-batch")[0]
    ask = {"scanArn": scan, "targetResourceId": stranger, "accountId": aws.account}
    assert code_of(inspector.get_cis_scan_result_details, **ask) == "ValidationException"
    unknown = scan[:-4] + "0000"
    aggregated = inspector.list_cis_scan_results_aggregated_by_target_resource
    assert code_of(aggregated, scanArn=unknown) == "ValidationException"


def test_results_page_and_sort(aws: Simulator) -> None:
    """Results come in pages, sorted by check number as numbers, or by status."""
    scan, host = scan_of(aws, create(aws))["scanArn"], stack_hosts(aws)[0]
    ask = {"scanArn": scan, "targetResourceId": host, "accountId": aws.account, "sortBy": "CHECK_ID"}
    first = aws.client("inspector2").get_cis_scan_result_details(maxResults=5, **ask)
    assert len(first["scanResultDetails"]) == 5
    assert first["nextToken"]
    everything = aws.client("inspector2").get_cis_scan_result_details(**ask)["scanResultDetails"]
    ids = [[int(part) for part in row["checkId"].split(".")] for row in everything]
    assert ids == sorted(ids)
    failed = details(aws, scan, host, findingStatusFilters=equals("FAILED"))
    assert {row["status"] for row in failed} == {"FAILED"}
    assert all(row["remediation"] for row in failed)
