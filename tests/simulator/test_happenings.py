"""What may befall hosts and Inspector while a world runs: each happening has the consequences that AWS gives it."""

from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator
from postpatch.simulator.disclosures import disclose
from postpatch.simulator.worlds.workshop import nodes, red_team_host
from tests.simulator.asking import (
    code_of,
    equals,
    everything_baseline,
    findings,
    package_rows,
    patch,
    patches,
    refusal,
    rescan,
)

SCAN_TIME = timedelta(minutes=10)


def coverage(aws: Simulator, host: str) -> dict[str, Any]:
    """Tell the PACKAGE row of a host's coverage."""
    return next(row for row in package_rows(aws) if row["resourceId"] == host)


def cis_results(aws: Simulator) -> tuple[str, dict[str, dict[str, Any]]]:
    """Run a CIS scan of the stack; tell its status, and each host's part by its id."""
    inspector = aws.client("inspector2")
    configuration = inspector.create_cis_scan_configuration(
        scanName="stack",
        securityLevel="LEVEL_1",
        schedule={"oneTime": {}},
        targets={"accountIds": ["SELF"], "targetResourceTags": {"aws:cloudformation:stack-name": ["pww"]}},
    )["scanConfigurationArn"]
    aws.clock.advance(SCAN_TIME)
    [scan] = inspector.list_cis_scans(filterCriteria={"scanConfigurationArnFilters": equals(configuration)})["scans"]
    answer = inspector.list_cis_scan_results_aggregated_by_target_resource(scanArn=scan["scanArn"])
    return scan["status"], {row["targetResourceId"]: row for row in answer.get("targetResourceAggregations", [])}


class TestExclusion:
    """The tag InspectorEc2Exclusion, whatever its value."""

    def test_findings_close_and_coverage_says_why(self, aws: Simulator) -> None:
        """An excluded host's findings close at once, the others' do not; it is scanned no more."""
        excluded, other = (host.instance_id for host in nodes(aws))
        before = coverage(aws, excluded)["lastScannedAt"]
        aws.client("ec2").create_tags(Resources=[excluded], Tags=[{"Key": "InspectorEc2Exclusion", "Value": ""}])
        assert findings(aws, resourceId=equals(excluded)) == []
        assert findings(aws, "CLOSED", resourceId=equals(excluded))
        assert findings(aws, resourceId=equals(other))
        aws.associations.run_on_schedule = True
        aws.clock.advance(timedelta(hours=1))
        row = coverage(aws, excluded)
        assert row["scanStatus"] == {"statusCode": "INACTIVE", "reason": "EXCLUDED_BY_TAG"}
        assert row["lastScannedAt"] == before

    def test_without_the_tag_it_is_scanned_again(self, aws: Simulator) -> None:
        """Once the tag is off, the next scan reopens the very same findings."""
        host = nodes(aws)[0].instance_id
        before = {finding["findingArn"] for finding in findings(aws, resourceId=equals(host))}
        tag = [{"Key": "InspectorEc2Exclusion", "Value": "true"}]
        aws.client("ec2").create_tags(Resources=[host], Tags=tag)
        assert findings(aws, resourceId=equals(host)) == []
        aws.client("ec2").delete_tags(Resources=[host], Tags=tag)
        rescan(aws)
        assert {finding["findingArn"] for finding in findings(aws, resourceId=equals(host))} == before


class TestAgentless:
    """The hybrid mode: hosts without an agent."""

    def test_the_mode_is_told_and_changed(self, aws: Simulator) -> None:
        """GetConfiguration tells the mode that UpdateConfiguration set."""
        inspector = aws.client("inspector2")
        for mode in ("EC2_HYBRID", "EC2_SSM_AGENT_BASED"):
            inspector.update_configuration(ec2Configuration={"scanMode": mode})
            state = inspector.get_configuration()["ec2Configuration"]["scanModeState"]
            assert state == {"scanMode": mode, "scanModeStatus": "SUCCESS"}

    @pytest.mark.parametrize(
        "params",
        [
            {"ecrConfiguration": {"rescanDuration": "DAYS_30"}},
            {"amiConfiguration": {"scanModeConfiguration": {"scanMode": "SCAN_ALL"}}},
        ],
    )
    def test_other_settings_are_refused(self, aws: Simulator, params: dict[str, Any]) -> None:
        """What the simulation does not carry out is refused, and changes nothing."""
        inspector = aws.client("inspector2")
        error = refusal(inspector.update_configuration, **params)["Error"]
        assert error["Code"] == "ValidationException"
        assert "does not carry out" in error["Message"]
        assert not aws.scanner.hybrid

    def test_another_account_is_refused(self, aws: Simulator) -> None:
        """Another account's settings are not the caller's."""
        inspector = aws.client("inspector2")
        assert code_of(inspector.get_configuration, accountId="999999999999") == "AccessDeniedException"

    def test_volumes_are_scanned_every_24_hours(self, aws: Simulator) -> None:
        """A host without an agent is scanned once a day; what is installed in between is seen the next day."""
        host = red_team_host(aws)
        host.managed = False
        aws.client("inspector2").update_configuration(ec2Configuration={"scanMode": "EC2_HYBRID"})
        aws.clock.advance(timedelta(hours=24))
        first = coverage(aws, host.instance_id)
        assert (first["scanMode"], first["scanStatus"]["statusCode"]) == ("EC2_AGENTLESS", "ACTIVE")
        host.remove("sudo", "httpd", "httpd-core", "httpd-tools", "httpd-filesystem", "mod_ssl", "mod_http2")
        before = len(findings(aws, resourceId=equals(host.instance_id)))
        aws.clock.advance(timedelta(hours=20))
        assert coverage(aws, host.instance_id)["lastScannedAt"] == first["lastScannedAt"]
        aws.clock.advance(timedelta(hours=4))
        assert coverage(aws, host.instance_id)["lastScannedAt"] - first["lastScannedAt"] == timedelta(hours=24)
        assert len(findings(aws, resourceId=equals(host.instance_id))) < before

    def test_hosts_with_an_agent_are_scanned_by_it(self, aws: Simulator) -> None:
        """In the hybrid mode, too, a managed host is scanned by its agent."""
        aws.client("inspector2").update_configuration(ec2Configuration={"scanMode": "EC2_HYBRID"})
        aws.clock.advance(timedelta(hours=48))
        assert {row["scanMode"] for row in package_rows(aws)} == {"EC2_SSM_AGENT_BASED"}


