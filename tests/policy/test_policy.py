"""The policy: the shipped one holds the tutorial's values, and a wrong one is refused with every problem at once."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from postpatch.errors import BadPolicy
from postpatch.model import Scope, Severity
from postpatch.policy import Policy, load_policy
from postpatch.policy.schedule import parse_schedule

Refused = Callable[..., list[str]]


# The tutorial's tables, row by row: what the shipped policy has and what is created from it.
TUTORIAL = [
    ("Type a name for the maintenance window", "pww_mw", lambda wanted: wanted.window.name),
    ("Specify with: Cron schedule builder", "cron", lambda wanted: parse_schedule(wanted.window.schedule).kind),
    ("Window starts: Every 12 hours", timedelta(hours=12), lambda made: parse_schedule(made.window.schedule).interval),
    ("Duration: 1 hour", 1, lambda wanted: wanted.window.duration),
    ("Stop initiating tasks: 0 hours", 0, lambda wanted: wanted.window.cutoff),
    ("Window start date: 12/01/2099", "2099-12-01T00:00:00Z", lambda wanted: wanted.window.start_date),
    ("Schedule time zone: one is selected", True, lambda wanted: bool(ZoneInfo(wanted.window.time_zone))),
    ("Unassociated targets: the console's default", True, lambda wanted: wanted.window.allow_unassociated_targets),
    ("The window is enabled", True, lambda wanted: wanted.window.enabled),
    ("Target name", "pww_targets", lambda wanted: wanted.target.name),
    ("Specify instance tags", "INSTANCE", lambda wanted: wanted.target.resource_type),
    ("Tag key and value", (("tag:aws:cloudformation:stack-name", ("pww",)),), lambda wanted: wanted.target.selectors),
    ("Task name", "pww_task", lambda wanted: wanted.task.name),
    ("Register Run command task", "RUN_COMMAND", lambda wanted: wanted.task.type),
    ("Command document", "AWS-RunPatchBaseline", lambda wanted: wanted.task.document),
    ("Operation, as the screenshot shows", (("Operation", ("Install",)),), lambda wanted: wanted.task.parameters),
    ("Concurrency: 1 targets", "1", lambda wanted: wanted.task.max_concurrency),
    ("Error threshold: 1 errors", "1", lambda wanted: wanted.task.max_errors),
    ("Task priority, as the screenshot shows", 1, lambda wanted: wanted.task.priority),
    ("Timeout, as the screenshot shows", 600, lambda wanted: wanted.task.timeout_seconds),
    ("Service-linked role: none is named", "", lambda wanted: wanted.task.service_role),
]  # fmt: skip


@pytest.mark.parametrize(("row", "value", "found"), TUTORIAL, ids=[row[0] for row in TUTORIAL])
def test_the_shipped_policy_is_the_tutorials(
    shipped: Policy, row: str, value: object, found: Callable[..., Any]
) -> None:
    """Each value of the tutorial's tables is what the shipped policy creates and demands."""
    assert (row, found(shipped.expected_window)) == (row, value)


def test_the_shipped_scope_is_the_tutorials_stack(shipped: Policy) -> None:
    """The hosts of the stack pww are judged; nothing is waived."""
    assert shipped.scope.scope == Scope("stack", ("pww",))
    assert str(shipped.scope.scope) == "stack pww"
    assert shipped.window.start == date(2099, 12, 1)
    assert shipped.waiver == []


def test_what_may_be_left_out(write: Callable[..., Path]) -> None:
    """Without gate, wait and waivers the documented defaults hold."""
    policy = load_policy(write(gate=None, wait=None))
    assert policy.gate.severity is Severity.LOW
    assert (policy.wait.minutes, policy.wait.poll_seconds) == (90, 30)
    assert policy.waiver == []


