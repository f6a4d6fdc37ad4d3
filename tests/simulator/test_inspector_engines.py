"""Inspector's engines: what each of them sees, when, and what starts it."""

from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator
from postpatch.simulator.hosts.host import Host, LanguagePackage
from postpatch.simulator.wire.models import service_model
from postpatch.simulator.worlds.workshop import nodes, red_team_host
from tests.simulator.asking import code_of, equals, findings, launch_inventory, package_rows, rescan

REASONS = service_model("inspector2").shape_for("ScanStatusReason").enum
INSTALLED = timedelta(minutes=20)


def row(aws: Simulator, host: Host) -> dict[str, Any]:
    """Return the PACKAGE row of a host's coverage."""
    return next(row for row in package_rows(aws) if row["resourceId"] == host.instance_id)


def activate(aws: Simulator) -> None:
    """Activate the VM Scanner, and wait until it is installed and has run once."""
    configuration = {"scanMode": "EC2_SSM_AGENT_BASED", "activateVMScanner": True}
    aws.client("inspector2").update_configuration(ec2Configuration=configuration)
    aws.clock.advance(INSTALLED)


class TestVmScanner:
    """EC2_INSPECTOR_AGENT_BASED."""

    def test_its_activation_is_dated_and_changes_the_mode(self, aws: Simulator) -> None:
        """GetConfiguration says when it was activated; each host's mode changes, and is scanned by it at once."""
        inspector = aws.client("inspector2")
        assert inspector.get_configuration()["ec2Configuration"]["vmScannerState"]["activated"] is False
        began = aws.now()
        activate(aws)
        state = inspector.get_configuration()["ec2Configuration"]["vmScannerState"]
        assert (state["activated"], state["status"]) == (True, "SUCCESS")
        assert began <= state["activatedAt"] < aws.now()
        assert {one["scanMode"] for one in package_rows(aws)} == {"EC2_INSPECTOR_AGENT_BASED"}
        assert all(one["lastScannedAt"] > began for one in package_rows(aws))

    def test_deactivated_it_is_uninstalled(self, aws: Simulator) -> None:
        """Without it, the agent of Systems Manager scans again; the activation's date stays."""
        activate(aws)
        configuration = {"scanMode": "EC2_SSM_AGENT_BASED", "activateVMScanner": False}
        aws.client("inspector2").update_configuration(ec2Configuration=configuration)
        assert {one["scanMode"] for one in package_rows(aws)} == {"EC2_SSM_AGENT_BASED"}
        assert aws.client("inspector2").get_configuration()["ec2Configuration"]["vmScannerState"]["activatedAt"]

    def test_its_timer_runs_every_three_hours(self, aws: Simulator) -> None:
        """Within three hours what was removed from a host is no finding any more, without any call."""
        activate(aws)
        host = nodes(aws)[0]
        first, before = row(aws, host)["lastScannedAt"], len(findings(aws, resourceId=equals(host.instance_id)))
        host.remove("httpd", "httpd-core", "httpd-tools", "mod_ssl", "mod_http2", "nodejs", "nodejs-libs")
        aws.clock.advance(timedelta(hours=2))
        assert row(aws, host)["lastScannedAt"] == first
        aws.clock.advance(timedelta(hours=1))
        assert row(aws, host)["lastScannedAt"] - first == timedelta(hours=3)
        assert len(findings(aws, resourceId=equals(host.instance_id))) < before

    def test_the_inventory_of_systems_manager_does_not_matter_to_it(self, aws: Simulator) -> None:
        """Starting the inventory association captures inventory, and scans nothing."""
        activate(aws)
        before = [one["lastScannedAt"] for one in package_rows(aws)]
        began = aws.now()
        launch_inventory(aws)
        aws.clock.advance(timedelta(minutes=10))
        assert [one["lastScannedAt"] for one in package_rows(aws)] == before
        host = nodes(aws)[0].instance_id
        entries = aws.client("ssm").list_inventory_entries(InstanceId=host, TypeName="AWS:Application")
        assert entries["CaptureTime"] > began.isoformat()

    def test_a_host_that_is_launched_later_gets_it(self, aws: Simulator) -> None:
        """Systems Manager installs it on new hosts too."""
        activate(aws)
        aws.client("ec2").run_instances(ImageId="ami-0d7a109bf30624c99", MinCount=1, MaxCount=1)
        aws.clock.advance(INSTALLED)
        assert [one["scanMode"] for one in package_rows(aws)] == ["EC2_INSPECTOR_AGENT_BASED"] * 5


