"""Causes on hosts that a patch policy patched: its own baseline explains, or nothing does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from postpatch.model import (
    Finding,
    HostOverride,
    InstancePatch,
    Leftovers,
    ManagedHost,
    PatchBaseline,
    PatchCommand,
    Patching,
    PatchState,
)
from postpatch.policy import PatchingPolicy
from postpatch.verdict.causes.cause import cause_of
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.causes.story import HostStory, stories

NIGHT = datetime(2026, 11, 20, 22, tzinfo=UTC)
HOST = "i-0aaaaaaaaaaaaaaa1"
PLACE = "s3://aws-quicksetup-patchpolicy-123456789012-20ppj/baseline_overrides.json"
OWN = PatchBaseline(PLACE, "", rejected=("openssl",))
INSTALL = PatchCommand(
    HOST, "c", "Install", "Success", NIGHT, NIGHT, via="Quick Setup (x)", detail="Success", started_at=NIGHT,
    baseline_override=PLACE,
)  # fmt: skip
STATE = PatchState(HOST, "Scan", NIGHT + timedelta(hours=4), NIGHT + timedelta(hours=5), "pb-default")
ROW = InstancePatch(HOST, "openssl.x86_64", "openssl.x86_64:1:3.0.8-1.amzn2023.0.19", "installed", NIGHT)


def story(*overrides: HostOverride, command: PatchCommand = INSTALL) -> HostStory:
    """Return the story of a host that a patch policy patched, with what was read of its baseline."""
    patching = Patching((STATE,), (command,), (ManagedHost(HOST, "Online", "Amazon Linux 2023"),))
    named = PatchBaseline("pb-default", "AWS-AmazonLinux2023DefaultPatchBaseline", rejected=("openssl",))
    left = Leftovers((HOST,), (ROW,), (named,), since=NIGHT - timedelta(hours=1), overrides=overrides)
    return stories(patching, left, PatchingPolicy(baseline="pww"))[HOST]


def test_the_policys_own_baseline_explains(make_finding: Callable[..., Finding]) -> None:
    """What the copy rejects is proven by the copy, and not by the baseline that the patch state names."""
    told = story(HostOverride(HOST, PLACE, OWN))
    assert told.baseline == OWN
    kind, proof = cause_of(make_finding(), told)
    assert (kind, dict(proof)) == (Kind.REJECTED, {"BaselineId": PLACE, "RejectedPatches": "openssl"})


@pytest.mark.parametrize(
    "overrides",
    [
        (HostOverride(HOST, PLACE, error="Allow s3:GetObject to the caller."),),
        (HostOverride(HOST, f"{PLACE}.old", OWN),),
        (),
    ],
    ids=["unreadable", "another-file", "not-asked"],
)
def test_where_it_is_not_known_nothing_is_explained(
    make_finding: Callable[..., Finding], overrides: tuple[HostOverride, ...]
) -> None:
    """The baseline that the patch state names did not decide, and explains nothing."""
    told = story(*overrides)
    assert told.baseline is None
    kind, proof = cause_of(make_finding(), told)
    assert (kind, dict(proof)["override"]) == (Kind.OVERRIDDEN, PLACE)
    if overrides and overrides[0].error:
        assert dict(proof)["not known"] == "Allow s3:GetObject to the caller."


def test_the_override_of_the_newest_install_counts() -> None:
    """A list of patches to install takes precedence, and an Install that never began decides nothing."""
    never = replace(
        INSTALL, requested_at=NIGHT + timedelta(hours=1), started_at=None, status="Failed", detail="Undeliverable",
        baseline_override="s3://b",
    )  # fmt: skip
    by_list = replace(INSTALL, started_at=NIGHT + timedelta(minutes=1), override_list="s3://list")
    assert Patching(commands=(INSTALL, never)).baseline_override(HOST) == PLACE
    assert Patching(commands=(INSTALL, by_list)).baseline_override(HOST) == ""
    assert Patching().baseline_override(HOST) == ""