@pytest.mark.parametrize(
    ("kind", "value", "scope"),
    [
        ("stack", "pww", "stack pww"),
        ("tag", {"key": "Env", "value": "prod"}, "tag Env=prod"),
        ("auto_scaling_group", "web", "auto scaling group web"),
        ("instances", ["i-00000002", "i-0123456789abcdef0"], "instances i-00000002, i-0123456789abcdef0"),
    ],
)
def test_each_kind_of_scope(write: Callable[..., Path], kind: str, value: object, scope: str) -> None:
    """A stack, a tag, a group or ids: one of them says which hosts are judged."""
    assert str(load_policy(write(scope={"stack": None, kind: value})).scope.scope) == scope


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "ap-southeast-2", "cn-north-1", "eusc-de-east-1"])
def test_every_partitions_regions_are_regions(write: Callable[..., Path], region: str) -> None:
    """No region of any partition is refused."""
    assert load_policy(write(scope={"region": region})).scope.region == region


SCHEDULED = {"every_hours": None}
BY_IDS = {"stack": None}
PROBLEMS = [
    ("window", {"durtion": 1}, "window.durtion: is not a key of the policy"),
    ("extra", {"key": 1}, "extra: is not a key of the policy"),
    ("window", {"duration_hours": None}, "window.duration_hours: is missing"),
    ("task", None, "task: is missing"),
    ("window", {"duration_hours": "1"}, "window.duration_hours: Input should be a valid integer"),
    ("task", {"max_concurrency": 1}, "task.max_concurrency: Input should be a valid string"),
    ("window", {"start": "2099-12-01"}, "window.start: must be a date, written without quotes"),
    ("window", {"cutoff_hours": 1}, "window.cutoff_hours: must be below duration_hours (1)"),
    ("window", {"duration_hours": 25}, "window.duration_hours: Input should be less than"),
    ("window", {"every_hours": 5}, "window.every_hours: Input should be 1, 2, 3, 4, 6, 8, 12 or 24"),
    ("window", SCHEDULED | {"schedule": "cron(0 0 * *)"}, "window.schedule: 'cron(0 0 * *)' has 4 fields"),
    ("window", SCHEDULED | {"schedule": "cron(0/4 * * * ? *)"}, "window.schedule: 'cron(0/4 * * * ? *)' fires more"),
    ("window", SCHEDULED | {"schedule": "cron(0,3 2 ? * 1 *)"}, "window.schedule: 'cron(0,3 2 ? * 1 *)' fires more"),
    ("window", SCHEDULED | {"schedule": "rate(4 minutes)"}, "window.schedule: 'rate(4 minutes)' fires more often"),
    ("window", {"schedule": "rate(12 hours)"}, "window: give exactly one of every_hours, schedule"),
    ("window", {"every_hours": None}, "window: give exactly one of every_hours, schedule"),
    ("window", {"time_zone": "Mars/Olympus"}, "window.time_zone: 'Mars/Olympus' is no IANA time zone"),
    ("window", {"time_zone": ""}, "window.time_zone: '' is no IANA time zone"),
    ("window", {"name": "ab"}, "window.name: must be 3 to 128 letters"),
    ("window", {"name": "pww mw"}, "window.name: must be 3 to 128 letters"),
    ("scope", {"tag": {"key": "Env", "value": "prod"}}, "scope: name exactly one of stack, tag, auto_scaling_group,"),
    ("scope", BY_IDS, "scope: name exactly one of stack, tag, auto_scaling_group, instances"),
    ("scope", BY_IDS | {"instances": ["i-12"]}, "scope.instances[0]: must be an instance id, such as i-"),
    ("scope", BY_IDS | {"instances": []}, "scope.instances: List should have at least 1 item"),
    ("scope", {"account": "12345678901"}, "scope.account: must be 12 digits, such as 123456789012"),
    ("scope", {"account": 123456789012}, "scope.account: Input should be a valid string"),
    ("scope", {"region": "Virginia"}, "scope.region: must be the code of a Region, such as us-east-1"),
    ("target", {"tags": {}}, "target.tags: Dictionary should have at least 1 item"),
    ("target", {"tags": {"Name": []}}, "target.tags.Name: List should have at least 1 item"),
    ("task", {"max_concurrency": "0"}, "task.max_concurrency: must be a number from 1 on"),
    ("task", {"max_errors": "101%"}, "task.max_errors: must be a number from 0 on"),
    ("task", {"timeout_seconds": 29}, "task.timeout_seconds: Input should be greater than"),
    ("task", {"cutoff_behavior": "STOP"}, "task.cutoff_behavior: Input should be 'CONTINUE_TASK' or 'CANCEL_TASK'"),
    ("task", {"service_role": "pww-operator"}, "task.service_role: must be service-linked, or the ARN of a role"),
    ("task", {"parameters": {"Operation": "Install"}}, "task.parameters.Operation: Input should be a valid list"),
    ("wait", {"minutes": 0}, "wait.minutes: Input should be greater than"),
]  # fmt: skip


