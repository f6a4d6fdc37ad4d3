"""Which patches a host lacks, which of them a baseline approves, and how Patch Manager names their states."""

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from ..facts import Advisory, Facts, System
from ..hosts.dpkg import DpkgVersion
from ..hosts.host import Host, Package
from ..hosts.rpm import Evr
from .baselines import Baseline
from .overrides import OverrideList

# What apt knows in place of a severity; of none of its packages does the simulation know more.
_PRIORITY = "Optional"
_SEVERITIES = ("Low", "Medium", "Important", "Critical")


@dataclass(frozen=True)
class Patch:
    """One update of one installed package: the newest version that the approved advisories reach."""

    package: Package
    to: Evr
    advisories: tuple[Advisory, ...]
    compliance: str

    @property
    def brought(self) -> Package:
        """Return what is installed: the newer version, or, of a kernel of Ubuntu, the package of the newer ABI."""
        names = {advisory.brings.get(self.package.name) for advisory in self.advisories}
        return replace(self.package, name=max(filter(None, names), default=self.package.name), evr=self.to)

    @property
    def classification(self) -> str:
        """Name the kind, as the advisory does."""
        kinds = {advisory.classification for advisory in self.advisories}
        return "Security" if "Security" in kinds else min(kinds)

    @property
    def severity(self) -> str:
        """Name the worst severity of its advisories, as the publisher does (not CVSS)."""
        return max((advisory.severity for advisory in self.advisories), key=_rank)

    @property
    def cves(self) -> tuple[str, ...]:
        """List the CVEs that it fixes."""
        return tuple(sorted({cve for advisory in self.advisories for cve in advisory.cves}))


def lacking(host: Host, facts: Facts, baseline: Baseline, now: datetime) -> list[Patch]:
    """List the approved patches that a host lacks, by package name."""
    patches = []
    for package in host.installed():
        newer = _offered(host, package, facts, now)
        approved = {a.id: level for a in newer if (level := approval(baseline, a, package, facts.system, now))}
        chosen = tuple(advisory for advisory in newer if advisory.id in approved)
        if chosen and not is_rejected(baseline, package):
            to = max(advisory.fixes[package.name] for advisory in chosen)
            patches.append(Patch(package, to, chosen, approved[chosen[0].id]))
    return patches


def listed(host: Host, facts: Facts, only: OverrideList, now: datetime) -> list[Patch]:
    """List the patches that a host lacks and that an override list names, approved or not, by package name."""
    patches = []
    for package in host.installed():
        names = (package.name, kb_id(package))
        named = [a for a in _offered(host, package, facts, now) if only.names(names, a.fixes[package.name].bare)]
        if named:
            to = max(advisory.fixes[package.name] for advisory in named)
            patches.append(Patch(package, to, tuple(named), "UNSPECIFIED"))
    return patches


def applied(package: Package, facts: Facts, baseline: Baseline, now: datetime) -> list[Advisory]:
    """List the approved advisories that an installed package already satisfies, be it as what one of them brings."""
    return [
        advisory
        for name in (package.name, *facts.names_before(package.name))
        for advisory in _released(facts, name, now)
        if not package.evr < advisory.fixes[name]
        and approval(baseline, advisory, replace(package, name=name), facts.system, now)
    ]


def approval(baseline: Baseline, advisory: Advisory, package: Package, system: System, now: datetime) -> str | None:
    """Say at which compliance level a baseline approves an advisory for a package; nothing if it does not.

    Source: Systems Manager user guide, "How patch baseline rules work on Linux-based systems".
    """
    params = baseline.params
    if _listed(_names(baseline, "ApprovedPatches"), package, advisory.fixes[package.name], advisory):
        return str(params.get("ApprovedPatchesComplianceLevel", "UNSPECIFIED"))
    if not _filtered_in(params.get("GlobalFilters", {}), advisory, package, system):
        return None
    for rule in baseline.rules:
        if _filtered_in(rule["PatchFilterGroup"], advisory, package, system) and is_due(rule, advisory.released, now):
            return str(rule.get("ComplianceLevel", "UNSPECIFIED"))
    return None


def is_rejected(baseline: Baseline, package: Package) -> bool:
    """Tell whether a baseline rejects a package."""
    return _listed(_names(baseline, "RejectedPatches"), package, package.evr, None)


def title(package: Package, evr: Evr) -> str:
    """Name a patch as its `Title`: `name.arch:epoch:version-release`, and of dpkg `name:version`."""
    if isinstance(evr, DpkgVersion):
        return f"{package.name}:{evr.text}"
    return f"{package.name}.{package.rpm_arch}:{evr}"


def kb_id(package: Package) -> str:
    """Name a patch as its `KBId`: `name.arch`, and of dpkg the name alone."""
    return package.name if isinstance(package.evr, DpkgVersion) else f"{package.name}.{package.rpm_arch}"


def is_due(rule: dict[str, Any], released: datetime, now: datetime) -> bool:
    """Tell whether a rule approves by now what was released at a time."""
    if until := rule.get("ApproveUntilDate"):
        return released.date() <= date.fromisoformat(until)
    return released + timedelta(days=rule.get("ApproveAfterDays", 0)) <= now


def _rank(severity: str) -> int:
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else -1


def _released(facts: Facts, name: str, now: datetime) -> list[Advisory]:
    return [advisory for advisory in facts.advisories_for.get(name, ()) if advisory.released <= now]


def _offered(host: Host, package: Package, facts: Facts, now: datetime) -> list[Advisory]:
    """List the advisories whose fix the host's repositories offer, and that the host lacks."""
    if package.name in host.excludes:
        return []
    newer = [a for a in _released(facts, package.name, now) if package.evr < a.fixes[package.name]]
    return [a for a in newer if (host.pro or not a.subscription) and not _is_beside(host, package, a)]


def _is_beside(host: Host, package: Package, advisory: Advisory) -> bool:
    """Tell whether the package of another name that has the fix is installed already."""
    brought = advisory.brings.get(package.name)
    newest = host.newest(brought) if brought else None
    return newest is not None and not newest.evr < advisory.fixes[package.name]


def _filtered_in(group: dict[str, Any], advisory: Advisory, package: Package, system: System) -> bool:
    held = {
        "PRODUCT": system.product,
        "CLASSIFICATION": advisory.classification,
        "SEVERITY": advisory.severity,
        "PRIORITY": _PRIORITY,
        "ARCH": package.rpm_arch,
        "NAME": package.name,
        "ADVISORY_ID": advisory.id,
        "REPOSITORY": "amazonlinux",
    }
    return all(
        "*" in entry["Values"] or held.get(entry["Key"]) in entry["Values"] for entry in group.get("PatchFilters", [])
    )


def _names(baseline: Baseline, key: str) -> list[str]:
    # Lists of SUSE's may name the file of a package.
    suse = baseline.system == "SUSE"
    return [name.removesuffix(".rpm") if suse else name for name in baseline.params.get(key, ())]


def _listed(patterns: Sequence[str], package: Package, evr: Evr, advisory: Advisory | None) -> bool:
    # Formats: Systems Manager user guide, "Package name formats for approved and rejected patch lists".
    full = f"{package.name}-{evr.version}-{evr.release}"
    if isinstance(evr, DpkgVersion):
        full = f"{package.name}_{evr.text}"
    names = [package.name, kb_id(package), full, f"{full}.{package.rpm_arch}", f"{package.name}-{evr}"]
    if advisory:
        names += [advisory.id, *advisory.cves]
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns for name in names)
