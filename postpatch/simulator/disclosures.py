"""News about packages while a world runs: a vulnerability that is disclosed, with or without its fix."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from .facts import Advisory, Facts, Vulnerability, WindowsUpdate
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
        known = facts.vulnerabilities[cve]
        advisory = Advisory(f"ALAS2023-{now.year}-{cve[-4:]}", _AMAZON[known.severity], "Security", now, (cve,), fixed)
        advisories, unfixed = dict(facts.advisories_for), dict(facts.unfixed_in)
        for package in fixes:
            advisories[package] = (*advisories.get(package, ()), advisory)
            unfixed[package] = tuple(known for known in unfixed.get(package, ()) if known != cve)
        return replace(facts, advisories_for=advisories, unfixed_in=unfixed)

    aws.fleet.learn(learn)


def withdraw_fix(aws: "Simulator", *cves: str) -> None:
    """Have Inspector name the fix of vulnerabilities no more: it goes on reporting them where they were not fixed."""

    def without(advisory: Advisory) -> Advisory:
        return replace(advisory, withdrawn=tuple(cve for cve in advisory.cves if cve in cves))

    def learn(facts: Facts) -> Facts:
        known = {package: tuple(map(without, advisories)) for package, advisories in facts.advisories_for.items()}
        return replace(facts, advisories_for=known)

    aws.fleet.learn(learn)


def replace_update(aws: "Simulator", old: str, new: WindowsUpdate) -> None:
    """Release an update of Windows that replaces another; the vendor lists the old one's CVEs under the new one."""

    def learn(facts: Facts) -> Facts:
        if all(update.kb != old for update in facts.updates):
            return facts
        kept = tuple(replace(update, cves=()) if update.kb == old else update for update in facts.updates)
        moved = next(update.cves for update in facts.updates if update.kb == old)
        later = replace(new, cves=(*moved, *new.cves), supersedes=(*new.supersedes, old), released=aws.now())
        return replace(facts, updates=(*kept, later))

    aws.fleet.learn(learn)


def take_into_catalogue(aws: "Simulator", cve: str, due: datetime | None = None) -> None:
    """Have CISA take a vulnerability into its catalogue of those that are known to be exploited, with a due date."""
    now = aws.now()

    def learn(facts: Facts) -> Facts:
        known = facts.vulnerabilities
        return replace(facts, vulnerabilities=known | {cve: replace(known[cve], exploited_since=now, due=due)})

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
