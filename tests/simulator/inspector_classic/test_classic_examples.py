"""botocore's own worked examples (examples-1.json), each played against the simulator with ids that exist."""

import json
import re
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from botocore import xform_name

from postpatch.simulator import Simulator
from tests.simulator.inspector_classic.assessing import assess, finding_arns, group, packages, start, target, template

_TEXT = resources.files("botocore").joinpath("data/inspector/2016-02-16/examples-1.json").read_text(encoding="utf-8")
EXAMPLES: dict[str, list[dict[str, Any]]] = json.loads(_TEXT)["examples"]
# Operations outside the flow, which the simulator refuses.
OUTSIDE = {"GetTelemetryMetadata", "ListEventSubscriptions", "SubscribeToEvent", "UnsubscribeFromEvent"}
INSIDE = [(name, number) for name in EXAMPLES if name not in OUTSIDE for number in range(len(EXAMPLES[name]))]
# Members of an example that an answer need not have.
NOT_ALWAYS = {
    "nextToken",  # only where there is more; the examples show it always
    "telemetryMetadata",  # what an agent measured of itself is not simulated
}

Substitute = Callable[[str], str]


def existing(aws: Simulator, operation: str) -> Substitute:
    """Make an account with one of everything, and put its ARNs in the place of an example's."""
    of = target(aws, "one")
    made = template(aws, of)
    aws.client("inspector").set_tags_for_resource(resourceArn=made, tags=[{"key": "Name", "value": "one"}])
    run = assess(aws, made)
    kinds = [
        ("rulespackage", packages(aws, "Security Best Practices")[0]),
        ("resourcegroup", group(aws, "one")),
        ("finding", finding_arns(aws, run)[0]),
        ("run", start(aws, made) if operation == "StopAssessmentRun" else run),
        ("template", made),
        ("target", of),
    ]

    def substitute(text: str) -> str:
        path = text.split(":", 5)[-1]
        return next((arn for kind, arn in kinds if re.search(rf"(^|/){kind}/0-\w+$", path)), text)

    return substitute


def replaced(value: Any, substitute: Substitute) -> Any:
    """Put ARNs that exist in an example's input."""
    if isinstance(value, dict):
        return {name: replaced(item, substitute) for name, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, substitute) for item in value]
    return substitute(value) if isinstance(value, str) and value.startswith("arn:aws:inspector") else value


def missing(example: Any, answer: Any, path: str = "") -> list[str]:
    """Name the members that an example's output has and an answer has not."""
    if isinstance(example, dict) and path != ".failedItems":
        lacking = [f"{path}.{name}" for name in example if name not in answer and name not in NOT_ALWAYS]
        inside = [name for name in example if name in answer and name not in NOT_ALWAYS]
        return lacking + [each for name in inside for each in missing(example[name], answer[name], f"{path}.{name}")]
    if isinstance(example, list) and example:
        return missing(example[0], answer[0], f"{path}[]") if answer else [f"{path}[]"]
    return []


def test_the_examples_are_all_here() -> None:
    """The flow is nearly all of the examples: only reports of agents and event subscriptions are left out."""
    assert set(EXAMPLES) >= OUTSIDE
    assert len(INSIDE) >= 26


@pytest.mark.parametrize(("operation", "number"), INSIDE)
def test_an_example_is_accepted_and_answered_alike(aws: Simulator, operation: str, number: int) -> None:
    """Its input is taken with ids that exist, and the answer has the members of its output."""
    example = EXAMPLES[operation][number]
    given = replaced(example.get("input") or {}, existing(aws, operation))
    answer = getattr(aws.client("inspector"), xform_name(operation))(**given)
    assert missing(example.get("output") or {}, answer) == []
    assert answer.get("failedItems", {}) == {}
