"""News about packages while a world runs: a vulnerability that is disclosed, with or without its fix."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from .facts import Advisory, Facts, Vulnerability
from .hosts.rpm import Evr

if TYPE_CHECKING:
    from .simulator import Simulator

# Any that gives the score; which way in it was plays no part here.
_VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
_SCORES = {"CRITICAL": 9.8, "HIGH": 8.1, "MEDIUM": 5.5, "LOW": 3.3}
_AMAZON = {"CRITICAL": "Critical", "HIGH": "Important", "MEDIUM": "Medium", "LOW": "Low"}


def disclose(aws: "Simulator", cve: str, severity: str, fixes: Mapping[str, str | None]) -> None:
    """Disclose a vulnerability now. `fixes` maps each package to its fixed version; None: there is no fix."""
    now = aws.now()
    vulnerability = Vulnerability(
        id=cve,
        severity=severity,
        score=_SCORES[severity],
        vector=_VECTOR,
        published=now,
        summary=f"A flaw in {', '.join(fixes)}.",
        exploit_available=False,
        epss=None,
    )
    fixed = {package: Evr.parse(version) for package, version in fixes.items() if version}
    advisory = Advisory(f"ALAS2023-{now.year}-{cve[-4:]}", _AMAZON[severity], "Security", now, (cve,), fixed)

    def learn(facts: Facts) -> Facts:
        advisories, unfixed = dict(facts.advisories_for), dict(facts.unfixed_in)
        for package, version in fixes.items():
            if version:
                advisories[package] = (*advisories.get(package, ()), advisory)
            else:
                unfixed[package] = (*unfixed.get(package, ()), cve)
        known = facts.vulnerabilities | {cve: vulnerability}
        return replace(facts, vulnerabilities=known, advisories_for=advisories, unfixed_in=unfixed)

    aws.fleet.learn(learn)


def release_fix(aws: "Simulator", cve: str, fixes: Mapping[str, str]) -> None:
    """Release the fix of a vulnerability that had none in these packages, now; `fixes` maps each to its version."""
    now = aws.now()
    fixed = {package: Evr.parse(version) for package, version in fixes.items()}

    def learn(facts: Facts) -> Facts:
        severity = _AMAZON[facts.vulnerabilities[cve].severity]
        advisory = Advisory(f"ALAS2023-{now.year}-{cve[-4:]}", severity, "Security", now, (cve,), fixed)
        advisories, unfixed = dict(facts.advisories_for), dict(facts.unfixed_in)
        for package in fixes:
            advisories[package] = (*advisories.get(package, ()), advisory)
            unfixed[package] = tuple(one for one in unfixed.get(package, ()) if one != cve)
        return replace(facts, advisories_for=advisories, unfixed_in=unfixed)

    aws.fleet.learn(learn)


def take_into_catalogue(aws: "Simulator", cve: str) -> None:
    """Have CISA take a vulnerability into its catalogue of those that are known to be exploited."""
    now = aws.now()

    def learn(facts: Facts) -> Facts:
        known = facts.vulnerabilities
        return replace(facts, vulnerabilities=known | {cve: replace(known[cve], exploited_since=now)})

    aws.fleet.learn(learn)


def rerate(aws: "Simulator", severity: str, cves: Collection[str]) -> None:
    """Have the vendor rate vulnerabilities anew, those of `cves` that are known."""

    def learn(facts: Facts) -> Facts:
        known = facts.vulnerabilities
        anew = {
            cve: replace(known[cve], severity=severity, score=_SCORES[severity], vector=_VECTOR)
            for cve in cves
            if cve in known
        }
        return replace(facts, vulnerabilities=known | anew)

    aws.fleet.learn(learn)
