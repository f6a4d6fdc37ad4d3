"""Why a finding is still there: its kind, settled by the fields of the finding itself.

Source of the fields: inspector2's shape Finding; `fixedInVersion` is the string NotAvailable where there is no fix.
"""

from dataclasses import dataclass
from enum import StrEnum

from postpatch.model import Finding, FindingType, Package


class Kind(StrEnum):
    """Kinds of remaining findings, first match wins; the last two are no explanation."""

    CONFIGURATION = "configuration"
    NETWORK = "network"
    NO_FIX = "no_fix"
    NOT_OS_PACKAGE = "not_os_package"
    PATCHABLE = "patchable"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Explanation:
    """What a kind means for people: why Patch Manager did not remove it, what to do next, and who must act."""

    title: str
    why: str
    next_step: str
    owner: str
    explained: bool = True


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
    Kind.PATCHABLE: Explanation(
        "A fix is there and was not installed",
        "The operating system's vendor has published a fixed version, and the host still has the old one. Patching "
        "should have removed this.",
        "Look at the host's patch state and the patch baseline, install again, and reboot where it is needed.",
        "patch owner",
        explained=False,
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
