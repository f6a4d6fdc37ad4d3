"""How patching recurs: windows made elsewhere, their tasks and targets, and the ways that need no window."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from postpatch.policy import load_policy
from postpatch.policy.schedule import fires_within, parse_schedule

Refused = Callable[..., list[str]]
Write = Callable[..., Path]

PATCH_TUESDAY = "cron(0 2 ? * TUE#2 *)"
WINDOW_ID = "mw-0123456789abcdef0"
TASK_ID = "01234567-89ab-cdef-0123-456789abcdef"
LAMBDA = {"name": "one", "type": "LAMBDA", "runs": "x", "priority": 0}


def test_an_offset_and_an_end_are_created_with_the_window(write: Write) -> None:
    """What the policy says is what a new window gets, in AWS's terms."""
    window = {"every_hours": None, "schedule": PATCH_TUESDAY, "schedule_offset": 2, "end": date(2100, 12, 1)}
    wanted = load_policy(write(window=window)).expected_window.window
    assert (wanted.schedule, wanted.schedule_offset, wanted.end_date) == (PATCH_TUESDAY, 2, "2100-12-01T00:00:00Z")


def test_a_window_by_its_id_is_never_created(write: Write) -> None:
    """The id stands for the name, and nothing is created under it."""
    policy = load_policy(write(window={"name": None, "id": WINDOW_ID, "create": "never"}))
    assert (policy.recurs_by, policy.creates) == (f"window {WINDOW_ID}", False)
    assert policy.expected_window.window.id == WINDOW_ID


@pytest.mark.parametrize(
    ("target", "selectors", "kind"),
    [
        ({"tags": {"b": ["2"], "a": ["1", "0"]}}, (("tag:a", ("0", "1")), ("tag:b", ("2",))), "INSTANCE"),
        ({"tag_key": "Patching"}, (("tag-key", ("Patching",)),), "INSTANCE"),
        ({"resource_group": "weekly"}, (("resource-groups:Name", ("weekly",)),), "RESOURCE_GROUP"),
        (
            {"instances": ["i-0123456789abcdef1", "i-0123456789abcdef0"]},
            (("InstanceIds", ("i-0123456789abcdef0", "i-0123456789abcdef1")),),
            "INSTANCE",
        ),
    ],
    ids=["tags", "a-tags-key", "a-group", "ids"],
)
def test_each_kind_of_target(write: Write, target: dict[str, Any], selectors: object, kind: str) -> None:
    """Each kind becomes the target key that AWS has for it."""
    wanted = load_policy(write(target={"tags": None, "name": None} | target)).expected_window.target
    assert (wanted.name, wanted.selectors, wanted.resource_type) == ("", selectors, kind)


