"""A policy of what exists holds what AWS says as values and comments, whatever its texts are."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.commands.policy_lines import Origin, policy_from
from postpatch.errors import CouldNotCheck
from postpatch.model import (
    ExistingWindow,
    ImageSource,
    MaintenanceWindow,
    PatchBaseline,
    WindowTarget,
    WindowTask,
)
from postpatch.text.characters import visible

INJECTED = 'x"\n[waiver]\n[[waiver]]\nfinding = "*"\u202e'
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20) | st.just(INJECTED)
TABLES = {"scope", "window", "target", "task", "patching"}
INSTALLS = (("Operation", ("Install",)),)


def origin(text: str, **window: object) -> Origin:
    """Return what exists where each text that AWS keeps of a window is the same one."""
    existing = ExistingWindow(
        named=(text,),
        window=MaintenanceWindow(
            **{"id": text, "name": text, "schedule": text, "duration": 2, "cutoff": 1, "enabled": True}
            | {"allow_unassociated_targets": False, "time_zone": text, "schedule_offset": 1}
            | window
        ),
        targets=(WindowTarget(text, text, "INSTANCE", ((f"tag:{text}", (text,)),)),),
        tasks=(
            WindowTask(text, text, "RUN_COMMAND", "AWS-RunPatchBaseline", (), text, text, parameters=INSTALLS),
        ),
    )  # fmt: skip
    return Origin(
        account="123456789012", region="us-east-1", scope=("stack", '"pww"', text), existing=existing,
        baselines=(PatchBaseline(text, text),), decided=text, images_unknown=text,
        images=((ImageSource("ssm_parameter", text), text),), nodes=(text,),
    )  # fmt: skip


@given(TEXTS)
@settings(max_examples=40)
def test_no_text_adds_a_table_or_a_key(text):
    """The tables are the same whatever a window, its task, its target or a baseline is called."""
    written = policy_from(origin(text))
    document = tomllib.loads(written)
    assert document.keys() == TABLES
    assert document["window"]["id"] == document["target"]["name"] == document["patching"]["baseline"] == text
    assert document["target"]["tags"] == {text: [text]}
    assert visible(written) == written
    assert written.count("\n") == policy_from(origin("x")).count("\n")


@pytest.mark.parametrize("start", ["2026-11-2\nx", "1\n[gate]\n  #", "yesterday, or so"])
def test_a_day_that_is_none_is_refused(start):
    """AWS keeps the first day of a window as a text: what is no day is written nowhere."""
    with pytest.raises(CouldNotCheck, match="is no date"):
        policy_from(origin("x", start_date=start))
    assert "start = 2026-11-20 " in policy_from(origin("x", start_date="2026-11-20T03:00Z"))


def test_a_number_that_is_none_stays_a_text():
    """An answer may hold a text where AWS documents a number: it is no TOML of its own."""
    assert tomllib.loads(policy_from(origin("x", duration="3\n[gate]")))["window"]["duration_hours"] == "3\n[gate]"
