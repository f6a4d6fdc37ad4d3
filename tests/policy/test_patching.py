"""`[patching]`: the patch baseline and patch group that the policy may name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postpatch.policy import PatchingPolicy, Policy, load_policy

ID = "pb-0123456789abcdef0"
GOV = f"arn:aws-us-gov:ssm:us-gov-west-1:123456789012:patchbaseline/{ID}"

Write = Callable[..., Path]
Refused = Callable[..., list[str]]


def test_the_shipped_policy_names_the_tutorials_baseline(shipped: Policy) -> None:
    """The tutorial's Remediate phase makes a baseline pww, and the shipped policy expects it."""
    assert shipped.patching == PatchingPolicy(baseline="pww")


def test_without_the_section_any_baseline_will_do(write: Write) -> None:
    """A policy that says nothing of baselines accuses nobody of a wrong one."""
    assert load_policy(write(patching=None)).patching == PatchingPolicy(baseline=None, patch_group=None)


@pytest.mark.parametrize("baseline", ["pww", "AWS-AmazonLinux2DefaultPatchBaseline", ID, GOV])
def test_a_baseline_is_a_name_an_id_or_an_arn(write: Write, baseline: str) -> None:
    """Each of AWS's ways to name a baseline is taken."""
    wanted = PatchingPolicy(baseline=baseline, patch_group="web")
    assert load_policy(write(patching={"baseline": baseline, "patch_group": "web"})).patching == wanted


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"baseline": "p"}, "patching.baseline: must be the name of a patch baseline"),
        ({"baseline": "my baseline"}, "patching.baseline: must be the name of a patch baseline"),
        ({"baseline": GOV.replace("123456789012", "")}, "patching.baseline: must be the name of a patch baseline"),
        ({"baseline": GOV.replace(":ssm:", ":s3:")}, "patching.baseline: must be the name of a patch baseline"),
        ({"baseline": ["pww", "my baseline"]}, "patching.baseline: must be the name of a patch baseline"),
        ({"baseline": []}, "patching.baseline: must be the name of a patch baseline"),
        ({"patch_group": ""}, "patching.patch_group: must be a patch group of 1 to 256 characters, or a list of such"),
        ({"patch_group": ["web", ""]}, "patching.patch_group: must be a patch group of 1 to 256 characters"),
        ({"group": "web"}, "patching.group: is not a key of the policy"),
    ],
)
def test_what_no_baseline_can_be_called_is_refused(refused: Refused, changes: dict[str, Any], words: str) -> None:
    """A value that AWS never answers with would accuse every host: it is refused by its key."""
    (problem,) = refused(patching=changes)
    assert problem.startswith(words)


def test_each_system_and_group_may_have_its_own(write: Write) -> None:
    """A list is as good as one: a host must have one of it, and no other."""
    several = load_policy(write(patching={"baseline": ["web", ID], "patch_group": ["web", "db"]})).patching
    one = load_policy(write(patching={"baseline": "web", "patch_group": "web"})).patching
    assert (several.baselines, several.patch_groups) == (("web", ID), ("web", "db"))
    assert [several.names("pb-1", "web"), several.names(f"arn:aws:ssm:::patchbaseline/{ID}", "x")] == [True, True]
    assert [several.names("pb-1", "db"), one.names(ID, "x"), PatchingPolicy().names(ID, "x")] == [False, False, True]
    assert [several.takes_group(group) for group in ("web", "db", "")] == [True, True, False]
    assert [one.takes_group("db"), PatchingPolicy().takes_group("")] == [False, True]
