"""What remains, by kind: why patching did not remove it, what to do next, who must act, and every finding."""

from dataclasses import dataclass

from postpatch.model import Finding, FindingType, Package
from postpatch.report.view.listing import Line, Lines, Listing, Room, line, port_in_words
from postpatch.report.words import shortened
from postpatch.verdict.delta import Delta
from postpatch.verdict.findings import remaining_kinds
from postpatch.verdict.residuals import EXPLANATIONS, Explanation, Kind, is_fixed

# A report of 10,000 remaining findings, none like another, fits into this and stays under 4 MB.
_LISTS = 2_900_000
_DETAIL = 240
_PACKAGES = 6
# What nobody has explained is read first.
_READING = sorted(Kind, key=lambda kind: EXPLANATIONS[kind].explained)


@dataclass(frozen=True)
class Remains:
    """One kind of remaining findings; `hosts` is the number of hosts that have any."""

    explanation: Explanation
    hosts: int
    listing: Listing


def remains(delta: Delta) -> tuple[Remains, ...]:
    """Return every kind in the order of reading, those without a finding too: a zero is also an answer."""
    lines: dict[Kind, Lines] = {kind: Lines() for kind in Kind}
    hosts: dict[Kind, set[str]] = {kind: set() for kind in Kind}
    for finding, kind in remaining_kinds(delta):
        lines[kind].add(_line(finding), finding.host)
        hosts[kind].add(finding.host)
    room = Room(_LISTS)
    return tuple(Remains(EXPLANATIONS[kind], len(hosts[kind]), lines[kind].listing(room)) for kind in _READING)


def _line(finding: Finding) -> Line:
    port = port_in_words(finding.protocol, finding.port_begin, finding.port_end)
    title = "" if _only_names_packages(finding) else finding.title
    return line(finding.severity, finding.vulnerability, title, port, _details(finding))


def _only_names_packages(finding: Finding) -> bool:
    # Inspector writes `CVE-2022-3491 - vim-filesystem, vim-common and 3 more`; the packages stand below anyway.
    named = finding.title.removeprefix(f"{finding.vulnerability} - ").split(" and ")[0].split(", ")
    return {*named} <= {package.name for package in finding.packages}


def _details(finding: Finding) -> tuple[str, ...]:
    if finding.type == FindingType.CONFIGURATION:
        return (shortened(finding.remediation, _DETAIL),) if finding.remediation else ()
    # Packages built together share their versions: one detail names them all.
    built: dict[str, list[str]] = {}
    for package in finding.packages:
        built.setdefault(_versions(package), []).append(package.name)
    details = [shortened(f"{', '.join(names)} {versions}", _DETAIL) for versions, names in built.items()]
    rest = len(details) - _PACKAGES
    return (*details[:_PACKAGES], *([f"and {rest} more versions"] if rest > 0 else []))


def _versions(package: Package) -> str:
    fixed = f"fixed in {package.fixed_in}" if is_fixed(package) else "no fixed version"
    where = f" ({' '.join(filter(None, (package.manager, package.file_path)))})" if package.manager != "OS" else ""
    return f"{package.installed or 'version unknown'} → {fixed}{where.replace(' ()', '')}"
