"""The policy, `verify.toml`: what must be true. Read once, before collection, with every problem told at once."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from postpatch.errors import BadPolicy
from postpatch.model import ExpectedWindow, MaintenanceWindow, WindowTarget, WindowTask
from postpatch.policy.gate import GatePolicy
from postpatch.policy.inspector import InspectorPolicy, WaitPolicy
from postpatch.policy.patching import PatchingPolicy
from postpatch.policy.scope import ScopePolicy
from postpatch.policy.section import Section
from postpatch.policy.waiver import Waiver, repeated
from postpatch.policy.window import DEFAULT_VERSION, SERVICE_LINKED, TargetPolicy, TaskPolicy, WindowPolicy


class Policy(Section):
    """All that must be true, as `verify.toml` says it."""

    scope: ScopePolicy
    window: WindowPolicy
    target: TargetPolicy
    task: TaskPolicy
    gate: GatePolicy = Field(default_factory=GatePolicy)
    patching: PatchingPolicy = Field(default_factory=PatchingPolicy)
    inspector: InspectorPolicy = Field(default_factory=InspectorPolicy)
    wait: WaitPolicy = Field(default_factory=WaitPolicy)
    waiver: list[Waiver] = Field(default_factory=list)

    @property
    def expected_window(self) -> ExpectedWindow:
        """Return the window, target and task as they are created where they are absent."""
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
        problems = [*(f"{_key(problem['loc'])}: {_words(problem)}" for problem in error.errors()), *problems]
    if problems:
        raise BadPolicy("\n".join(f"{path}: {problem}" for problem in problems))
    return policy


def _key(location: tuple[int | str, ...]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def _words(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        return "is not a key of the policy"
    if problem["type"] == "missing":
        return "is missing"
    if problem["type"] == "date_type":
        return f"must be a date, written without quotes: 2026-12-31 (found {problem['input']!r})"
    return f"{problem['msg']} (found {problem['input']!r})" if "input" in problem else str(problem["msg"])
