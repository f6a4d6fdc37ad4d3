"""Two exports are compared only if they were asked for alike, as far as they say so."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from postpatch.errors import BadEvidence
from postpatch.evidence.requests import compare_requests
from postpatch.model import Manifest, Mode, Scope

MOMENT = datetime(2026, 11, 20, tzinfo=UTC)
FILE = Manifest(
    mode=Mode.RECORDED, engine="inspector2", account="123456789012", region="us-east-1", scope=Scope("stack", ("pww",)),
    caller="", started_at=MOMENT, taken_at=MOMENT, tool="test", hosts=(), source="before.json",
)  # fmt: skip
HIGH = '[{"filterCriteria":{"severity":[{"comparison":"EQUALS","value":"HIGH"}]}}]'


def test_a_difference_is_refused_with_what_to_do() -> None:
    """One sentence says what to do, and what each file asked for."""
    with pytest.raises(BadEvidence) as caught:
        compare_requests(replace(FILE, asked="[{}]"), replace(FILE, asked=HIGH, source="after.json"))
    assert str(caught.value) == (
        "Export both files with the same filter, region and account: after.json asked for "
        f"{HIGH[1:-1]}, the baseline before.json for everything."
    )


@pytest.mark.parametrize(("before", "later"), [("", HIGH), (HIGH, ""), ("", ""), (HIGH, HIGH)])
def test_what_was_not_recorded_is_no_difference(before: str, later: str) -> None:
    """An export that does not say what it was asked for is not refused for that: absence in it proves nothing."""
    compare_requests(replace(FILE, asked=before), replace(FILE, asked=later))
