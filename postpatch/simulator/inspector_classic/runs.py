"""Assessment runs: how they start, the states they go through on the simulated clock, and how they end."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from ..clock import Clock
from .agents import Agents
from .errors import agents_already_running, invalid_input, limit_exceeded
from .evaluation import Evaluation
from .records import COLLECTING, Agent, Records, Run, Template

# Amazon Inspector service limits, per account and Region.
RUN_QUOTA = 50_000
RUNNING_INSTANCES_QUOTA = 500

Step = tuple[timedelta, str]

# The states in the order of botocore's example of DescribeAssessmentRuns; the times between them are about those that
# the console showed. What happens before an end is evaluated at that end, so the end itself is not among them.
_BEGINNING: tuple[Step, ...] = (
    (timedelta(seconds=5), "START_DATA_COLLECTION_PENDING"),
    (timedelta(seconds=10), "START_DATA_COLLECTION_IN_PROGRESS"),
    (timedelta(seconds=30), "COLLECTING_DATA"),
)
_AFTER_COLLECTION: tuple[Step, ...] = (
    (timedelta(seconds=60), "DATA_COLLECTED"),
    (timedelta(seconds=30), "EVALUATING_RULES"),
    (timedelta(seconds=90), ""),
)
# A run that was stopped by hand waits for the evaluation, which was planned for later.
_AFTER_STOP: tuple[Step, ...] = (
    (timedelta(seconds=60), "DATA_COLLECTED"),
    (timedelta(seconds=15), "START_EVALUATING_RULES_PENDING"),
    (timedelta(seconds=30), "EVALUATING_RULES"),
    (timedelta(seconds=90), ""),
)


class Runs:
    """Start runs, carry them through their states, and stop them.

    `breaks` is a world's way to let a run break: FAILED while the data collection starts, or ERROR while the rules
    are evaluated; it holds for every run that comes there.
    """

    def __init__(self, records: Records, agents: Agents, evaluation: Evaluation, clock: Clock) -> None:
        self.breaks: str | None = None
        self._records, self._agents, self._evaluation, self._clock = records, agents, evaluation, clock

    def start(self, template: Template, name: str | None) -> Run:
        """Start a run of a template.

        Refuses a second run of one name, a template without rules packages, hosts that are in a running assessment,
        and what is above the limits.
        """
        now = self._clock.now()
        name = name or f"Run - {template.name} - {now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"
        if any(run.name == name for run in self._records.runs_of(template)):
            # The model has no code for the name of a run; this is the one for the name that a run's belongs to.
            message = f"There is an assessment run {name} of this template already"
            raise invalid_input("ASSESSMENT_TEMPLATE_NAME_ALREADY_TAKEN", message)
        if not template.rules_packages:
            message = "The assessment template names no rules package to evaluate"
            raise invalid_input("INVALID_NUMBER_OF_RULES_PACKAGE_ARNS", message)
        agents = self._agents.of(template.target)
        self._refuse_overlap(agents)
        run = Run(self._records.arns.make("run", template.arn), name, template, now, agents)
        self._records.runs[run.arn] = run
        self._enter(run, "CREATED")
        self._follow(run, _BEGINNING)
        return run

    def stop(self, run: Run, *, skip_evaluation: bool) -> None:
        """Stop a run: evaluate what was collected until now, or cancel it at once and find nothing."""
        if run.ended or (run.state not in COLLECTING and not skip_evaluation):
            message = f"The assessment run is {run.state}; there is nothing to stop"
            raise invalid_input("INVALID_ASSESSMENT_RUN_STATE", message)
        run.plan += 1
        if skip_evaluation:
            self._end(run, "CANCELED")
        else:
            self._stop_collecting(run, _AFTER_STOP)

    def going_on(self) -> list[Run]:
        """List the runs that have not ended."""
        return [run for run in self._records.runs.values() if not run.ended]

    def _refuse_overlap(self, agents: Sequence[Agent]) -> None:
        running: Mapping[str, str] = {agent.asset.agent_id: run.arn for run in self.going_on() for agent in run.agents}
        wanted = [agent.asset.agent_id for agent in agents]
        if busy := [(agent, running[agent]) for agent in wanted if agent in running]:
            raise agents_already_running(busy)
        if len(self._records.runs) >= RUN_QUOTA:
            message = f"The limit of {RUN_QUOTA} assessment runs is reached"
            raise limit_exceeded("ASSESSMENT_RUN_LIMIT_EXCEEDED", message)
        if len(running) + len(wanted) > RUNNING_INSTANCES_QUOTA:
            message = f"The limit of {RUNNING_INSTANCES_QUOTA} instances in running assessments is reached"
            raise limit_exceeded("ASSESSMENT_RUN_LIMIT_EXCEEDED", message)

    def _follow(self, run: Run, steps: Sequence[Step]) -> None:
        (delay, state), *rest = steps
        plan = run.plan

        def happen() -> None:
            if run.plan == plan:
                self._happen(run, state, rest)

        self._clock.after(delay, happen)

    def _happen(self, run: Run, state: str, rest: Sequence[Step]) -> None:
        if not state:
            self._end(run, self._evaluation.evaluate(run, broken=self.breaks == "ERROR"))
            return
        if state == "START_DATA_COLLECTION_IN_PROGRESS" and (self.breaks == "FAILED" or not run.agents):
            self._evaluation.exclude(run)
            self._end(run, "FAILED")
            return
        self._enter(run, state)
        if rest:
            self._follow(run, rest)
        elif state == "COLLECTING_DATA":
            run.started_at = self._clock.now()
            self._collect_for(run, timedelta(seconds=run.template.duration))

    def _collect_for(self, run: Run, duration: timedelta) -> None:
        plan = run.plan

        def stop() -> None:
            if run.plan == plan:
                self._stop_collecting(run, _AFTER_COLLECTION)

        self._clock.after(duration, stop)

    def _stop_collecting(self, run: Run, steps: Sequence[Step]) -> None:
        for agent in run.agents:
            self._agents.collect(agent, self._clock.now())
        self._enter(run, "STOP_DATA_COLLECTION_PENDING")
        self._follow(run, steps)

    def _enter(self, run: Run, state: str) -> None:
        run.changes.append((self._clock.now(), state))
        run.data_collected = run.data_collected or state == "DATA_COLLECTED"

    def _end(self, run: Run, state: str) -> None:
        self._enter(run, state)
        run.completed_at = self._clock.now()
