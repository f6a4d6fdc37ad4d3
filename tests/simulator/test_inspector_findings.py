from datetime import timedelta

from postpatch.simulator import Simulator
from tests.simulator.asking import code_of, equals, everything_baseline, findings, named, patch, rescan


def test_a_package_finding_has_what_real_ones_have(standing: Simulator) -> None:
    """Every member that recorded findings carry is there, in their form."""
    finding = next(f for f in findings(standing) if f["type"] == "PACKAGE_VULNERABILITY" and f["fixAvailable"] == "YES")
    details = finding["packageVulnerabilityDetails"]
    package = details["vulnerablePackages"][0]
    assert finding["title"].startswith(f"{details['vulnerabilityId']} - {package['name']}")
    assert finding["findingArn"].startswith(f"arn:aws:inspector2:us-east-1:{standing.account}:finding/")
    assert finding["exploitAvailable"] in ("YES", "NO")
    assert 0 <= finding["epss"]["score"] <= 1
    assert finding["inspectorScore"] == finding["inspectorScoreDetails"]["adjustedCvss"]["score"]
    assert details["vendorCreatedAt"] < finding["firstObservedAt"]
    assert package["packageManager"] == "OS"
    assert package["fixedInVersion"].count(":") == 1
    assert package["remediation"] == f"dnf update {package['name']}"
    resource = finding["resources"][0]
    assert resource["type"] == "AWS_EC2_INSTANCE"
    assert resource["details"]["awsEc2Instance"]["platform"] == "AMAZON_LINUX_2023"
    assert resource["tags"]["Name"]


def test_one_finding_groups_the_packages_of_a_cve(standing: Simulator) -> None:
    """A host has one finding a CVE, however many packages it concerns, and the title counts them."""
    found = [f for f in findings(standing) if f["type"] == "PACKAGE_VULNERABILITY"]
    keys = [(f["resources"][0]["id"], f["packageVulnerabilityDetails"]["vulnerabilityId"]) for f in found]
    assert len(keys) == len(set(keys))
    many = next(f for f in found if len(f["packageVulnerabilityDetails"]["vulnerablePackages"]) > 2)
    names = [package["name"] for package in many["packageVulnerabilityDetails"]["vulnerablePackages"]]
    assert many["title"].endswith(f" - {names[0]}, {names[1]} and {len(names) - 2} more")


def test_only_the_running_kernel_counts(aws: Simulator) -> None:
    """Without a reboot the new kernel lies there and the old one runs: its findings stay until the reboot."""
    kernel = {"vulnerablePackages": [{"name": {"comparison": "EQUALS", "value": "kernel"}}]}
    host = named(aws, "pww-RedTeamHost")[0]
    mine = kernel | {"resourceId": equals(host)}
    before = findings(aws, **mine)
    assert before
    aws.clock.advance(timedelta(days=400))
    everything_baseline(aws)
    patch(aws, RebootOption="NoReboot")
    rescan(aws)
    assert findings(aws, **mine)
    patch(aws, RebootOption="RebootIfNeeded")
    rescan(aws)
    assert not findings(aws, **mine)


def test_language_packages_name_their_file(standing: Simulator) -> None:
    """A package of a language has its path and its manager, and no RPM fields."""
    found = [
        package
        for finding in findings(standing)
        for package in finding.get("packageVulnerabilityDetails", {}).get("vulnerablePackages", [])
        if package["packageManager"] != "OS"
    ]
    assert found
    assert all(package["filePath"] and "release" not in package for package in found)


def test_network_findings_follow_the_security_group(aws: Simulator) -> None:
    """An open port is a finding with its path; whoever closes it, closes the finding."""
    ports = {
        f["networkReachabilityDetails"]["openPortRange"]["begin"]: f
        for f in findings(aws)
        if "networkReachabilityDetails" in f
    }
    assert sorted(ports) == [22, 80]
    assert "fixAvailable" not in ports[22]
    assert ports[22]["networkReachabilityDetails"]["protocol"] == "TCP"
    steps = ports[22]["networkReachabilityDetails"]["networkPath"]["steps"]
    assert [step["componentType"].rpartition("::")[2] for step in steps] == [
        "InternetGateway",
        "NetworkAcl",
        "SecurityGroup",
        "NetworkInterface",
        "Instance",
    ]
    group = steps[2]["componentId"]
    aws.client("ec2").revoke_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    aws.clock.advance(timedelta(hours=12))
    left = [f for f in findings(aws) if "networkReachabilityDetails" in f]
    assert [f["networkReachabilityDetails"]["openPortRange"]["begin"] for f in left] == [80]