@pytest.mark.parametrize(
    ("sections", "problem"),
    [
        ({"window": None}, "window: is missing"),
        (
            {"task": {"type": "AUTOMATION", "timeout_seconds": None}},
            'task.type: a task that runs a runbook is not created: set create = "never" in [window]',
        ),
        (
            {"task": {"type": "AUTOMATION"}, "window": {"create": "never"}},
            "task.timeout_seconds: leave it out, as only a Run Command task has it",
        ),
        ({"window": {"name": None}}, "window: give exactly one of name, id"),
        ({"window": {"id": WINDOW_ID}}, "window: give exactly one of name, id"),
        (
            {"window": {"name": None, "id": WINDOW_ID}},
            'window: id needs create = "never": AWS chooses the id of a new window',
        ),
        ({"window": {"end": date(2099, 12, 1)}}, "window: end must be after start"),
        ({"window": {"schedule_offset": 7}}, "window.schedule_offset: Input should be less than or equal to 6"),
        (
            {"window": {"every_hours": None, "schedule": "rate(12 hours)", "schedule_offset": 2}},
            "window: schedule_offset needs a cron expression as schedule",
        ),
        ({"window": {"create": "always"}}, "window.create: Input should be 'if-absent' or 'never'"),
        ({"target": {"tags": None}}, "target: name exactly one of tags, tag_key, resource_group, instances"),
        ({"target": {"tag_key": "x"}}, "target: name exactly one of tags, tag_key, resource_group, instances"),
        ({"target": {"tags": None, "instances": ["*"]}}, "target.instances: a window names each host"),
        ({"task": {"beside": [{"runs": "x", "priority": 0}]}}, "task.beside[0]: give exactly one of name, id"),
        (
            {"task": {"beside": [LAMBDA | {"parameters": {"a": []}}]}},
            "task.beside[0]: parameters of a task of this type are not read: leave them out",
        ),
        ({"task": {"priority": None}}, "task.priority: is missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(refused: Refused, sections: dict[str, Any], problem: str) -> None:
    """Each impossible value is named with its key."""
    assert any(line.startswith(problem) for line in refused(**sections))


def test_a_window_with_an_offset_is_imminent_by_its_own_date() -> None:
    """Two days after Patch Tuesday the window opens, and not on Patch Tuesday itself."""
    schedule, zone, day = parse_schedule(PATCH_TUESDAY), ZoneInfo("UTC"), timedelta(days=1)
    eve = datetime(2026, 12, 7, 12, tzinfo=UTC)  # 2026-12-08 is a second Tuesday
    assert fires_within(schedule, day, eve, zone)
    assert not fires_within(schedule, day, eve, zone, 2)
    assert fires_within(schedule, day, eve + 2 * day, zone, 2)
    assert not fires_within(schedule, day, eve + 3 * day, zone, 2)


OF_A_WINDOW = {"name": None, "priority": None, "timeout_seconds": None, "cutoff_behavior": None, "service_role": None}
ASSOCIATION = {"by": "association", "name": "pww_install", "schedule": PATCH_TUESDAY}


def without_window(**recurring: Any) -> dict[str, Any]:
    """Return the sections of a policy that an association fulfils."""
    given = {name: value for name, value in (ASSOCIATION | recurring).items() if value is not None}
    return {"window": None, "recurring": given, "target": {"name": None}, "task": dict(OF_A_WINDOW)}


def test_an_association_needs_no_window(write: Write) -> None:
    """The schedule is that of the section, in UTC, and nothing is created."""
    policy = load_policy(write(**without_window(schedule_offset=2)))
    assert (policy.recurs_by, policy.time_zone, policy.creates) == ("association pww_install", "Etc/UTC", False)
    assert policy.recurrence.expression == PATCH_TUESDAY
    assert policy.patching_within_days(datetime(2026, 12, 1, tzinfo=UTC)) == 37  # five weeks and two days


@pytest.mark.parametrize(
    ("sections", "problem"),
    [
        ({"recurring": {"by": "window", "name": "x"}}, "recurring: name: a window is described in [window]"),
        (without_window(name=None), "recurring: give exactly one of name, id"),
        (without_window(id=TASK_ID), "recurring: give exactly one of name, id"),
        (without_window(schedule=None), "recurring: give exactly one of every_hours, schedule"),
        (
            without_window(by="patch-policy", name=None, id=TASK_ID),
            "recurring: a patch policy is known by its name: give name, and no id",
        ),
        (
            without_window(schedule="rate(7 days)"),
            "recurring: only a cron expression can have only_at_schedule = true",
        ),
        (without_window() | {"window": {}}, "window: leave it out"),
        (without_window() | {"task": OF_A_WINDOW | {"priority": 1}}, "task.priority: leave it out"),
        (without_window() | {"target": {"name": "x_y"}}, "target.name: leave it out"),
        (without_window(by="assosiation"), "recurring.by: Input should be 'window', 'association' or 'patch-policy'"),
    ],
)
def test_what_a_way_of_patching_does_not_have_is_refused(
    refused: Refused, sections: dict[str, Any], problem: str
) -> None:
    """No key is accepted that is not judged."""
    assert any(line.startswith(problem) for line in refused(**sections))


def test_every_managed_node_is_a_target_of_an_association(write: Write) -> None:
    """AWS's word for each managed node is accepted where AWS accepts it."""
    sections = without_window() | {"target": {"name": None, "tags": None, "instances": ["*"]}}
    assert load_policy(write(**sections)).target.selectors == (("InstanceIds", ("*",)),)
