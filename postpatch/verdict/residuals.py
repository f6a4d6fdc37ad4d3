"""Why a finding is still there: its kind, settled by the fields of the finding itself.

Source of the fields: inspector2's shape Finding; `fixedInVersion` is the string NotAvailable where there is no fix.
"""

from dataclasses import dataclass
from enum import StrEnum

from postpatch.model import Finding, FindingType, Package


class Kind(StrEnum):
    """Why a finding remains, from the best explained to the least; the last three explain nothing.

    The first four are settled by the finding alone. The others tell PATCHABLE findings apart by what AWS says of the
    host's patching; see `causes.py`.
    """

    CONFIGURATION = "configuration"
    NETWORK = "network"
    NO_FIX = "no_fix"
    NOT_OS_PACKAGE = "not_os_package"
    OTHER_REPOSITORY = "other_repository"
    OLD_VERSION_KEPT = "old_version_kept"
    NOT_APPROVED = "not_approved"
    OVERRIDDEN = "overridden"
    REJECTED = "rejected"
    PENDING_REBOOT = "pending_reboot"
    ONLY_SCANNED = "only_scanned"
    STOPPED_EARLY = "stopped_early"
    NOT_TARGETED = "not_targeted"
    NOT_MANAGED = "not_managed"
    INSTALL_FAILED = "install_failed"
    MISSING = "missing"
    PATCHABLE = "patchable"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Explanation:
    """What a kind means for people: why Patch Manager did not remove it, what to do next, and who must act.

    `explained`: the kind is an answer (FIND-5). `patching_should`: a patch round that works leaves none of it (FIND-4).
    """

    title: str
    why: str
    next_step: str
    owner: str
    explained: bool = True
    patching_should: bool = False


EXPLANATIONS = {
    Kind.CONFIGURATION: Explanation(
        "Configuration, not a package",
        "This is how the host is set up. Patch Manager replaces packages; it never edits a setting, such as a root "
        "login over SSH.",
        "Change the setting as the check's remediation says (for root logins: PermitRootLogin no in "
        "/etc/ssh/sshd_config, then restart sshd), in the image or by configuration management.",
        "host owner",
    ),
    Kind.NETWORK: Explanation(
        "Reachable from the network",
        "The port is open because security groups and network ACLs let traffic in. No package is at fault, so there is "
        "nothing to patch.",
        "Restrict the security groups or network ACLs on the path, or accept the risk in a waiver.",
        "network owner",
    ),
    Kind.NO_FIX: Explanation(
        "No fix from the vendor yet",
        "The vendor has not published a fixed version, so there is nothing that Patch Manager could install.",
        "Watch the vendor's advisory; reduce the exposure or waive it until a fix is there.",
        "vendor",
    ),
    Kind.NOT_OS_PACKAGE: Explanation(
        "Not an operating-system package",
        "The package belongs to a language or an application. Patch Manager updates what the operating system's "
        "package manager installed, and nothing else.",
        "Update it where it comes from: the application's own dependencies, then deploy again.",
        "application owner",
    ),
    Kind.OTHER_REPOSITORY: Explanation(
        "From another repository",
        "Patch Manager lists the host's packages and does not know this one: it came from a repository that the patch "
        "baseline does not cover.",
        "Update it from where it came, or add its repository to the patch baseline's sources.",
        "application owner",
    ),
    Kind.OLD_VERSION_KEPT: Explanation(
        "An old version stands beside the new one",
        "The fixed version is installed. The old one was not removed, and Inspector still finds it.",
        "Remove the old version with the package manager.",
        "host owner",
    ),
    Kind.NOT_APPROVED: Explanation(
        "The patch baseline does not approve the fix",
        "A scan with this baseline does not list the package as missing: the fix is newer than the baseline's approval "
        "delay, or its classification or severity is filtered out.",
        "Shorten the approval delay or widen the baseline's rules, and install again.",
        "patch owner",
        patching_should=True,
    ),
    Kind.OVERRIDDEN: Explanation(
        "An override list decided what was installed",
        "The installation used an InstallOverrideList, which replaces what the patch baseline approves.",
        "Install once without the list, or add the fix to it.",
        "patch owner",
        patching_should=True,
    ),
    Kind.REJECTED: Explanation(
        "The patch baseline rejects the package",
        "Somebody put the package on the baseline's list of rejected patches, so Patch Manager leaves it alone.",
        "Take it off the list, or keep it there and waive the risk with a reason.",
        "patch owner",
        patching_should=True,
    ),
    Kind.PENDING_REBOOT: Explanation(
        "Installed, and waiting for a reboot",
        "The fix is on the disk. Inspector looks at what runs, and the old version still does.",
        "Reboot the host; let the patch task reboot where it is needed (RebootOption RebootIfNeeded).",
        "host owner",
        patching_should=True,
    ),
    Kind.ONLY_SCANNED: Explanation(
        "Only scanned, never installed",
        "The host's last patch operation looked for missing patches and installed none of them.",
        "Run AWS-RunPatchBaseline with Operation Install.",
        "patch owner",
        patching_should=True,
    ),
    Kind.STOPPED_EARLY: Explanation(
        "The patch command stopped early",
        "The command that should have installed the fix did not finish on this host.",
        "Read the command's output, mend the cause, and install again.",
        "patch owner",
        patching_should=True,
    ),
    Kind.NOT_TARGETED: Explanation(
        "The host was never patched",
        "Patch Manager has no state of the host, and no patch command ever reached it.",
        "Give the host the tags that the patch target selects by, and install.",
        "patch owner",
        patching_should=True,
    ),
    Kind.NOT_MANAGED: Explanation(
        "Systems Manager does not reach the host",
        "Without a running agent that is allowed to connect, no patch command can reach the host.",
        "Start the agent, and check the instance profile and the network path to Systems Manager.",
        "host owner",
        patching_should=True,
    ),
    Kind.INSTALL_FAILED: Explanation(
        "The installation failed",
        "Patch Manager tried to install the fix and the package manager refused.",
        "Read the command's output on the host, mend the cause, and install again.",
        "patch owner",
        patching_should=True,
    ),
    Kind.MISSING: Explanation(
        "Missing and approved, cause unknown",
        "A scan after the installation lists the fix as missing, the baseline approves it, and nothing that AWS tells "
        "says why it was not installed.",
        "Install again and read the command's output on the host.",
        "patch owner",
        explained=False,
        patching_should=True,
    ),
    Kind.PATCHABLE: Explanation(
        "A fix is there and was not installed",
        "The operating system's vendor has published a fixed version, and the host still has the old one. Patching "
        "should have removed this.",
        "Look at the host's patch state and the patch baseline, install again, and reboot where it is needed.",
        "patch owner",
        explained=False,
        patching_should=True,
    ),
    Kind.UNKNOWN: Explanation(
        "Not explained",
        "Inspector's data does not say whether there is a fix, so nothing can be concluded.",
        "Open the finding in the Inspector console and settle it by hand.",
        "patch owner",
        explained=False,
    ),
}

