"""What remains, by kind: why patching did not remove it, what to do next, who must act, and every finding."""

from collections import Counter
from dataclasses import dataclass

from postpatch.model import Finding, FindingType, Package
from postpatch.report.view.listing import Line, Lines, Listing, Room, line, port_in_words
from postpatch.report.words import shortened
from postpatch.verdict.delta import Delta
from postpatch.verdict.findings import Stories, in_words, remaining
from postpatch.verdict.residuals import EXPLANATIONS, Explanation, Kind, is_fixed

# A report of 10,000 remaining findings, none like another, fits into this and stays under 4 MB.
_LISTS = 2_900_000
_DETAIL = 240
_PACKAGES = 6
_PROOFS = 4
# What nobody has explained is read first, then what patching should have removed.
_READING = sorted(Kind, key=lambda kind: (EXPLANATIONS[kind].explained, not EXPLANATIONS[kind].patching_should))


@dataclass(frozen=True)
class Remains:
    """One kind of remaining findings; `hosts` is the number of hosts that have any, `proofs` what settled the kind."""

    explanation: Explanation
    hosts: int
    listing: Listing
    proofs: tuple[str, ...]


def remains(delta: Delta, stories: Stories) -> tuple[Remains, ...]:
    """Return the kinds in the order of reading; what would be unexplained stands there without a finding too."""
    lines: dict[Kind, Lines] = {kind: Lines() for kind in Kind}
    hosts: dict[Kind, set[str]] = {kind: set() for kind in Kind}
    proofs: dict[Kind, Counter[str]] = {kind: Counter() for kind in Kind}
    for one in remaining(delta, stories):
        lines[one.kind].add(_line(one.finding), one.finding.host)
        hosts[one.kind].add(one.finding.host)
        proofs[one.kind][in_words(one.proof)] += 1
    room = Room(_LISTS)
    return tuple(
        Remains(EXPLANATIONS[kind], len(hosts[kind]), lines[kind].listing(room), _most_frequent(proofs[kind]))
        for kind in _READING
        # A zero is an answer where a finding would have been red.
        if hosts[kind] or not EXPLANATIONS[kind].explained
    )


def _most_frequent(proofs: Counter[str]) -> tuple[str, ...]:
    rest = len(proofs) - _PROOFS
    shown = [shortened(proof, _DETAIL) for proof, _ in proofs.most_common(_PROOFS)]
    return (*shown, *([f"and {rest} more like these"] if rest > 0 else []))


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
