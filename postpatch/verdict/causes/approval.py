"""What a patch baseline approves, and when, as far as AWS publishes data about the patches.

AWS publishes it in `ssm:DescribeAvailablePatches`, for Amazon Linux 2 only. For other systems the release date of a fix
is unknown. Neither the day on which Inspector first knew a vulnerability nor its disclosure date limits it, because a
fix may be released before its vulnerability has a number.
Source: Systems Manager user guide, "How patch baseline rules work on Linux-based systems".
"""

import fnmatch
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from postpatch.model import ApprovalRule, AvailablePatch, Package, PatchBaseline

# A rule is taken to be for the host's own product. The values of a key that together include every security fix:
# Systems Manager user guide, "Patch baseline rules for Linux"; Amazon writes "medium" where Red Hat and SUSE write
# "moderate".
_MEDIUM = "medium"
_PRODUCTS = ("PRODUCT", "PRODUCT_FAMILY")
_WHOLE = {
    "CLASSIFICATION": ("security",),
    "SEVERITY": ("critical", "important", _MEDIUM, "low"),
    "PRIORITY": ("required", "important", "standard", "optional", "extra"),
}
_Filters = tuple[tuple[str, tuple[str, ...]], ...]


def approves(baseline: PatchBaseline, patch: AvailablePatch, at: datetime) -> bool:
    """Return whether nothing that AWS reports keeps `baseline` from approving `patch` at a moment."""
    return lists(baseline.approved, patch) or any(_due(rule, patch, at) for rule in admitting(baseline, patch))


def admitting(baseline: PatchBaseline, patch: AvailablePatch) -> Iterator[ApprovalRule]:
    """Yield the rules whose filters include `patch`, whenever they approve it."""
    if _passes(baseline.filters, patch):
        yield from (rule for rule in baseline.rules if _passes(rule.filters, patch))


def lists(patterns: Iterable[str], patch: AvailablePatch) -> bool:
    """Return whether a list of approved patches names `patch` by its package, an advisory or a CVE."""
    names = (*_spellings(patch.name, patch.arch, patch.version), *patch.advisories, *patch.cves)
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns for name in names)


def named(patterns: Iterable[str], package: Package, version: str = "", *, system: str = "") -> str:
    """Return the pattern in a list of patches that names a package; an empty text if none does.

    `version` is `epoch:version-release`; by default the installed one, which lists of rejected patches name. `system`
    is the patch baseline's: lists of SUSE's may name the file of a package.
    """
    version = version or f"{package.epoch}:{package.version}-{package.release}"
    names = _spellings(package.name, package.arch.lower(), version)
    names = (*names, *(f"{name}.rpm" for name in names if system == "SUSE"))
    found = (pattern for pattern in patterns if any(fnmatch.fnmatchcase(name, pattern) for name in names))
    return next(found, "")


def rule_in_words(rule: ApprovalRule) -> str:
    """Return a rule in AWS's terms: `SEVERITY Critical/Important and CLASSIFICATION Security: ApproveAfterDays 7`."""
    when = f"ApproveUntilDate {rule.until}" if rule.until else f"ApproveAfterDays {rule.after_days or 0}"
    filters = " and ".join(f"{key} {'/'.join(values)}" for key, values in rule.filters if "*" not in values)
    return f"{filters}: {when}" if filters else when


def due_at(rule: ApprovalRule, patch: AvailablePatch) -> datetime | None:
    """Return when a rule approves `patch`; None for never, and for a patch with an unknown release date."""
    if patch.released_at is None or (rule.until and patch.released_at.date() > rule.until):
        return None
    return patch.released_at + timedelta(days=rule.after_days or 0)


def includes_any_security_fix(filters: _Filters) -> bool:
    """Return whether filters include every security fix, whatever its severity or priority."""
    return all("*" in values or key in _PRODUCTS or _holds(_WHOLE.get(key, ()), values) for key, values in filters)


def _holds(whole: Iterable[str], values: Iterable[str]) -> bool:
    given, wanted = {value.casefold().replace("moderate", _MEDIUM) for value in values}, set(whole)
    return bool(wanted) and wanted <= given


def _due(rule: ApprovalRule, patch: AvailablePatch, at: datetime) -> bool:
    if patch.released_at is None:
        return True
    due = due_at(rule, patch)
    return due is not None and due <= at


def _passes(filters: _Filters, patch: AvailablePatch) -> bool:
    # Only filters whose values AWS writes the same way on both sides exclude a patch; products have several names.
    known = {"CLASSIFICATION": patch.classification.casefold(), "SEVERITY": patch.severity.casefold()}
    return all(
        "*" in values or not known.get(key) or known[key] in {value.casefold() for value in values}
        for key, values in filters
    )


def _spellings(name: str, arch: str, version: str) -> tuple[str, ...]:
    # Formats: Systems Manager user guide, "Package name formats for approved and rejected patch lists".
    full = f"{name}-{version.partition(':')[2]}"
    return (name, f"{name}.{arch}", full, f"{full}.{arch}", f"{name}-{version}")
