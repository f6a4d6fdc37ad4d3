"""Hosts of other systems than Amazon Linux: Windows Server, RHEL 9 with other kernels, Ubuntu, Debian, Rocky, SLES."""

import pytest

from postpatch.simulator.facts.reading import read_facts
from postpatch.simulator.hosts.fleet import install_optional
from postpatch.simulator.worlds import other_systems, workshop
from tests.simulator.asking import Make, equals, patch_state, patches
from tests.simulator.other_hosts import LINUX, WINDOWS, host_id, launch, scan, states, vulnerable

FACTS = (
    *("windows-server-2022", "windows-server-2025", "rhel-9/kernel-64k", "rhel-9/kernel-rt"),
    *("ubuntu-22.04", "ubuntu-24.04/applications", "debian-12", "rocky-9", "sles-15"),
)


@pytest.mark.parametrize("facts", FACTS)
def test_each_system_is_named_as_aws_names_it(make: Make, facts: str) -> None:
    """Inspector and Systems Manager each have a name for it; coverage has the kind."""
    aws, system = launch(make, facts), read_facts(facts).system
    host = host_id(aws)
    managed = aws.client("ssm").describe_instance_information(Filters=[{"Key": "InstanceIds", "Values": [host]}])
    [node] = managed["InstanceInformationList"]
    assert (node["PlatformType"], node["PlatformName"], node["PlatformVersion"]) == (
        system.kind,
        system.name,
        system.version,
    )
    details = [finding["resources"][0]["details"]["awsEc2Instance"] for finding in vulnerable(aws).values()]
    assert {detail["platform"] for detail in details} == {system.platform}
    rows = aws.client("inspector2").list_coverage(filterCriteria={"resourceId": equals(host)})["coveredResources"]
    assert {row["resourceMetadata"]["ec2"]["platform"] for row in rows} == {system.kind.upper()}


@pytest.mark.parametrize("facts", FACTS)
def test_patched_it_has_no_finding_that_has_a_fix(make: Make, facts: str) -> None:
    """An Install of everything, a reboot and a scan leave what the vendor has not fixed."""
    aws = launch(make, facts)
    before = vulnerable(aws)
    aws.remediate()
    scan(aws, WINDOWS if facts.startswith("windows") else LINUX)
    after = vulnerable(aws)
    assert {finding["fixAvailable"] for finding in before.values()} >= {"YES"}
    assert {finding["fixAvailable"] for finding in after.values()} <= {"NO"}
    state = patch_state(aws, host_id(aws))
    assert (state["FailedCount"], state["MissingCount"], state["InstalledPendingRebootCount"]) == (0, 0, 0)


class TestRhel:
    """Red Hat's 64k kernel on Graviton."""

    def test_the_running_kernel_counts(self, make: Make) -> None:
        """Installed beside the old one and not booted, the new kernel fixes nothing."""
        aws = launch(make, "rhel-9/kernel-64k")
        host, before = workshop.red_team_host(aws), vulnerable(aws)
        host.boot_entry = host.running_kernel
        aws.remediate()
        scan(aws)
        kernels = [package for package in host.packages if package.name == "kernel-64k-core"]
        assert len(kernels) == 2
        gone = before.keys() - vulnerable(aws).keys()
        assert "CVE-2024-6387" in gone
        named = {cve: one["packageVulnerabilityDetails"]["vulnerablePackages"] for cve, one in before.items()}
        of_the_kernel = {cve for cve, packages in named.items() if packages[0]["name"].startswith("kernel-64k")}
        assert of_the_kernel
        assert not gone & of_the_kernel
        assert states(aws)["kernel-64k-core.aarch64"] == "Installed"
        found = vulnerable(aws)["CVE-2024-36971"]["packageVulnerabilityDetails"]
        assert (found["source"], {package["arch"] for package in found["vulnerablePackages"]}) == (
            "REDHAT_CVE",
            {"AARCH64"},
        )

    def test_the_instance_is_of_its_architecture(self, make: Make) -> None:
        """The image is of arm64, and Patch Manager names packages with theirs."""
        aws = launch(make, "rhel-9/kernel-64k")
        image = aws.client("ec2").describe_images(ImageIds=[workshop.red_team_host(aws).image_id])["Images"][0]
        assert image["Architecture"] == "arm64"