# From the best explained to the least: of findings that share an identity the last one speaks.
ORDER = tuple(Kind)
_NO_VERSION = "NotAvailable"


def kind_of(finding: Finding) -> Kind:
    """Return the kind of a finding. A missing field never makes a fixable OS package look like something else."""
    if finding.type in (FindingType.CONFIGURATION, FindingType.RULE):
        return Kind.CONFIGURATION
    if finding.type == FindingType.NETWORK:
        return Kind.NETWORK
    if finding.type != FindingType.PACKAGE:
        return Kind.UNKNOWN
    # A package without a manager may be the operating system's: it is treated as such.
    of_os = [package for package in finding.packages if package.manager in ("OS", "")]
    if finding.packages and not of_os:
        return Kind.NOT_OS_PACKAGE
    return _kind_of_os_packages(finding, of_os)


def proof_of(finding: Finding) -> tuple[tuple[str, str], ...]:
    """Return the fields of the finding that settle its kind."""
    if finding.type != FindingType.PACKAGE:
        return (("type", finding.type),)
    managers = ", ".join(sorted({package.manager or "not told" for package in finding.packages}))
    fixes = ", ".join(sorted({package.fixed_in or "not told" for package in finding.packages}))
    return (
        ("fixAvailable", finding.fix_available or "not told"),
        ("packageManager", managers or "not told"),
        ("fixedInVersion", fixes or "not told"),
    )


def is_fixed(package: Package) -> bool:
    """Tell whether Inspector names a version in which the package is fixed."""
    return package.fixed_in not in (None, "", _NO_VERSION)


def _kind_of_os_packages(finding: Finding, packages: list[Package]) -> Kind:
    if any(is_fixed(package) for package in packages):
        return Kind.PATCHABLE
    fix_elsewhere = any(is_fixed(package) for package in finding.packages)
    says_fix = finding.fix_available in ("YES", "PARTIAL")
    if packages and all(package.fixed_in == _NO_VERSION for package in packages):
        # Every version says there is none; a fix must then be of a package that is not the system's.
        return Kind.PATCHABLE if says_fix and not fix_elsewhere else Kind.NO_FIX
    if says_fix:
        return Kind.PATCHABLE
    return Kind.NO_FIX if finding.fix_available == "NO" else Kind.UNKNOWN
