"""What settles each cause of a remaining finding: facts of its host, the cause, words of its proof."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from postpatch.model import (
    ApprovalRule,
    AvailablePatch,
    Finding,
    InstalledPackage,
    InstancePatch,
    ManagedHost,
    Package,
    PatchBaseline,
    PatchCommand,
    PatchState,
)
from postpatch.policy import PatchingPolicy
from postpatch.verdict.causes.kinds import Kind

HOST = "i-0123456789abcdef0"
CVE = "CVE-2024-0001"
EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 22, tzinfo=UTC)
MANAGED = ManagedHost(HOST, "Online", "Amazon Linux 2023")
# One patch is counted: the cases below list one row each, unless a list that is cut short is their matter.
INSTALLED = PatchState(HOST, "Install", NIGHT, NIGHT, "pb-1", installed=1, installed_other=0)
SCANNED = replace(INSTALLED, operation="Scan")
LONG_AGO = replace(INSTALLED, started_at=EVENING - timedelta(days=30), ended_at=EVENING - timedelta(days=30))
UNCOUNTED = replace(INSTALLED, installed_other=None)
INSTALL = PatchCommand(HOST, "c-1", "Install", "Success", NIGHT, NIGHT)
SCAN = replace(INSTALL, command="c-2", operation="Scan", requested_at=NIGHT + timedelta(hours=1))
CURL = Package("curl", "8.5.0", 0, "1.amzn2023", "X86_64", "OS", fixed_in="0:8.11.1-4.amzn2023.0.3")
KERNEL = Package("kernel", "6.1.79", 0, "99.amzn2023", "X86_64", "OS", fixed_in="0:6.1.92-1.amzn2023")
HEADERS = replace(KERNEL, name="kernel-headers")
DEVEL = replace(KERNEL, name="kernel-devel")
CLASSIC = Package("curl", manager="OS")
EVERYTHING = ApprovalRule((("PRODUCT", ("*",)), ("CLASSIFICATION", ("*",)), ("SEVERITY", ("*",))), after_days=0)
A_WEEK = replace(EVERYTHING, after_days=7)
UNTIL_APRIL = ApprovalRule((("PRODUCT", ("*",)),), until=date(2024, 4, 30))
CRITICAL = ApprovalRule((("CLASSIFICATION", ("Security",)), ("SEVERITY", ("Critical",))), after_days=0)
PWW = PatchBaseline("pb-1", "pww", system="AMAZON_LINUX_2", rules=(EVERYTHING,))
WEEKLY = replace(PWW, rules=(A_WEEK,))
STRICT = replace(PWW, rules=(CRITICAL,))
FROZEN = replace(PWW, name="audit-freeze", rules=(UNTIL_APRIL,))
WANTED = PatchingPolicy(baseline="pww")
BASH = InstancePatch(HOST, "bash.x86_64", "bash.x86_64:0:5.2.15-1.amzn2023", "installed")
FIX = AvailablePatch(
    "curl", "x86_64", "0:8.11.1-4.amzn2023.0.3", NIGHT - timedelta(days=3), "Security", "Medium", (CVE,), ("ALAS2-1",)
)
LATER_FIX = replace(FIX, version="0:8.12.0-1.amzn2023", cves=("CVE-2024-0002",), severity="Critical")
OLDER = replace(FIX, version="0:8.5.0-1.amzn2023", cves=(), severity="Critical")


def finding(*packages):
    """Return a fixable finding on the packages."""
    return Finding(
        "123456789012", "us-east-1", HOST, "PACKAGE_VULNERABILITY", CVE, "ACTIVE", "HIGH", "t",
        fix_available="YES", packages=packages,
    )  # fmt: skip


def patch(name, state, version="0:8.5.0-1.amzn2023", cves=(), arch="x86_64"):
    """Return a row of the host's patches."""
    return InstancePatch(HOST, f"{name}.{arch}", f"{name}.{arch}:{version}", state, cves=cves)


