"""A host of Windows Server 2022: Inspector's findings of updates, and Patch Manager's states of them."""

from datetime import timedelta

from postpatch.simulator import Simulator
from postpatch.simulator.disclosures import replace_update
from postpatch.simulator.facts import WindowsUpdate
from postpatch.simulator.facts.reading import read_facts
from postpatch.simulator.worlds import other_systems, windows_not_offered, workshop
from tests.simulator.asking import Make, equals, findings, patches
from tests.simulator.other_hosts import LINUX, WINDOWS, host_id, launch, scan, states, vulnerable

# What came after the two updates that these tests are about.
LATER = "KB5048654"


def launch_2022(make: Make) -> Simulator:
    """Launch the workshop with a host of September 2024, in November."""
    return launch(make, "windows-server-2022", without=LATER)


def of_autumn(found: dict[str, str]) -> dict[str, str]:
    """Leave out the updates that are older than the host's image."""
    return {kb: state for kb, state in found.items() if kb >= "KB5042881"}


class TestWindows:
    """Updates by KB id."""

    def test_a_finding_is_an_update_with_its_cves(self, make: Make) -> None:
        """One finding an update: its KB id, its CVEs, the highest score among them, and no packages."""
        aws = launch_2022(make)
        facts, found = read_facts("windows-server-2022"), vulnerable(aws)
        assert set(found) == {"KB5044281", "KB5046616"}
        finding = found["KB5044281"]
        details = finding["packageVulnerabilityDetails"]
        [update] = [one for one in facts.updates if one.kb == "KB5044281"]
        assert (finding["title"], finding["description"]) == (
            update.kb,
            "Windows Server 2022 Security Update (2024-10)",
        )
        assert (finding["severity"], finding["inspectorScore"], finding["fixAvailable"]) == ("CRITICAL", 9.0, "YES")
        assert tuple(details["relatedVulnerabilities"]) == update.cves
        assert details["source"] == "WINDOWS_SERVER_2022"
        assert not details.get("vulnerablePackages")

    def test_a_cve_leads_to_its_update(self, make: Make) -> None:
        """A filter on relatedVulnerabilities finds the update that fixes a CVE."""
        aws = launch_2022(make)
        found = findings(aws, relatedVulnerabilities=equals("CVE-2024-38124"))
        assert [finding["title"] for finding in found] == ["KB5044281"]

    def test_it_was_reported_by_cve_before(self, make: Make) -> None:
        """Where Inspector reports by CVE, each CVE is a finding; by update, those close and the updates open."""
        aws = launch_2022(make)
        by_update = vulnerable(aws)
        aws.scanner.by_update = False
        scan(aws, WINDOWS)
        by_cve = vulnerable(aws)
        related = [one["packageVulnerabilityDetails"]["relatedVulnerabilities"] for one in by_update.values()]
        assert set(by_cve) == {cve for cves in related for cve in cves}
        aws.scanner.by_update = True
        scan(aws, WINDOWS)
        assert set(vulnerable(aws)) == set(by_update)
        assert set(vulnerable(aws, "CLOSED")) == set(by_cve)

    def test_its_own_plugin_scans_it(self, make: Make) -> None:
        """The inventory association scans no Windows host; the plugin's association scans no other."""
        aws = launch_2022(make)
        began = aws.now()
        scan(aws, LINUX)
        rows = {row["resourceId"]: row for row in aws.client("inspector2").list_coverage()["coveredResources"][::2]}
        assert rows[host_id(aws)]["lastScannedAt"] < began
        assert rows[workshop.nodes(aws)[0].instance_id]["lastScannedAt"] > began
        began = aws.now()
        scan(aws, WINDOWS)
        rows = {row["resourceId"]: row for row in aws.client("inspector2").list_coverage()["coveredResources"][::2]}
        assert rows[host_id(aws)]["lastScannedAt"] > began
        assert rows[workshop.nodes(aws)[0].instance_id]["lastScannedAt"] < began

    def test_each_update_has_a_state(self, make: Make) -> None:
        """Missing, installed and waiting for a reboot, installed; what a later update replaces is not applicable."""
        aws = launch_2022(make)
        other_systems.approve_everything(aws)
        workshop.run_patch_baseline(aws, "Scan")
        latest = "KB5046616"
        assert of_autumn(states(aws)) == {"KB5042881": "Installed", "KB5044281": "NotApplicable", latest: "Missing"}
        [missing] = patches(aws, host_id(aws), "Missing")
        assert (missing["Classification"], missing["Severity"]) == ("SecurityUpdates", "Critical")
        assert missing["Title"].endswith(f"({latest})")
        assert "CVE-2024-43639" in missing["CVEIds"].split(",")
        workshop.run_patch_baseline(aws, "Install", reboot="NoReboot")
        assert states(aws)[latest] == "InstalledPendingReboot"
        workshop.run_patch_baseline(aws, "Install")
        assert of_autumn(states(aws)) == {
            "KB5042881": "NotApplicable",
            "KB5044281": "NotApplicable",
            latest: "Installed",
        }

    def test_an_update_may_fail_or_be_undone(self, make: Make) -> None:
        """One that cannot be installed is Failed; one that the host undoes when it boots is missing again."""
        aws = launch_2022(make)
        host, latest = workshop.red_team_host(aws), "KB5046616"
        host.breaks_on = frozenset({latest})
        other_systems.install_patches(aws)
        assert states(aws)[latest] == "Failed"
        host.breaks_on, host.reverts = frozenset(), frozenset({latest})
        workshop.run_patch_baseline(aws, "Install")
        workshop.run_patch_baseline(aws, "Scan")
        assert states(aws)[latest] == "Missing"
        scan(aws, WINDOWS)
        assert set(vulnerable(aws)) == {"KB5044281", latest}

    def test_the_default_baseline_waits_seven_days(self, make: Make) -> None:
        """A security update that is not approved yet is available, and not missing."""
        aws = launch_2022(make)
        new = WindowsUpdate(
            "KB9999999", "An update (KB9999999)", "A new update", "SecurityUpdates", "Critical", aws.now(), (), ()
        )
        replace_update(aws, "KB5046616", new)
        aws.clock.advance(timedelta(days=1))
        workshop.run_patch_baseline(aws, "Scan")
        assert states(aws)["KB9999999"] == "AvailableSecurityUpdate"
        assert states(aws)["KB5046616"] == "Missing"
        aws.clock.advance(timedelta(days=7))
        workshop.run_patch_baseline(aws, "Scan")
        assert (states(aws)["KB9999999"], states(aws)["KB5046616"]) == ("Missing", "NotApplicable")

    def test_a_later_update_takes_the_cves_over(self, make: Make) -> None:
        """Where the vendor lists the CVEs under a later update, that is the finding, with the same CVEs."""
        aws = launch_2022(make)
        before = vulnerable(aws)["KB5046616"]["packageVulnerabilityDetails"]["relatedVulnerabilities"]
        new = WindowsUpdate(
            "KB9999999", "An update (KB9999999)", "A new update", "SecurityUpdates", "Critical", aws.now(), (), ()
        )
        replace_update(aws, "KB5046616", new)
        scan(aws, WINDOWS)
        after = vulnerable(aws)
        assert set(after) == {"KB5044281", "KB9999999"}
        assert after["KB9999999"]["packageVulnerabilityDetails"]["relatedVulnerabilities"] == before

    def test_patches_are_found_with_their_release_dates(self, make: Make) -> None:
        """DescribeAvailablePatches knows Windows: by product and by its own keys."""
        ssm = launch_2022(make).client("ssm")
        filters = [
            {"Key": "PRODUCT", "Values": ["WindowsServer2022"]},
            {"Key": "MSRC_SEVERITY", "Values": ["Critical"]},
            {"Key": "PATCH_SET", "Values": ["OS"]},
        ]
        rows = {row["KbNumber"]: row for row in ssm.describe_available_patches(Filters=filters)["Patches"]}
        assert {"KB5042881", "KB5044281", "KB5046616"} <= set(rows)
        assert rows["KB5046616"]["ReleaseDate"].date().isoformat() == "2024-11-12"
        none = ssm.describe_available_patches(Filters=[{"Key": "PATCH_ID", "Values": ["KB1"]}])
        assert none["Patches"] == []

    def test_registry_values_are_captured_where_they_are_named(self, make: Make) -> None:
        """The association's windowsRegistry says which; the build is that of the newest update that is booted."""
        aws = launch_2022(make)
        asked = {"InstanceId": host_id(aws), "TypeName": "AWS:WindowsRegistry"}
        scan(aws, LINUX)
        assert aws.client("ssm").list_inventory_entries(**asked)["Entries"] == []
        windows_not_offered.inventory_revision(aws)
        aws.clock.advance(timedelta(minutes=3))
        answer = aws.client("ssm").list_inventory_entries(**asked)
        assert answer["Entries"] == [
            {
                "KeyPath": r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion",
                "ValueName": "UBR",
                "ValueType": "REG_DWORD",
                "Value": "2700",
            }
        ]
        other_systems.install_patches(aws)
        scan(aws, LINUX)
        assert aws.client("ssm").list_inventory_entries(**asked)["Entries"][0]["Value"] == "2849"

    def test_what_its_source_does_not_offer_is_not_listed(self, make: Make) -> None:
        """Patch Manager has no row of an update that the host is not offered, and Inspector reports it all the same."""
        aws = launch_2022(make)
        workshop.red_team_host(aws).not_offered = frozenset({"KB5046616"})
        other_systems.install_patches(aws)
        workshop.run_patch_baseline(aws, "Scan")
        assert of_autumn(states(aws)) == {"KB5042881": "NotApplicable", "KB5044281": "Installed"}
        scan(aws, WINDOWS)
        assert set(vulnerable(aws)) == {"KB5046616"}

    def test_its_inventory_lists_updates(self, make: Make) -> None:
        """AWS:WindowsUpdate has a row for each, with the time of its installation."""
        aws = launch_2022(make)
        aws.remediate()
        scan(aws, LINUX)
        answer = aws.client("ssm").list_inventory_entries(InstanceId=host_id(aws), TypeName="AWS:WindowsUpdate")
        assert [entry["HotFixId"] for entry in answer["Entries"]] == ["KB5042881", "KB5046616"]
        assert answer["Entries"][0]["InstalledTime"] < answer["Entries"][1]["InstalledTime"] < answer["CaptureTime"]
