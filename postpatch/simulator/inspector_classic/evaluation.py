"""Evaluating a run: from what the agents sent to findings, placeholders and exclusions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..clock import Clock
from ..facts import Facts, Vulnerability
from ..hosts.fleet import Fleet
from ..inspector2.vulnerabilities import VulnerablePackage, find_vulnerable
from .agents import SUPPORTED_PLATFORMS
from .best_practices import broken_rules
from .exclusion_types import (
    AGENT_NOT_FOUND,
    AGENT_UNHEALTHY,
    EVALUATION_ERROR,
    NETWORK_ERROR,
    NO_INSTANCES,
    UNSUPPORTED_OS,
    ExclusionType,
)
from .records import Agent, Exclusion, Finding, Records, Run
from .rules_packages import BEST_PRACTICES, CVE, NETWORK, RulesPackage

# CVSS v3's own bounds. The sample of the tutorial agrees: CVE-2018-14647, 7.5, is High.
_HIGH, _MEDIUM = 7.0, 4.0


@dataclass(frozen=True)
class Issue:
    """What one rule found on one host."""

    agent: Agent
    rule: str
    title: str
    description: str
    recommendation: str
    severity: str
    attributes: dict[str, str]


class Evaluation:
    """Evaluate the rules packages of a run, and note what could not be looked at."""

    def __init__(self, records: Records, packages: Mapping[str, RulesPackage], fleet: Fleet, clock: Clock) -> None:
        self._records, self._packages, self._fleet, self._clock = records, packages, fleet, clock
        self._evaluators: dict[str, Callable[[Agent], Iterator[Issue]]] = {
            CVE: self._vulnerabilities,
            BEST_PRACTICES: _practices,
        }

    def evaluate(self, run: Run, *, broken: bool) -> str:
        """Evaluate a run, and name the state that it ends in.

        COMPLETED_WITH_ERRORS is a run of which an agent sent nothing although it is there, or a rules package that is
        not simulated; `broken` is an evaluation that fails as a whole.
        """
        self.exclude(run)
        if broken:
            for arn in run.template.rules_packages:
                self._exclude(run, EVALUATION_ERROR, ("RULES_PACKAGE_ARN", arn))
            return "ERROR"
        complete = all(agent.inventory or agent.health == "UNKNOWN" for agent in run.agents)
        telling = [agent for agent in run.agents if agent.inventory]
        for arn in run.template.rules_packages:
            key = self._packages[arn].key
            if key not in self._evaluators:
                # Never a placeholder, which would say that it was looked at and nothing was found.
                self._exclude(run, NETWORK_ERROR if key == NETWORK else EVALUATION_ERROR, ("RULES_PACKAGE_ARN", arn))
                complete = False
                continue
            issues = [issue for agent in telling for issue in self._evaluators[key](agent)]
            for issue in issues:
                self._report(run, arn, issue)
            if telling and not issues:
                self._report_nothing(run, arn)
        return "COMPLETED" if complete and telling else "COMPLETED_WITH_ERRORS"

    def exclude(self, run: Run) -> None:
        """Note the hosts that a run could not look at."""
        if not run.agents:
            for arn in run.template.rules_packages:
                self._exclude(run, NO_INSTANCES, ("RULES_PACKAGE_ARN", arn))
        for agent in run.agents:
            if why := _why_excluded(agent):
                self._exclude(run, why, ("INSTANCE_ID", agent.asset.agent_id))

    def _vulnerabilities(self, agent: Agent) -> Iterator[Issue]:
        host = self._fleet.host(agent.asset.agent_id)
        if host is None or agent.inventory is None:
            return
        facts: Facts = self._fleet.facts(host)
        found = find_vulnerable(agent.inventory, facts, agent.inventory.captured_at)
        for cve, packages in sorted(found.items()):
            yield _vulnerable(agent, facts.vulnerabilities[cve], packages)

    def _report(self, run: Run, rules_package: str, issue: Issue) -> None:
        now = self._clock.now()
        finding = Finding(
            arn=self._records.arns.make("finding", run.arn),
            run_arn=run.arn,
            rules_package=rules_package,
            rule=issue.rule,
            title=f"Instance {issue.agent.asset.agent_id} {issue.title}",
            description=issue.description,
            recommendation=issue.recommendation,
            severity=issue.severity,
            asset=issue.agent.asset,
            attributes={"INSTANCE_ID": issue.agent.asset.agent_id} | issue.attributes,
            user_attributes=dict(run.template.user_attributes),
            created_at=now,
            updated_at=now,
        )
        self._records.findings[finding.arn] = finding

    def _report_nothing(self, run: Run, rules_package: str) -> None:
        # Word for word as in botocore's example of DescribeFindings.
        now = self._clock.now()
        finding = Finding(
            arn=self._records.arns.make("finding", run.arn),
            run_arn=run.arn,
            rules_package=rules_package,
            rule=None,
            title="No potential security issues found",
            description="Amazon Inspector did not find any potential security issues during this assessment.",
            recommendation="No remediation needed.",
            severity="Informational",
            asset=None,
            attributes={},
            user_attributes=dict(run.template.user_attributes),
            created_at=now,
            updated_at=now,
        )
        self._records.findings[finding.arn] = finding

    def _exclude(self, run: Run, kind: ExclusionType, *scopes: tuple[str, str]) -> None:
        arn = self._records.arns.make("exclusion", run.arn)
        self._records.exclusions[arn] = Exclusion(arn, kind.title, kind.description, kind.recommendation, scopes)


def _why_excluded(agent: Agent) -> ExclusionType | None:
    if agent.platform not in SUPPORTED_PLATFORMS:
        return UNSUPPORTED_OS
    if agent.health == "UNKNOWN":
        return AGENT_NOT_FOUND
    return AGENT_UNHEALTHY if agent.health == "UNHEALTHY" else None


def _practices(agent: Agent) -> Iterator[Issue]:
    for rule in broken_rules(agent.settings):
        yield Issue(agent, rule.name, rule.finding, rule.description, rule.recommendation, rule.severity, {})


def _vulnerable(agent: Agent, cve: Vulnerability, packages: tuple[VulnerablePackage, ...]) -> Issue:
    attributes = {"CVE_ID": cve.id, "package_name": packages[0].name}
    if cve.score_v2 is not None:
        attributes["CVSS2_SCORE"] = f"{cve.score_v2:.1f}"
    if cve.score is not None:
        attributes["CVSS3_SCORE"] = f"{cve.score:.1f}"
    return Issue(
        agent,
        cve.id,
        f"is vulnerable to {cve.id}",
        cve.summary,
        _advice(cve.id, packages),
        _severity(cve.score if cve.score is not None else cve.score_v2),
        attributes,
    )


def _advice(cve: str, packages: tuple[VulnerablePackage, ...]) -> str:
    # It names what is installed, `name-epoch:version-release`, and never what to install instead.
    named = ", ".join(f"{each.name}-{each.epoch}:{each.version}-{each.release}" for each in packages)
    source = f"https://cve.mitre.org/cgi-bin/cvename.cgi?name={cve}"
    return (
        f"Use your Operating System's update feature to update package {named}. "
        f"For more information see [{source}]({source})"
    )


def _severity(score: float | None) -> str:
    if score is None:
        return "Undefined"
    return "High" if score >= _HIGH else "Medium" if score >= _MEDIUM else "Low"