@pytest.mark.parametrize(("section", "changes", "words"), PROBLEMS, ids=[row[2] for row in PROBLEMS])
def test_a_wrong_value_is_refused_by_its_key(
    refused: Refused, section: str, changes: dict[str, Any] | None, words: str
) -> None:
    """Each value that cannot be is refused alone, by the path of its key and with what is wrong."""
    (problem,) = refused(**{section: changes})
    assert problem.startswith(words)


def test_all_problems_are_told_at_once(refused: Refused) -> None:
    """A person fixes the policy once: every problem of every section is in the one error, each with its key."""
    waiver = {"package": "vim", "reason": "not reachable", "approver": "CISO", "expires": date(2027, 6, 1)}
    problems = refused(
        scope={"tag": {"key": "Env", "value": "prod"}},
        window={"cutoff_hours": 3, "time_zone": "Mars/Olympus", "every_hours": None, "schedule": "cron(61 0 * * ? *)"},
        target={"tags": {"Name": []}, "colour": "blue"},
        task={"max_concurrency": 1, "priority": -1},
        gate={"severity": "SEVERE"},
        waiver=[waiver | {"reason": None}, waiver],
        extra={"key": 1},
    )
    assert {problem.partition(": ")[0] for problem in problems} == {
        "scope", "window.cutoff_hours", "window.time_zone", "window.schedule", "target.tags.Name", "target.colour",
        "task.max_concurrency", "task.priority", "gate.severity", "waiver[0].reason", "waiver[1]", "extra",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Write a policy with postpatch init, or name one with --policy: there is no {path}"),
        (b"[scope", "{path}: is not TOML"),
        (b"\xff\xfe", "{path}: cannot be read"),
        (b"x = " + b"[" * 50_000, "{path}: is not TOML"),
        (b"x = " + b"{a=" * 50_000, "{path}: is not TOML"),
        (b"x = " + b"9" * 5_000, "{path}: is not TOML"),
        (b"#" * (16 * 1024 * 1024 + 1), "{path}: has more than 16,777,216 bytes"),
    ],
    ids=["missing", "not-toml", "not-utf-8", "deep", "deep-tables", "digits", "large"],
)
def test_a_file_that_is_no_policy_is_refused(tmp_path: Path, content: bytes | None, words: str) -> None:
    """A missing file, or one that is no TOML, is a bad policy that names the file."""
    path = tmp_path / "verify.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadPolicy) as error:
        load_policy(path)
    assert str(error.value).startswith(words.format(path=path))


def test_a_custom_role_is_created_with(write: Callable[..., Path]) -> None:
    """The role that the policy names is the one the task is registered with."""
    role = "arn:aws-us-gov:iam::123456789012:role/pww-operator"
    assert load_policy(write(task={"service_role": role})).expected_window.task.service_role == role


def test_a_policy_without_a_start_creates_none(write: Callable[..., Path]) -> None:
    """Without a start the window is created without one, with the schedule as written."""
    policy = load_policy(write(window={"start": None, "every_hours": None, "schedule": "cron(0 2 ? * SUN *)"}))
    assert (policy.expected_window.window.start_date, policy.expected_window.window.schedule) == (
        "",
        "cron(0 2 ? * SUN *)",
    )