def test_a_terminated_hosts_findings_close_and_go(aws: Simulator) -> None:
    """Findings of a terminated host are CLOSED at once, and deleted after three days."""
    host = aws.fleet.hosts()[0].instance_id
    aws.client("ec2").terminate_instances(InstanceIds=[host])
    assert not findings(aws, resourceId=equals(host))
    assert findings(aws, status="CLOSED", resourceId=equals(host))
    aws.clock.advance(timedelta(days=3, minutes=1))
    assert not findings(aws, status="CLOSED", resourceId=equals(host))


def test_fixed_findings_go_after_thirty_days(aws: Simulator) -> None:
    """A finding that was fixed is kept CLOSED for thirty days."""
    aws.remediate()
    rescan(aws)
    aws.clock.advance(timedelta(days=29))
    assert findings(aws, status="CLOSED")
    aws.clock.advance(timedelta(days=2))
    assert not findings(aws, status="CLOSED")


def test_a_finding_that_comes_back_soon_is_the_same(aws: Simulator) -> None:
    """A vulnerability that returns within seven days reopens its finding; later it is a new one."""
    host = aws.fleet.hosts()[0]
    old, arns = list(host.packages), {f["findingArn"] for f in findings(aws)}
    for days, same in ((1, True), (8, False)):
        host.packages = []
        rescan(aws)
        aws.clock.advance(timedelta(days=days))
        host.packages = list(old)
        rescan(aws)
        assert ({f["findingArn"] for f in findings(aws)} == arns) is same


def test_without_a_status_all_come(aws: Simulator) -> None:
    """A question without findingStatus gives ACTIVE and CLOSED alike."""
    aws.remediate()
    rescan(aws)
    pages = aws.client("inspector2").get_paginator("list_findings").paginate()
    assert {f["status"] for page in pages for f in page["findings"]} == {"ACTIVE", "CLOSED"}


def test_details_of_a_finding(standing: Simulator) -> None:
    """BatchGetFindingDetails gives EPSS and references, and names what it does not know."""
    finding = next(f for f in findings(standing) if "epss" in f)
    unknown = finding["findingArn"][:-4] + "0000"
    answer = standing.client("inspector2").batch_get_finding_details(findingArns=[finding["findingArn"], unknown])
    assert answer["findingDetails"][0]["epssScore"] == finding["epss"]["score"]
    assert answer["errors"][0]["errorCode"] == "FINDING_DETAILS_NOT_FOUND"
    eleven = [finding["findingArn"]] * 11
    assert code_of(standing.client("inspector2").batch_get_finding_details, findingArns=eleven) == "ValidationException"


def test_the_account_is_enabled(standing: Simulator) -> None:
    """Inspector scans EC2 here; a foreign account is in failedAccounts."""
    answer = standing.client("inspector2").batch_get_account_status(accountIds=[standing.account, "999999999999"])
    assert answer["accounts"][0]["resourceState"]["ec2"]["status"] == "ENABLED"
    assert answer["failedAccounts"][0]["accountId"] == "999999999999"


def test_a_suppression_rule_hides_and_mends_nothing(aws: Simulator) -> None:
    """A finding that a rule matches is SUPPRESSED, also after a rescan, and ACTIVE again once the rule is gone."""
    inspector = aws.client("inspector2")
    low = findings(aws, severity=equals("LOW"))
    assert low
    everything = len(findings(aws))
    rule = inspector.create_filter(
        name="no-low", action="SUPPRESS", filterCriteria={"severity": equals("LOW")}, tags={"why": "noise"}
    )["arn"]
    hidden = findings(aws, status="SUPPRESSED")
    assert {f["findingArn"] for f in hidden} == {f["findingArn"] for f in low}
    assert all(f["updatedAt"] > f["lastObservedAt"] for f in hidden)
    assert len(findings(aws)) == everything - len(low)
    rescan(aws)
    assert len(findings(aws, status="SUPPRESSED")) == len(low)
    assert inspector.list_tags_for_resource(resourceArn=rule)["tags"] == {"why": "noise"}
    inspector.delete_filter(arn=rule)
    assert findings(aws, status="SUPPRESSED") == []
    assert len(findings(aws)) == everything


def test_a_kept_filter_suppresses_nothing(aws: Simulator) -> None:
    """A filter with the action NONE is kept and listed, and hides nothing until it is made a rule."""
    inspector = aws.client("inspector2")
    kept = inspector.create_filter(name="mine", action="NONE", filterCriteria={"severity": equals("LOW")})["arn"]
    assert findings(aws, status="SUPPRESSED") == []
    assert [f["name"] for f in inspector.list_filters(action="NONE")["filters"]] == ["mine"]
    assert inspector.list_filters(action="SUPPRESS")["filters"] == []
    inspector.update_filter(filterArn=kept, action="SUPPRESS")
    assert findings(aws, status="SUPPRESSED")
    again = {"name": "mine", "action": "NONE", "filterCriteria": {}}
    assert code_of(inspector.create_filter, **again) == "BadRequestException"
    assert code_of(inspector.delete_filter, arn=kept + "0") == "ResourceNotFoundException"
