"""A finding about Windows as ListFindings writes it: of an update that is not installed, or of one of its CVEs.

Since March 2026 Inspector reports one finding for each update, with the CVEs in `relatedVulnerabilities`, the highest
score among them, and whether any of them is exploited (Inspector user guide, "Finding types"). Before, it reported each
CVE. What `vulnerablePackages` of either holds was not seen anywhere, so there are none.
"""

from ..facts import Facts, Vulnerability, WindowsUpdate
from .finding import Finding, Wire
from .scoring import score_of

_SEVERITIES = ("UNTRIAGED", "INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")


def render_update(finding: Finding, update: WindowsUpdate, facts: Facts) -> Wire:
    """Write the part of a finding that is about Windows."""
    cves = (finding.of.cve,) if finding.of.cve else update.cves
    known = [facts.vulnerabilities[cve] for cve in cves]
    worst = max(known, key=lambda one: one.score or 0.0)
    wire: Wire = {
        "title": finding.key,
        "description": worst.summary if finding.of.cve else update.description,
        "severity": max((one.severity for one in known), key=_SEVERITIES.index),
        "remediation": {"recommendation": {"text": "None Provided"}},
        "fixAvailable": finding.fix_available,
        "exploitAvailable": "YES" if any(one.exploit_available for one in known) else "NO",
        "packageVulnerabilityDetails": _details(finding, update, facts, known),
    }
    return wire | (score_of(worst) if worst.score is not None else {})


def _details(finding: Finding, update: WindowsUpdate, facts: Facts, known: list[Vulnerability]) -> Wire:
    number = update.kb.removeprefix("KB")
    return {
        "vulnerabilityId": finding.key,
        "source": facts.system.source,
        "sourceUrl": f"https://support.microsoft.com/help/{number}",
        "vendorSeverity": update.severity,
        "vendorCreatedAt": min(one.published for one in known),
        "vendorUpdatedAt": update.released,
        "cvss": [],
        "relatedVulnerabilities": [] if finding.of.cve else list(update.cves),
        "referenceUrls": [
            f"https://support.microsoft.com/help/{number}",
            f"https://catalog.update.microsoft.com/v7/site/Search.aspx?q={update.kb}",
        ],
    }
