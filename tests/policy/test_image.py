"""`[image]`: how the proven image is known, and what of it is refused early."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postpatch.policy import load_policy

Refused = Callable[..., list[str]]
Write = Callable[..., Path]

MAY_CHANGE = {"hosts_may_change": True}
AMI = {"ami": "ami-0123456789abcdef0"}
PIPELINE = "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/web"


@pytest.mark.parametrize(
    ("image", "source"),
    [
        (AMI, "AMI ami-0123456789abcdef0"),
        ({"ssm_parameter": "/golden/web"}, "SSM parameter /golden/web"),
        ({"pipeline": PIPELINE}, f"Image Builder pipeline {PIPELINE}"),
        ({"launch_template": "web:$Latest"}, "launch template web:$Latest"),
    ],
    ids=["ami", "parameter", "pipeline", "template"],
)
def test_each_way_to_name_the_image(write: Write, image: dict[str, str], source: str) -> None:
    """Exactly one of four keys names it, and the verdict can say which."""
    policy = load_policy(write(scope=MAY_CHANGE, image=image)).image
    assert policy
    assert str(policy.source) == source


@pytest.mark.parametrize(
    ("role", "tag"),
    [
        ("group", "aws:autoscaling:groupName"),
        ("launch-template", "aws:ec2launchtemplate:id"),
        ("tag:Tier", "Tier"),
        ("tag:tag:x", "tag:x"),
    ],
)
def test_a_role_is_the_value_of_a_tag(write: Write, role: str, tag: str) -> None:
    """AWS tags what a group or a launch template launches; any other tag is named."""
    policy = load_policy(write(scope=MAY_CHANGE, image=AMI | {"role": role})).image
    assert policy
    assert policy.role_tag == tag


def test_without_a_role_hosts_are_matched_by_group(write: Write) -> None:
    """The Auto Scaling group is the default."""
    policy = load_policy(write(scope=MAY_CHANGE, image=AMI)).image
    assert policy
    assert policy.role_tag == "aws:autoscaling:groupName"


@pytest.mark.parametrize(
    ("sections", "problem"),
    [
        ({"image": {}}, "image: name exactly one of ami, ssm_parameter, pipeline, launch_template (found none)"),
        ({"image": AMI | {"pipeline": PIPELINE}}, "(found ami, pipeline)"),
        ({"image": {"ami": "ami-1"}}, "image.ami: must be the id of an image"),
        ({"image": {"ssm_parameter": "golden web"}}, "image.ssm_parameter: must be the name or ARN of a parameter"),
        ({"image": {"pipeline": "web"}}, "image.pipeline: must be the ARN of a pipeline"),
        (
            {"image": {"launch_template": "web:newest"}},
            "image.launch_template: must be the name or id of a launch template",
        ),
        ({"image": AMI | {"role": "stack"}}, "image.role: must be group, launch-template or tag:"),
        ({"image": AMI, "scope": {}}, "image: needs hosts_may_change = true in [scope]"),
        ({"image": AMI, "gate": {"count": "all"}}, 'image: leave out count = "all" in [gate]'),
        ({"image": AMI, "inspector": {"engine": "classic"}}, "image: goes with Inspector v2 alone"),
    ],
)
def test_what_is_refused(refused: Refused, sections: dict[str, Any], problem: str) -> None:
    """Each impossible value or combination is refused with its key."""
    problems = refused(**{"scope": MAY_CHANGE} | sections)
    assert len(problems) == 1
    assert problem in problems[0]


def test_all_problems_are_said_at_once(refused: Refused) -> None:
    """A bad key, a second one, an unknown one and a section that does not fit are four problems of one run."""
    problems = refused(image={"ami": "ami-1", "pipeline": PIPELINE, "rolle": "group"})
    assert sorted(line.partition(":")[0] for line in problems) == ["image", "image", "image.ami", "image.rolle"]
    assert any("did you mean" in line.lower() for line in problems if "rolle" in line)