LONG_BEFORE = EVENING - timedelta(days=90)
MORNING = NIGHT + timedelta(hours=10)
CURL_OLD = InstalledPackage("curl", "0:8.5.0-1.amzn2023", "x86_64", LONG_BEFORE)
CURL_NEW = replace(CURL_OLD, version="0:8.11.1-4.amzn2023.0.3")
BASH_THERE = InstalledPackage("bash", "0:5.2.15-1.amzn2023", "x86_64", LONG_BEFORE)
UBUNTU = ManagedHost(HOST, "Online", "Ubuntu 22.04")
WINDOWS = ManagedHost(HOST, "Online", "Microsoft Windows Server 2022 Datacenter 10.0.20348")
WINDOWS_PACKAGE = Package("Windows Server 2022", "10.0.20348", manager="OS", fixed_in="10.0.20348.2340")
PYTHON = Package("python3.10-minimal", "3.10.6-1", manager="OS", fixed_in="3.10.12-1~22.04.3")
IMAGE = Package("linux-image-5.15.0-1050-aws", "5.15.0-1050.55", manager="OS", fixed_in="5.15.0-1060.66")
NEW_IMAGE = "linux-image-5.15.0-1061-aws"
CURL_STANDS = patch("curl", "installed")
CURL_FIXED = patch("curl", "installed", "0:8.11.1-4.amzn2023.0.3")
CASES = {
    "not managed": ({"managed": ()}, Kind.NOT_MANAGED, "no row"),
    "agent offline": ({"managed": (ManagedHost(HOST, "ConnectionLost"),)}, Kind.NOT_MANAGED, "ConnectionLost"),
    "never targeted": ({"states": (), "commands": ()}, Kind.NOT_TARGETED, "nothing since"),
    "targeted a month ago, not now": (
        {"states": (LONG_AGO,), "commands": (), "patches": [BASH]}, Kind.NOT_TARGETED, "nothing since",
    ),
    "command timed out": (
        {"states": (SCANNED,), "commands": (replace(INSTALL, status="TimedOut"),)}, Kind.STOPPED_EARLY, "TimedOut",
    ),
    "command timed out on a host that was patched a month ago": (
        {"states": (LONG_AGO,), "commands": (replace(INSTALL, status="TimedOut"),)}, Kind.STOPPED_EARLY, "TimedOut",
    ),
    "command not done yet": (
        {"states": (), "commands": (replace(INSTALL, status="InProgress"),)}, Kind.STOPPED_EARLY, "InProgress",
    ),
    "only scanned": ({"states": (SCANNED,), "commands": ()}, Kind.ONLY_SCANNED, "Scan"),
    "a scan that is under way": (
        {"states": (), "commands": (replace(SCAN, status="InProgress"),)}, Kind.ONLY_SCANNED, "none",
    ),
    "install failed": ({"patches": [patch("curl", "failed")]}, Kind.INSTALL_FAILED, "failed"),
    "failed by its CVE": ({"patches": [patch("libcurl", "failed", cves=(CVE,))]}, Kind.INSTALL_FAILED, "libcurl"),
    "pending reboot": ({"patches": [patch("curl", "installedpendingreboot")]}, Kind.PENDING_REBOOT, "pendingreboot"),
    "old kernel runs": (
        {"packages": (HEADERS, KERNEL), "patches": [patch("kernel", "installed", "0:6.1.100-5.amzn2023")]},
        Kind.PENDING_REBOOT, "6.1.100",
    ),
    "headers do not run": (
        {"packages": (HEADERS,), "patches": [patch("kernel-headers", "installed", "0:6.1.100-5.amzn2023")]},
        Kind.PATCHABLE, "6.1.100",
    ),
    "a kernel of another kind waits for its reboot": (
        {"packages": (replace(KERNEL, name="kernel-64k-core"),),
         "patches": [patch("kernel-64k-core", "installed", "0:6.1.100-5.amzn2023")]},
        Kind.PENDING_REBOOT, "6.1.100",
    ),
    "a kernel whose name holds its ABI": (
        {"packages": (IMAGE,), "managed": (UBUNTU,),
         "patches": [InstancePatch(HOST, NEW_IMAGE, f"{NEW_IMAGE}:5.15.0-1061.67", "installed")]},
        Kind.PENDING_REBOOT, "1061",
    ),
    "a kernel that another tool installed after the list": (
        {"packages": (KERNEL,), "patches": [patch("kernel", "installed", "0:6.1.79-99.amzn2023")],
         "inventory": [InstalledPackage("kernel", "0:6.1.79-99.amzn2023", "x86_64", LONG_BEFORE),
                       InstalledPackage("kernel", "0:6.1.100-5.amzn2023", "x86_64", LONG_BEFORE)]},
        Kind.PENDING_REBOOT, "6.1.100",
    ),
    "the list has the fix, and it is older than the scan": ({"patches": [CURL_FIXED]}, Kind.PATCHABLE, "8.11.1"),
    "the list has the fix, and the inventory has the old version: rolled back": (
        {"patches": [CURL_FIXED], "inventory": [CURL_OLD]}, Kind.PATCHABLE, "8.11.1",
    ),
    "a file that no package manager knows": (
        {"packages": (replace(CURL, file_path="opt/old/curl"),), "patches": [CURL_FIXED], "inventory": [CURL_NEW]},
        Kind.OLD_VERSION_KEPT, "opt/old/curl",
    ),
    "both versions, of a package that stays beside its update": (
        {"packages": (DEVEL,), "patches": [patch("kernel-devel", "installed", "0:6.1.92-1.amzn2023")],
         "inventory": [InstalledPackage("kernel-devel", "0:6.1.79-99.amzn2023", "x86_64", LONG_BEFORE),
                       InstalledPackage("kernel-devel", "0:6.1.92-1.amzn2023", "x86_64", LONG_BEFORE)]},
        Kind.OLD_VERSION_KEPT, "6.1.79",
    ),
    "only the new version, of a package that stays beside its update": (
        {"packages": (DEVEL,), "patches": [patch("kernel-devel", "installed", "0:6.1.92-1.amzn2023")],
         "inventory": [InstalledPackage("kernel-devel", "0:6.1.92-1.amzn2023", "x86_64", LONG_BEFORE)]},
        Kind.PATCHABLE, "",
    ),
    "both versions, of a package that is never installed twice": (
        {"patches": [CURL_FIXED], "inventory": [CURL_OLD, CURL_NEW]}, Kind.PATCHABLE, "",
    ),
    "a windows update that is missing": (
        {"packages": (WINDOWS_PACKAGE,), "managed": (WINDOWS,), "vulnerability": "KB5035456",
         "states": (replace(SCANNED, installed=0, missing=1),),
         "patches": [InstancePatch(HOST, "KB5035456", "", "missing")]},
        Kind.MISSING, "KB5035456",
    ),
    "a windows update that is not listed": (
        {"packages": (WINDOWS_PACKAGE,), "managed": (WINDOWS,), "vulnerability": "KB5035456",
         "patches": [InstancePatch(HOST, "KB5034441", "2024-01 Security Update (KB5034441)", "installed")],
         "inventory": [InstalledPackage("Windows Server 2022", "10.0.20348", "", LONG_BEFORE)]},
        Kind.PATCHABLE, "",
    ),
    "a name with a dot": (
        {"packages": (PYTHON,), "managed": (UBUNTU,),
         "patches": [InstancePatch(HOST, "python3.10-minimal", "python3.10-minimal:3.10.6-1", "installed")],
         "inventory": [InstalledPackage("python3.10-minimal", "3.10.6-1", "x86_64")]},
        Kind.PATCHABLE, "3.10.6-1 installed",
    ),
    "old version kept, and another package missing": (
        {"packages": (CURL, KERNEL), "states": (replace(SCANNED, installed=2),),
         "patches": [CURL_FIXED, patch("kernel", "missing")]},
        Kind.MISSING, "kernel",
    ),
    "the fix of another architecture": (
        {"states": (replace(INSTALLED, installed=2),),
         "patches": [CURL_STANDS, patch("curl", "installed", "0:8.11.1-4.amzn2023.0.3", arch="i686")]},
        Kind.PATCHABLE, "8.5.0",
    ),
    "old version kept, by a list cut short": ({"patches": [CURL_FIXED], "states": (UNCOUNTED,)}, Kind.PATCHABLE, ""),
    "override list": (
        {"states": (replace(INSTALLED, override_list="s3://b/list.yaml"),), "patches": [BASH], "baseline": FROZEN},
        Kind.OVERRIDDEN, "list.yaml",
    ),
    "missing after a scan": ({"states": (SCANNED,), "patches": [patch("curl", "missing")]}, Kind.MISSING, "missing"),
    "missing by a wrong baseline, which approves it": (
        {"states": (SCANNED,), "patches": [patch("curl", "missing")], "baseline": FROZEN}, Kind.MISSING, "missing",
    ),
    "wrong baseline": ({"baseline": FROZEN, "patches": [CURL_STANDS]}, Kind.WRONG_BASELINE, "audit-freeze"),
    "wrong baseline, which rejects it": (
        {"baseline": replace(FROZEN, rejected=("curl",)), "patches": [CURL_STANDS]}, Kind.WRONG_BASELINE, "pww",
    ),
    "wrong patch group": (
        {"states": (replace(INSTALLED, patch_group="canary"),), "wanted": PatchingPolicy(patch_group="web")},
        Kind.WRONG_BASELINE, "canary",
    ),
    "no patch group": ({"wanted": PatchingPolicy(patch_group="web")}, Kind.WRONG_BASELINE, "none"),
    "rejected by name": ({"baseline": replace(PWW, rejected=("cur*",)), "patches": [BASH]}, Kind.REJECTED, "cur*"),
    "rejected by state": ({"patches": [patch("curl", "installedrejected")]}, Kind.REJECTED, "rejected"),
    "released three days ago, approved after seven": (
        {"baseline": WEEKLY, "available": [FIX], "patches": [CURL_STANDS]}, Kind.NOT_YET_APPROVED, "2026-11-17",
    ),
    "released after the last day": (
        {"baseline": replace(FROZEN, name="pww"), "available": [FIX, LATER_FIX]}, Kind.NOT_YET_APPROVED, "2024-04-30",
    ),
    "approved by another rule": (
        {"baseline": replace(PWW, rules=(A_WEEK, EVERYTHING)), "available": [FIX]}, Kind.PATCHABLE, "",
    ),
    "approved by its advisory": (
        {"baseline": replace(STRICT, approved=("ALAS2-1",)), "available": [FIX]}, Kind.PATCHABLE, "",
    ),
    "filtered out by its severity": (
        {"baseline": STRICT, "available": [FIX, OLDER]}, Kind.FILTERED_OUT, "Critical",
    ),
    "filtered out before any rule": (
        {"baseline": replace(PWW, filters=(("CLASSIFICATION", ("Bugfix",)),)), "available": [FIX]},
        Kind.FILTERED_OUT, "Security",
    ),
    "a baseline without rules": ({"baseline": replace(PWW, rules=()), "available": [FIX]}, Kind.FILTERED_OUT, "none"),
    "a later patch is let in": ({"baseline": STRICT, "available": [FIX, LATER_FIX]}, Kind.PATCHABLE, ""),
    "filtered by what AWS does not tell": (
        {"baseline": STRICT, "available": [replace(FIX, severity="")]}, Kind.PATCHABLE, "",
    ),
    "released on a day that AWS does not tell": (
        {"baseline": WEEKLY, "available": [replace(FIX, released_at=None)]}, Kind.PATCHABLE, "",
    ),
    "filtered out, by Classic, which tells no version": (
        {"packages": (CLASSIC,), "baseline": STRICT, "available": [FIX, OLDER]}, Kind.FILTERED_OUT, "Medium",
    ),
    "a later patch is let in, by Classic": (
        {"packages": (CLASSIC,), "baseline": STRICT, "available": [FIX, LATER_FIX]}, Kind.PATCHABLE, "",
    ),
    "not asked for at a scan": (
        {"states": (SCANNED,), "patches": [CURL_STANDS], "baseline": WEEKLY}, Kind.NOT_APPROVED, "ApproveAfterDays 7",
    ),
    "not asked for at a scan, though approved": (
        {"states": (SCANNED,), "patches": [CURL_STANDS], "baseline": STRICT, "available": [LATER_FIX]},
        Kind.PATCHABLE, "",
    ),
    "not asked for at a scan by a baseline that takes everything": (
        {"states": (SCANNED,), "patches": [CURL_STANDS]}, Kind.PATCHABLE, "8.5.0",
    ),
    "other repository": ({"patches": [BASH], "inventory": [CURL_OLD]}, Kind.OTHER_REPOSITORY, "none for curl"),
    "other repository, and a row of another name with the same version": (
        {"patches": [patch("curl-of-another-name", "installed")], "inventory": [CURL_OLD]}, Kind.PATCHABLE, "no row",
    ),
    "other repository, and a row of another name with the fix": (
        {"patches": [patch("curl-of-another-name", "failed", "0:8.11.1-4.amzn2023.0.3")], "inventory": [CURL_OLD]},
        Kind.PATCHABLE, "no row",
    ),
    "other repository, and no inventory": ({"patches": [BASH]}, Kind.PATCHABLE, "no row"),
    "other repository, by an inventory from before the launch": (
        {"patches": [BASH], "inventory": [CURL_OLD], "captured": EVENING}, Kind.PATCHABLE, "no row",
    ),
    "put there after the list was made": (
        {"patches": [BASH], "inventory": [replace(CURL_OLD, installed_at=MORNING)]}, Kind.PATCHABLE, "no row",
    ),
    "put there after the list was made, and listed again since the scan": (
        {"patches": [BASH], "inventory": [replace(CURL_OLD, installed_at=MORNING)], "scanned": EVENING},
        Kind.OTHER_REPOSITORY, "none for curl",
    ),
    "not installed any more": ({"patches": [BASH], "inventory": [BASH_THERE]}, Kind.PATCHABLE, "no row"),
    "listed in a form that its system does not use": (
        {"patches": [replace(BASH, kb="bash", title="bash:5.2.15")], "inventory": [CURL_OLD]}, Kind.PATCHABLE, "no row",
    ),
    "other repository, by a list cut short": (
        {"patches": [BASH], "states": (replace(INSTALLED, installed=2),), "inventory": [CURL_OLD]},
        Kind.PATCHABLE, "no row",
    ),
    "other repository, by a list of unknown length": (
        {"patches": [BASH], "states": (UNCOUNTED,), "inventory": [CURL_OLD]}, Kind.PATCHABLE, "no row",
    ),
    "other repository, by an unknown baseline": (
        {"patches": [BASH], "baseline": replace(PWW, id="pb-2"), "inventory": [CURL_OLD]}, Kind.PATCHABLE, "no row",
    ),
    "nothing was listed": ({"patches": []}, Kind.PATCHABLE, "patches listed"),
    "installed but old, no later scan": ({"patches": [CURL_STANDS]}, Kind.PATCHABLE, "Install"),
}  # fmt: skip
