"""Why a finding remains: its kind, as far as the fields of the finding itself settle it.

Source of the fields: inspector2's shape Finding; `fixedInVersion` is the string NotAvailable if there is no fix.
A finding with a fix for some of its packages (`fixAvailable` PARTIAL) is one that patching can improve: PATCHABLE.
"""

from enum import StrEnum

from postpatch.model import Finding, FindingType, Package

Proof = tuple[tuple[str, str], ...]


class Kind(StrEnum):
    """Why a finding remains, from the best explained to the least; the last four explain nothing.

    The first five are settled by the finding alone. The others divide PATCHABLE findings by what AWS reports about the
    host's patching; see `cause.py`.
    """

    CONFIGURATION = "configuration"
    NETWORK = "network"
    DISCONTINUED = "discontinued"
    NO_FIX = "no_fix"
    NOT_OS_PACKAGE = "not_os_package"
    OTHER_REPOSITORY = "other_repository"
    OLD_VERSION_KEPT = "old_version_kept"
    FIX_NEWER = "fix_newer"
    NEEDS_SUBSCRIPTION = "needs_subscription"
    NOT_YET_APPROVED = "not_yet_approved"
    FILTERED_OUT = "filtered_out"
    NOT_APPROVED = "not_approved"
    OVERRIDDEN = "overridden"
    REJECTED = "rejected"
    WRONG_BASELINE = "wrong_baseline"
    PENDING_REBOOT = "pending_reboot"
    ONLY_SCANNED = "only_scanned"
    STOPPED_EARLY = "stopped_early"
    NOT_TARGETED = "not_targeted"
    NOT_MANAGED = "not_managed"
    NOT_OFFERED = "not_offered"
    INSTALL_FAILED = "install_failed"
    CONTRADICTED = "contradicted"
    MISSING = "missing"
    PATCHABLE = "patchable"
    UNKNOWN = "unknown"


# From the best explained to the least: if findings share an identity, the last of their kinds counts.
ORDER = tuple(Kind)
_NO_VERSION = "NotAvailable"
# botocore, inspector2, shape PackageManager, without OS: a manager that nobody knows explains nothing, for its package
# may be the system's.
LANGUAGE_MANAGERS = frozenset(
    {
        "BUNDLER", "CARGO", "COMPOSER", "NPM", "NUGET", "PIPENV", "POETRY", "YARN", "GOBINARY", "GOMOD", "JAR", "PIP",
        "PYTHONPKG", "NODEPKG", "POM", "GEMSPEC", "DOTNET_CORE",
    }
)  # fmt: skip
# Inspector's own finding on a system past its end of support: CRITICAL, "Platform End Of Life", IN-DISCONTINUED-001.
# AWS documents the finding (Inspector user guide, "Discontinued operating systems"); the id is known from practice.
_DISCONTINUED = "IN-DISCONTINUED-"


def kind_of(finding: Finding) -> Kind:
    """Return the kind of a finding. A missing field never makes a fixable OS package look like something else."""
    if finding.type in (FindingType.CONFIGURATION, FindingType.RULE):
        return Kind.CONFIGURATION
    if finding.type == FindingType.NETWORK:
        return Kind.NETWORK
    if finding.type != FindingType.PACKAGE:
        return Kind.UNKNOWN
    if finding.vulnerability.startswith(_DISCONTINUED):
        return Kind.DISCONTINUED
    of_os = of_the_system(finding)
    if any(is_fixed(package) for package in of_os):
        return Kind.PATCHABLE
    if not all(package.manager in LANGUAGE_MANAGERS for package in finding.packages if package not in of_os):
        return Kind.UNKNOWN
    return _kind_of_os_packages(finding, of_os) if of_os or not finding.packages else Kind.NOT_OS_PACKAGE


def of_the_system(finding: Finding) -> tuple[Package, ...]:
    """Return the operating system's packages; a package without a manager may be one, and is treated as one."""
    return tuple(package for package in finding.packages if package.manager in ("OS", ""))


def proof_of(finding: Finding) -> Proof:
    """Return the fields of the finding that settle its kind."""
    if finding.type != FindingType.PACKAGE:
        return (("type", finding.type),)
    if finding.vulnerability.startswith(_DISCONTINUED):
        return (("vulnerabilityId", finding.vulnerability), ("title", finding.title))
    managers = ", ".join(sorted({package.manager or "not stated" for package in finding.packages}))
    fixes = ", ".join(sorted({package.fixed_in or "not stated" for package in finding.packages}))
    return (
        ("fixAvailable", finding.fix_available or "not stated"),
        ("packageManager", managers or "not stated"),
        ("fixedInVersion", fixes or "not stated"),
    )


def is_fixed(package: Package) -> bool:
    """Return whether Inspector names a version in which the package is fixed."""
    return package.fixed_in not in (None, "", _NO_VERSION)


def _kind_of_os_packages(finding: Finding, packages: tuple[Package, ...]) -> Kind:
    fix_elsewhere = any(is_fixed(package) for package in finding.packages)
    says_fix = finding.fix_available in ("YES", "PARTIAL")
    if packages and all(package.fixed_in == _NO_VERSION for package in packages):
        # Every version says that there is no fix; a fix must then be for a package that is not the system's.
        return Kind.PATCHABLE if says_fix and not fix_elsewhere else Kind.NO_FIX
    if says_fix:
        return Kind.PATCHABLE
    return Kind.NO_FIX if finding.fix_available == "NO" else Kind.UNKNOWN
