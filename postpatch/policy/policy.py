"""The policy, `verify.toml`: what must be true. It is read once, before collection, and all problems are reported."""

import math
import re
import tomllib
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, Field, ValidationError

from postpatch.errors import BadPolicy, did_you_mean
from postpatch.model import ExpectedWindow, MaintenanceWindow, WindowTarget, WindowTask
from postpatch.policy.gate import GatePolicy
from postpatch.policy.inspector import InspectorPolicy, WaitPolicy
from postpatch.policy.patching import PatchingPolicy
from postpatch.policy.schedule import longest_gap
from postpatch.policy.scope import ScopePolicy
from postpatch.policy.section import Section
from postpatch.policy.waiver import Waiver, repeated
from postpatch.policy.window import DEFAULT_VERSION, SERVICE_LINKED, TargetPolicy, TaskPolicy, WindowPolicy

# A month and some days, for a window that has not opened yet; and what a recurring run may be late.
_UNOPENED = 35
_GRACE = timedelta(days=2)
_QUOTED = re.compile(r"'([^']+)'")  # each value that pydantic names as expected


class Policy(Section):
    """Everything that must be true, as `verify.toml` states it."""

    scope: ScopePolicy
    window: WindowPolicy
    target: TargetPolicy
    task: TaskPolicy
    gate: GatePolicy = Field(default_factory=GatePolicy)
    patching: PatchingPolicy = Field(default_factory=PatchingPolicy)
    inspector: InspectorPolicy = Field(default_factory=InspectorPolicy)
    wait: WaitPolicy = Field(default_factory=WaitPolicy)
    waiver: list[Waiver] = Field(default_factory=list)

    def patching_within_days(self, now: datetime) -> int:
        """Return how many days old the newest Install may be at a moment."""
        if self.patching.within_days is not None:
            return self.patching.within_days
        opens = datetime.combine(self.window.start, time(), UTC) if self.window.start else now
        gap = longest_gap(self.window.expected, now) if opens <= now else None
        return _UNOPENED if gap is None else math.ceil((gap + _GRACE) / timedelta(days=1))

    @property
    def expected_window(self) -> ExpectedWindow:
        """Return the window, target and task as they are created if they do not exist."""
        window, task = self.window, self.task
        return ExpectedWindow(
            MaintenanceWindow(
                id="",
                name=window.name,
                schedule=window.expression,
                duration=window.duration_hours,
                cutoff=window.cutoff_hours,
                enabled=True,
                allow_unassociated_targets=window.allow_unassociated_targets,
                start_date=f"{window.start.isoformat()}T00:00:00Z" if window.start else "",
                time_zone=window.time_zone,
            ),
            WindowTarget("", self.target.name, "INSTANCE", self.target.selectors),
            WindowTask(
                id="",
                name=task.name,
                type="RUN_COMMAND",
                document=task.document,
                targets=(),
                max_concurrency=task.max_concurrency,
                max_errors=task.max_errors,
                priority=task.priority,
                cutoff_behavior=task.cutoff_behavior,
                service_role="" if task.service_role == SERVICE_LINKED else task.service_role,
                parameters=tuple(sorted((name, tuple(values)) for name, values in task.parameters.items())),
                timeout_seconds=task.timeout_seconds,
                document_version="" if task.document_version == DEFAULT_VERSION else task.document_version,
            ),
        )


def load_policy(path: Path) -> Policy:
    """Read the policy at `path`; BadPolicy lists every unknown key, wrong type and impossible value with its path."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"{path}: is not TOML: {error}") from error
    problems = [*repeated(document.get("waiver"))]
    try:
        policy = Policy.model_validate(document)
    except ValidationError as error:
        problems = [*(f"{_key(problem['loc'])}: {_words(problem, document)}" for problem in error.errors()), *problems]
    if problems:
        raise BadPolicy("\n".join(f"{path}: {problem}" for problem in problems))
    return policy


def _key(location: tuple[int | str, ...]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def _words(problem: Any, document: dict[str, Any]) -> str:
    if problem["type"] == "extra_forbidden":
        *section, given = problem["loc"]
        return f"is not a key of the policy.{did_you_mean(str(given), _absent_keys(section, document))}"
    if problem["type"] == "missing":
        return "is missing"
    if problem["type"] == "date_type":
        return f"must be a date, written without quotes: 2026-12-31 (found {problem['input']!r})"
    found = f"{problem['msg']} (found {problem['input']!r})" if "input" in problem else str(problem["msg"])
    choices = _QUOTED.findall(str(problem.get("ctx", {}).get("expected", "")))
    return found + did_you_mean(str(problem.get("input", "")), choices)


def _absent_keys(section: list[int | str], document: dict[str, Any]) -> set[str]:
    # The keys of the section in which an unknown one was found, but for those that are there already.
    model: type[BaseModel] = Policy
    given: Any = document
    for part in section:
        given = given[part]
        if isinstance(part, str):
            model = _section_of(model, part)
    return set(model.model_fields) - set(given)


def _section_of(model: type[BaseModel], key: str) -> type[BaseModel]:
    kinds = [model.model_fields[key].annotation]
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
        kinds += get_args(kind)
    return Section