def test_a_task_that_installs_nothing_is_refused(tmp_path: Path) -> None:
    """A policy whose patch task only scans would call a window right that patches nothing."""
    text = (Path(__file__).parents[2] / "verify.toml").read_text(encoding="utf-8")
    path = tmp_path / "policy.toml"
    path.write_text(text.replace('["Install"]', '["Scan"]'), encoding="utf-8")
    with pytest.raises(BadPolicy, match=r"task\.parameters: must hold Operation"):
        load_policy(path)


def test_what_the_scope_leaves_out(write: Callable[..., Path]) -> None:
    """Nested stacks belong unless the policy says otherwise, and hosts replaced by an image are known by a tag."""
    assert load_policy(write()).scope.nested is True
    replaced = {"key": "patching", "value": "by-image"}
    scope = load_policy(write(scope={"nested": False, "replaced_by_image": replaced})).scope
    assert scope.nested is False
    assert scope.replaced_by_image is not None
    assert (scope.replaced_by_image.key, scope.replaced_by_image.value) == ("patching", "by-image")


def test_hybrid_nodes_come_by_a_tag(write: Callable[..., Path]) -> None:
    """A scope by tag may have hybrid nodes, which no policy has by default; another scope has none."""
    tag = {"key": "Role", "value": "web"}
    assert load_policy(write()).scope.hybrid is False
    assert load_policy(write(scope={"stack": None, "tag": tag, "hybrid": True})).expected_window.hybrid is True
    with pytest.raises(BadPolicy, match="scope: hybrid = true needs tag: hybrid nodes come into a scope by their tags"):
        load_policy(write(scope={"hybrid": True}))


def test_a_policy_of_hybrid_nodes_alone_asks_for_no_findings(write: Callable[..., Path]) -> None:
    """What concerns findings is refused, for it would never be judged; each section and key is named."""
    scope = {"stack": None, "tag": {"key": "Site", "value": "branch"}, "hybrid": "only"}
    policy = load_policy(write(scope=scope, gate=None))
    assert (policy.scope.nodes_alone, policy.expected_window.hybrid) == (True, True)
    with pytest.raises(BadPolicy, match='scope: hybrid = "only" needs tag'):
        load_policy(write(scope={"hybrid": "only"}, gate=None))
    wrong = {"deadline": {"days": {"HIGH": 30}}, "patching": {"rescan": True}, "inspector": {"engine": "classic"}}
    with pytest.raises(BadPolicy) as refused:
        load_policy(write(scope={**scope, "replaced_by_image": {"key": "a", "value": "b"}}, **wrong))
    named = [line.split(": ")[1] for line in str(refused.value).splitlines() if "leave it out: [scope] hybrid" in line]
    assert named == ["deadline", "gate", "scope.replaced_by_image", "patching.rescan", "inspector.engine"]


def test_only_a_stack_has_nested_ones(write: Callable[..., Path]) -> None:
    """Leaving out nested stacks means nothing where the scope is no stack, and is refused."""
    scope = {"stack": None, "auto_scaling_group": "web", "nested": False}
    with pytest.raises(BadPolicy, match="scope: nested = false needs stack: only a stack has nested ones"):
        load_policy(write(scope=scope))


@pytest.mark.parametrize("version", ["$DEFAULT", "$LATEST", "1", "42"])
def test_a_documents_version(write: Callable[..., Path], version: str) -> None:
    """The task is created with the policy's version, and with none where that is the default."""
    policy = load_policy(write(task={"document_version": version}))
    assert policy.expected_window.task.document_version == ("" if version == "$DEFAULT" else version)


@pytest.mark.parametrize("version", ["", "0", "latest", "1.2"])
def test_what_is_no_version_is_refused(write: Callable[..., Path], version: str) -> None:
    """A version is a number, $LATEST or $DEFAULT."""
    with pytest.raises(BadPolicy, match=r"task\.document_version"):
        load_policy(write(task={"document_version": version}))