class TestSles:
    """Packages of SUSE's patches, and its kernel."""

    KERNEL = "kernel-default.x86_64"

    def test_rows_are_packages_and_not_the_patches_that_hold_them(self, make: Make) -> None:
        """A package has its patch's attributes (Systems Manager user guide, "How security patches are selected")."""
        aws = launch(make, "sles-15")
        other_systems.approve_everything(aws)
        workshop.run_patch_baseline(aws, "Scan")
        missing = {row["KBId"]: row for row in patches(aws, host_id(aws), "Missing")}
        row = missing["libsqlite3-0.x86_64"]
        assert row["Title"] == "libsqlite3-0.x86_64:0:3.50.2-150000.3.33.1"
        assert (row["Severity"], row["CVEIds"]) == ("Important", "CVE-2025-6965")
        assert "vim-data-common.noarch" in missing

    def test_a_kernel_is_installed_beside_the_one_that_runs(self, make: Make) -> None:
        """The new one counts once it is booted."""
        aws = launch(make, "sles-15")
        other_systems.approve_everything(aws)
        workshop.run_patch_baseline(aws, "Install", reboot="NoReboot")
        scan(aws)
        kernels = [package for package in workshop.red_team_host(aws).packages if package.name == "kernel-default"]
        assert len(kernels) == 2
        assert states(aws)[self.KERNEL] == "InstalledPendingReboot"
        assert "CVE-2025-38000" in vulnerable(aws)
        workshop.run_patch_baseline(aws, "Install")
        scan(aws)
        assert "CVE-2025-38000" not in vulnerable(aws)

    def test_the_default_baseline_is_for_grave_patches_after_a_week(self, make: Make) -> None:
        """Source: Systems Manager user guide, "Predefined baselines": AWS-SuseDefaultPatchBaseline."""
        aws = launch(make, "sles-15")
        workshop.run_patch_baseline(aws, "Scan")
        missing = {row["KBId"].partition(".")[0] for row in patches(aws, host_id(aws), "Missing")}
        assert missing == {"kernel-default", "libgnutls30", "libsqlite3-0", "pam", "sqlite3-tcl"}

    def test_a_list_may_name_a_package_by_its_file(self, make: Make) -> None:
        """Source: Systems Manager user guide, "Package name formats for approved and rejected patch lists"."""
        aws = launch(make, "sles-15")
        rejected = "libgnutls30-3.8.3-150600.4.6.2.x86_64.rpm"
        other_systems.approve_everything(aws, RejectedPatches=[rejected])
        workshop.run_patch_baseline(aws, "Install")
        scan(aws)
        assert "CVE-2025-32988" in vulnerable(aws)
        assert "CVE-2025-6965" not in vulnerable(aws)