class TestDeepInspection:
    """Packages of programming languages: whether they are looked for, and where."""

    def of_languages(self, aws: Simulator) -> set[str]:
        """Return the paths of the active findings about packages of languages."""
        details = [finding.get("packageVulnerabilityDetails", {}) for finding in findings(aws)]
        packages = [package for detail in details for package in detail.get("vulnerablePackages", [])]
        return {package["filePath"] for package in packages if package["packageManager"] != "OS"}

    def test_it_is_on_and_may_be_switched_off(self, aws: Simulator) -> None:
        """Switched off, the next scan finds no package of a language; switched on, all of them again."""
        inspector, before = aws.client("inspector2"), self.of_languages(aws)
        assert inspector.get_ec2_deep_inspection_configuration()["status"] == "ACTIVATED"
        assert len(before) == 3
        answer = inspector.update_ec2_deep_inspection_configuration(activateDeepInspection=False)
        assert (answer["status"], answer["packagePaths"], answer["orgPackagePaths"]) == ("DEACTIVATED", [], [])
        assert self.of_languages(aws) == before
        rescan(aws)
        assert self.of_languages(aws) == set()
        inspector.update_ec2_deep_inspection_configuration(activateDeepInspection=True)
        rescan(aws)
        assert self.of_languages(aws) == before

    def test_custom_paths_are_inspected_too(self, aws: Simulator) -> None:
        """A package outside the default folders is found once its folder is among the account's paths."""
        inspector, host = aws.client("inspector2"), red_team_host(aws)
        path = "opt/site/node_modules/ip/package.json"
        host.languages.append(LanguagePackage("NODEPKG", "ip", "2.0.0", path))
        rescan(aws)
        assert path not in self.of_languages(aws)
        paths = inspector.update_ec2_deep_inspection_configuration(packagePaths=["/opt/site"])["packagePaths"]
        assert paths == ["/opt/site"]
        rescan(aws)
        assert path in self.of_languages(aws)

    def test_another_engine_may_look_in_fewer_folders(self, aws: Simulator) -> None:
        """What only the old engine's folders hold vanishes when the engine changes; nothing was installed."""
        before = self.of_languages(aws)
        aws.scanner.vm_scanner_paths = ("/usr/lib",)
        activate(aws)
        assert {path.split("/")[1] for path in before - self.of_languages(aws)} == {"local"}
        assert self.of_languages(aws)

    def test_only_this_account_is_known(self, aws: Simulator) -> None:
        """Another account has failed, and the organization's paths are a delegated administrator's."""
        inspector = aws.client("inspector2")
        answer = inspector.batch_get_member_ec2_deep_inspection_status(accountIds=["123456789012", "999999999999"])
        assert [(one["accountId"], one["status"]) for one in answer["accountIds"]] == [("123456789012", "ACTIVATED")]
        assert [one["accountId"] for one in answer["failedAccountIds"]] == ["999999999999"]
        org = inspector.update_org_ec2_deep_inspection_configuration
        assert code_of(org, orgPackagePaths=["/opt"]) == "AccessDeniedException"

    def test_where_it_collects_nothing_new_its_findings_stay(self, aws: Simulator) -> None:
        """With a reason of its own, packages of the system are scanned, and those of languages stay as they were."""
        host, before = red_team_host(aws), self.of_languages(aws)
        aws.scanner.reasons[host.instance_id] = "DEEP_INSPECTION_NO_INVENTORY"
        host.languages.clear()
        host.remove("sudo")
        rescan(aws)
        assert row(aws, host)["scanStatus"] == {"statusCode": "ACTIVE", "reason": "DEEP_INSPECTION_NO_INVENTORY"}
        assert self.of_languages(aws) == before


class TestReasons:
    """The reasons of coverage that a world gives."""

    @pytest.mark.parametrize("reason", REASONS)
    def test_every_reason_of_the_model_can_be_given(self, aws: Simulator, reason: str) -> None:
        """Each is answered with a status; a host that is not actively scanned keeps its findings and its date."""
        host = nodes(aws)[0]
        before = row(aws, host)["lastScannedAt"]
        aws.scanner.reasons[host.instance_id] = reason
        launch_inventory(aws)
        aws.clock.advance(timedelta(minutes=10))
        told = row(aws, host)
        assert told["scanStatus"]["reason"] == reason
        assert (told["lastScannedAt"] > before) == (told["scanStatus"]["statusCode"] == "ACTIVE")


class TestBacklog:
    """Inspector reads an inventory later than it was captured."""

    def test_what_it_reads_is_what_was_captured(self, aws: Simulator) -> None:
        """A scan rests on the inventory that it reads, not on what the host holds by then."""
        aws.scanner.read_after = timedelta(hours=3)
        host = nodes(aws)[0]
        before = row(aws, host)["lastScannedAt"]
        active = len(findings(aws, resourceId=equals(host.instance_id)))
        launch_inventory(aws)
        aws.clock.advance(timedelta(hours=1))
        host.remove("httpd", "httpd-core", "httpd-tools", "mod_ssl", "mod_http2", "nodejs", "nodejs-libs")
        launch_inventory(aws)
        aws.clock.advance(timedelta(hours=1))
        assert row(aws, host)["lastScannedAt"] == before
        aws.clock.advance(timedelta(hours=1, minutes=5))
        assert row(aws, host)["lastScannedAt"] > before
        assert len(findings(aws, resourceId=equals(host.instance_id))) == active
        aws.clock.advance(timedelta(hours=1))
        assert len(findings(aws, resourceId=equals(host.instance_id))) < active

    def test_included_again_a_host_has_its_old_date(self, aws: Simulator) -> None:
        """Excluded and included again, it is ACTIVE with the date of the scan before; its findings are closed."""
        host = nodes(aws)[0].instance_id
        before = row(aws, nodes(aws)[0])["lastScannedAt"]
        tag = [{"Key": "InspectorEc2Exclusion", "Value": ""}]
        aws.client("ec2").create_tags(Resources=[host], Tags=tag)
        assert findings(aws, resourceId=equals(host)) == []
        aws.client("ec2").delete_tags(Resources=[host], Tags=tag)
        told = row(aws, nodes(aws)[0])
        assert told["scanStatus"] == {"statusCode": "ACTIVE", "reason": "SUCCESSFUL"}
        assert told["lastScannedAt"] == before
        assert findings(aws, resourceId=equals(host)) == []
