"""An active finding as a line: its packages with installed and fixed versions, or the setting to change."""

from postpatch.model import Finding, FindingType, Package
from postpatch.report.view.listing import Line, line
from postpatch.report.words import shortened
from postpatch.verdict.causes.kinds import is_fixed

DETAIL = 240  # characters
_PACKAGES = 6


def line_of(finding: Finding, *notes: str) -> Line:
    """Return the finding's line without its host; `notes` are shown below its details."""
    title = "" if _only_names_packages(finding) else finding.title
    return line(finding.severity, finding.vulnerability, title, finding.port, (*_details(finding), *notes))


def _only_names_packages(finding: Finding) -> bool:
    # Inspector writes `CVE-2022-3491 - vim-filesystem, vim-common and 3 more`; the packages are listed below anyway.
    named = finding.title.removeprefix(f"{finding.vulnerability} - ").split(" and ")[0].split(", ")
    return {*named} <= {package.name for package in finding.packages}


def _details(finding: Finding) -> tuple[str, ...]:
    if finding.type == FindingType.CONFIGURATION:
        return (shortened(finding.remediation, DETAIL),) if finding.remediation else ()
    # Packages that were built together share their versions and are listed as one detail.
    built: dict[str, list[str]] = {}
    for package in finding.packages:
        built.setdefault(_versions(package), []).append(package.name)
    details = [shortened(f"{', '.join(names)} {versions}", DETAIL) for versions, names in built.items()]
    rest = len(details) - _PACKAGES
    return (*details[:_PACKAGES], *([f"and {rest} more versions"] if rest > 0 else []))


def _versions(package: Package) -> str:
    fixed = f"fixed in {package.fixed_in}" if is_fixed(package) else "no fixed version"
    where = f" ({' '.join(filter(None, (package.manager, package.file_path)))})" if package.manager != "OS" else ""
    return f"{package.installed or 'version unknown'} → {fixed}{where.replace(' ()', '')}"