class TestUbuntu:
    """dpkg's names and versions, and what only Ubuntu Pro has."""

    def test_patches_are_named_without_their_architecture(self, make: Make) -> None:
        """A name may hold dots; the row gives neither severity nor CVEs."""
        aws = launch(make, "ubuntu-22.04")
        other_systems.approve_everything(aws)
        workshop.run_patch_baseline(aws, "Scan")
        missing = {row["KBId"]: row for row in patches(aws, host_id(aws), "Missing")}
        assert missing["python3.10-minimal"]["Title"] == "python3.10-minimal:3.10.12-1~22.04.7"
        assert not missing["python3.10-minimal"].get("Severity")
        assert not missing["python3.10-minimal"].get("CVEIds")

    def test_a_kernel_comes_under_a_name_of_its_own(self, make: Make) -> None:
        """The newer ABI is another package beside the old one, which goes on counting until the host boots."""
        aws = launch(make, "ubuntu-22.04")
        old, new = "linux-image-5.15.0-1071-aws", "linux-image-5.15.0-1072-aws"
        other_systems.approve_everything(aws)
        workshop.run_patch_baseline(aws, "Scan")
        assert (states(aws)[new], old in states(aws)) == ("Missing", True)
        workshop.run_patch_baseline(aws, "Install", reboot="NoReboot")
        scan(aws)
        assert states(aws)[new] == "InstalledPendingReboot"
        assert "CVE-2024-44987" in vulnerable(aws)
        workshop.run_patch_baseline(aws, "Install")
        scan(aws)
        assert "CVE-2024-44987" not in vulnerable(aws)
        workshop.run_patch_baseline(aws, "Scan")
        assert (states(aws)[old], states(aws)[new]) == ("InstalledOther", "Installed")

    @pytest.mark.parametrize("attached", [False, True])
    @pytest.mark.parametrize(
        ("facts", "package", "cve", "fixed"),
        [
            ("ubuntu-22.04", "libavcodec58", "CVE-2022-48434", "7:4.4.2-0ubuntu0.22.04.1+esm2"),
            ("ubuntu-24.04", "libcjson1", "CVE-2024-31755", "0:1.7.17-1ubuntu0.1~esm2"),
        ],
    )
    def test_a_fix_may_need_ubuntu_pro(
        self, make: Make, attached: bool, facts: str, package: str, cve: str, fixed: str
    ) -> None:
        """Inspector names a fix of ESM; Patch Manager installs it on an attached host alone, and misses it nowhere."""
        aws = launch(make, facts)
        host = workshop.red_team_host(aws)
        host.pro = attached
        install_optional(host, aws.fleet.facts(host), package)
        scan(aws)
        [found] = vulnerable(aws)[cve]["packageVulnerabilityDetails"]["vulnerablePackages"]
        assert found["fixedInVersion"] == fixed
        aws.remediate()
        scan(aws)
        assert (cve in vulnerable(aws)) is not attached
        workshop.run_patch_baseline(aws, "Scan")
        assert patches(aws, host_id(aws), "Missing") == []

    def test_a_native_package_has_no_release(self, make: Make) -> None:
        """The package snapd has no revision; a CVE that Ubuntu has not fixed is reported as such."""
        aws = launch(make, "ubuntu-24.04/applications")
        found = vulnerable(aws)["CVE-2024-5138"]
        [package] = found["packageVulnerabilityDetails"]["vulnerablePackages"]
        assert (package["version"], "release" in package) == ("2.62+24.04build1", False)
        assert (found["fixAvailable"], package["fixedInVersion"]) == ("NO", "NotAvailable")

    def test_its_inventory_has_whole_versions_and_no_times(self, make: Make) -> None:
        """The SSM Agent asks dpkg, which knows no time of installation; amd64 is written x86_64."""
        aws = launch(make, "ubuntu-22.04")
        answer = aws.client("ssm").list_inventory_entries(InstanceId=host_id(aws), TypeName="AWS:Application")
        [entry] = [one for one in answer["Entries"] if one["Name"] == "python3.10-minimal"]
        assert entry["Version"] == "3.10.12-1~22.04.6"
        assert entry["PackageId"] == "python3.10-minimal_3.10.12-1~22.04.6_amd64.deb"
        assert entry["Architecture"] == "x86_64"
        assert not {"Release", "Epoch", "InstalledTime"} & set(entry)


class TestDebian:
    """Findings of Debian, and a kernel that comes under a name of its own."""

    def test_a_finding_has_the_form_of_aws_example(self, make: Make) -> None:
        """Source: Amazon ECR API reference, DescribeImageScanFindings, a finding of DEBIAN_12 that has no fix."""
        aws = launch(make, "debian-12")
        found = vulnerable(aws)["CVE-2022-49043"]
        details = found["packageVulnerabilityDetails"]
        [package] = details["vulnerablePackages"]
        assert (found["fixAvailable"], found["severity"], found["title"]) == ("NO", "HIGH", "CVE-2022-49043 - libxml2")
        assert (details["source"], details["vendorSeverity"]) == ("DEBIAN_CVE", "not yet assigned")
        assert details["sourceUrl"] == "https://security-tracker.debian.org/tracker/CVE-2022-49043"
        assert (package["version"], package["release"]) == ("2.9.14+dfsg", "1.3~deb12u1")
        assert (package["fixedInVersion"], package["arch"]) == ("NotAvailable", "AMD64")

    def test_its_default_baseline_approves_at_once(self, make: Make) -> None:
        """Debian's repositories give no dates and no severities; what they offer is approved."""
        aws = launch(make, "debian-12")
        workshop.run_patch_baseline(aws, "Scan")
        missing = {row["KBId"]: row for row in patches(aws, host_id(aws), "Missing")}
        assert missing["libc6"]["Title"] == "libc6:2.36-9+deb12u7"
        assert missing["openssl"]["Title"] == "openssl:3.0.14-1~deb12u2"
        assert not missing["libc6"].get("Severity")
        assert "linux-image-6.1.0-20-amd64" in missing
