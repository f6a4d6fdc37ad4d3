"""StartAssessmentRun and what follows: the runs themselves and their agents."""

from collections import Counter
from typing import Any

from ..wire.front import Operations
from ..wire.reading import Params
from .arns import RUN
from .listing import MOST_RESULTS, Lists, check_range, describe, falls_within, lasts_within, named_like
from .records import Agent, Records, Run
from .runs import Runs
from .templates import attributes

_SEVERITIES = ("High", "Medium", "Low", "Informational", "Undefined")
_TIME_RANGES = {
    "startTimeRange": "INVALID_ASSESSMENT_RUN_START_TIME_RANGE",
    "completionTimeRange": "INVALID_ASSESSMENT_RUN_COMPLETION_TIME_RANGE",
    "stateChangeTimeRange": "INVALID_ASSESSMENT_RUN_STATE_CHANGE_TIME_RANGE",
}


class RunOperations:
    """Answer what callers ask about assessment runs."""

    def __init__(self, runs: Runs, records: Records, lists: Lists) -> None:
        self._runs, self._records, self._lists = runs, records, lists

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "StartAssessmentRun": self.start,
            "StopAssessmentRun": self.stop,
            "DeleteAssessmentRun": self.delete,
            "DescribeAssessmentRuns": self.describe,
            "ListAssessmentRuns": self.list,
            "ListAssessmentRunAgents": self.list_agents,
        }

    def start(self, params: Params) -> dict[str, Any]:
        """Start a run of a template."""
        template = self._records.template(params["assessmentTemplateArn"])
        return {"assessmentRunArn": self._runs.start(template, params.get("assessmentRunName")).arn}

    def stop(self, params: Params) -> dict[str, Any]:
        """Stop a run, and evaluate it (the default) or cancel it."""
        run = self._records.run(params["assessmentRunArn"])
        self._runs.stop(run, skip_evaluation=params.get("stopAction") == "SKIP_EVALUATION")
        return {}

    def delete(self, params: Params) -> dict[str, Any]:
        """Delete a run with its findings, unless it goes on."""
        self._records.delete(self._records.run(params["assessmentRunArn"]).arn)
        return {}

    def describe(self, params: Params) -> dict[str, Any]:
        """Describe up to ten runs."""
        records = self._records
        found, failed = describe(records.arns, RUN, params["assessmentRunArns"], records.runs)
        return {"assessmentRuns": [self._row(run) for run in found], "failedItems": failed}

    def list(self, params: Params) -> dict[str, Any]:
        """List the ARNs of runs by template and filter."""
        wanted = params.get("filter", {})
        check_range(wanted.get("durationRange"), "minSeconds", "maxSeconds", "INVALID_ASSESSMENT_RUN_DURATION_RANGE")
        for name, code in _TIME_RANGES.items():
            check_range(wanted.get(name), "beginDate", "endDate", code)
        templates = [self._records.template(arn).arn for arn in params.get("assessmentTemplateArns", [])]

        def rows() -> list[str]:
            return [
                arn
                for arn, run in self._records.runs.items()
                if (not templates or run.template.arn in templates) and _passes(run, wanted)
            ]

        found, token = self._lists.cut("ListAssessmentRuns", params, rows)
        return {"assessmentRunArns": found, "nextToken": token}

    def list_agents(self, params: Params) -> dict[str, Any]:
        """List the agents of a run by health."""
        run = self._records.run(params["assessmentRunArn"])
        wanted = params.get("filter", {})
        healths, codes = wanted.get("agentHealths", ()), wanted.get("agentHealthCodes", ())

        def rows() -> list[dict[str, Any]]:
            return [
                _agent(run, agent)
                for agent in run.agents
                if (not healths or agent.health in healths) and (not codes or agent.code in codes)
            ]

        found, token = self._lists.cut("ListAssessmentRunAgents", params, rows, most=MOST_RESULTS)
        return {"assessmentRunAgents": found, "nextToken": token}

    def _row(self, run: Run) -> dict[str, Any]:
        counts = Counter(finding.severity for finding in self._records.findings_of(run))
        return {
            "arn": run.arn,
            "name": run.name,
            "assessmentTemplateArn": run.template.arn,
            "state": run.state,
            "durationInSeconds": run.template.duration,
            "rulesPackageArns": list(run.template.rules_packages),
            "userAttributesForFindings": attributes(run.template.user_attributes),
            "createdAt": run.created_at,
            "startedAt": run.started_at,
            "completedAt": run.completed_at,
            "stateChangedAt": run.changes[-1][0],
            "dataCollected": run.data_collected,
            "stateChanges": [{"stateChangedAt": moment, "state": state} for moment, state in run.changes],
            # Notifications tell of event subscriptions, of which there are none here.
            "notifications": [],
            "findingCounts": {severity: counts[severity] for severity in _SEVERITIES},
        }


def _passes(run: Run, wanted: dict[str, Any]) -> bool:
    return (
        named_like(wanted.get("namePattern"), run.name)
        and (not wanted.get("states") or run.state in wanted["states"])
        and lasts_within(wanted.get("durationRange"), run.template.duration)
        and set(wanted.get("rulesPackageArns", ())) <= set(run.template.rules_packages)
        and falls_within(wanted.get("startTimeRange"), run.started_at)
        and falls_within(wanted.get("completionTimeRange"), run.completed_at)
        and falls_within(wanted.get("stateChangeTimeRange"), run.changes[-1][0])
    )


def _agent(run: Run, agent: Agent) -> dict[str, Any]:
    return {
        "agentId": agent.asset.agent_id,
        "assessmentRunArn": run.arn,
        "agentHealth": agent.health,
        "agentHealthCode": agent.code,
        "autoScalingGroup": agent.asset.group,
        # The model requires the list; what an agent measured of itself is not simulated.
        "telemetryMetadata": [],
    }