class TestDisclosure:
    """A vulnerability that becomes known while the world runs."""

    def test_a_flaw_with_a_fix(self, aws: Simulator) -> None:
        """It is found at the next scan, dated to its disclosure, and Patch Manager then misses its fix."""
        told_at = aws.now()
        disclose(aws, "CVE-2099-0001", "HIGH", {"sudo": "0:99-1"})
        assert findings(aws, vulnerabilityId=equals("CVE-2099-0001")) == []
        rescan(aws)
        found = findings(aws, vulnerabilityId=equals("CVE-2099-0001"))
        assert len(found) == 4
        assert {(f["severity"], f["fixAvailable"]) for f in found} == {("HIGH", "YES")}
        # The wire carries milliseconds at best.
        disclosed = {f["packageVulnerabilityDetails"]["vendorCreatedAt"] for f in found}
        assert all(abs(moment - told_at) < timedelta(seconds=1) for moment in disclosed)
        everything_baseline(aws)
        patch(aws, "Scan")
        missing = {row["KBId"]: row for row in patches(aws, nodes(aws)[0].instance_id, "Missing")}
        assert missing["sudo.x86_64"]["CVEIds"] == "CVE-2099-0001"

    def test_a_flaw_without_a_fix(self, aws: Simulator) -> None:
        """Where there is no fix, Inspector says so, and a patch round leaves it."""
        disclose(aws, "CVE-2099-0002", "CRITICAL", {"bash": None})
        everything_baseline(aws)
        patch(aws)
        rescan(aws)
        found = findings(aws, vulnerabilityId=equals("CVE-2099-0002"))
        assert {(f["severity"], f["fixAvailable"]) for f in found} == {("CRITICAL", "NO")}

    def test_the_next_world_knows_nothing_of_it(self, aws: Simulator, make: Any) -> None:
        """News belongs to one world; the facts that ship with the simulator stay as they are."""
        disclose(aws, "CVE-2099-0003", "LOW", {"bash": None})
        other = make("workshop")
        rescan(other)
        assert findings(other, vulnerabilityId=equals("CVE-2099-0003")) == []


class TestBootEntry:
    """A boot loader that was told which kernel to start."""

    def test_the_old_kernel_runs_on(self, aws: Simulator) -> None:
        """After patching and a reboot nothing is pending, and the old kernel's findings are still there."""
        host = nodes(aws)[0]
        host.boot_entry = old = host.running_kernel
        everything_baseline(aws)
        patch(aws)
        rescan(aws)
        assert host.running_kernel == old
        assert patches(aws, host.instance_id, "InstalledPendingReboot") == []
        assert any("kernel" in f["title"] for f in findings(aws, resourceId=equals(host.instance_id)))
        host.boot_entry = None
        aws.client("ec2").reboot_instances(InstanceIds=[host.instance_id])
        rescan(aws)
        assert not any("kernel" in f["title"] for f in findings(aws, resourceId=equals(host.instance_id)))


class TestCis:
    """CIS scans that do not look, or not everywhere."""

    def test_a_plugin_that_hangs(self, aws: Simulator) -> None:
        """The scan completes; the host whose plugin does not answer has timed out, with no results."""
        host = red_team_host(aws)
        host.inspector_plugin = False
        status, by_host = cis_results(aws)
        assert status == "COMPLETED"
        silent = by_host.pop(host.instance_id)
        assert silent["targetStatus"] == "TIMED_OUT"
        assert "targetStatusReason" not in silent
        assert silent["statusCounts"] == {"failed": 0, "skipped": 0, "passed": 0}
        assert {row["targetStatus"] for row in by_host.values()} == {"COMPLETED"}

    def test_an_outage(self, aws: Simulator) -> None:
        """During an outage the scan fails, and speaks of no host; afterwards scans work again."""
        aws.cis.outage = True
        assert cis_results(aws) == ("FAILED", {})
        aws.cis.outage = False
        status, by_host = cis_results(aws)
        assert (status, len(by_host)) == ("COMPLETED", 3)

    def test_a_host_of_many_tags(self, aws: Simulator) -> None:
        """A host may have more tags than an answer holds: those are told that the scan was for."""
        host = nodes(aws)[0].instance_id
        aws.client("ec2").create_tags(
            Resources=[host], Tags=[{"Key": f"key-{number}", "Value": "x"} for number in range(10)]
        )
        _, by_host = cis_results(aws)
        assert by_host[host]["targetResourceTags"] == {"aws:cloudformation:stack-name": ["pww"]}
