"""`verify.json`: every run keeps to the published schema, which can tell what does not."""

import copy
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from postpatch.model import Severity
from postpatch.report.schema import SCHEMA
from postpatch.report.verdict_json import verdict_json
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.disclosed import LateDisclosures, PatchRuns
from postpatch.verdict.gates import Gate, Limit
from postpatch.verdict.run import Run
from postpatch.verdict.waivers import WaiverState, WaiverUse
from tests.report.runs import HOSTS, PATCHED

WAIVER = WaiverUse(
    "CVE-2026-1 in vim", "every host", "no fix yet", "the owner", date(2026, 12, 31), "", WaiverState.EXPIRING, 3, 2, 9
)
GATE = Gate((Limit("active findings, CRITICAL", 0, 2, False, ("CVE-2026-1 on i-1",)),), (HOSTS[0],), 2, 1)


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    """Return what validates by the published file, formats included."""
    published = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(published)
    return Draft202012Validator(published, format_checker=Draft202012Validator.FORMAT_CHECKER)


def written(run: Run) -> Any:
    """Return a run's document as a reader of the file gets it."""
    return json.loads(json.dumps(verdict_json(run)))


@pytest.mark.parametrize("kind", ["passing", "failing", "blind", "recorded"])
def test_every_run_keeps_to_the_schema(request: pytest.FixtureRequest, schema: Any, kind: str) -> None:
    """Green, red, blind or of two files: the document of each is valid."""
    assert list(schema.iter_errors(written(request.getfixturevalue(kind)))) == []


def test_what_a_policy_adds_keeps_to_the_schema(passing: Run, schema: Any) -> None:
    """Waivers, limits, late disclosures and a reconstructed baseline stand in the document as they were judged."""
    assert passing.baseline is not None
    looked = replace(passing.baseline, reconstructed=True, limits=("what closed before is not known",))
    late = LateDisclosures(PatchRuns(PATCHED), PATCHED, {Severity.CRITICAL: 1}, 1)
    told = written(replace(passing, waivers=(WAIVER,), gate=GATE, late=late, baseline=looked, interrupted=True))
    assert list(schema.iter_errors(told)) == []
    assert told["waivers"][0] | {"reason": ""} == {
        "what": "CVE-2026-1 in vim", "where": "every host", "reason": "", "approver": "the owner", "ticket": None,
        "expires": "2026-12-31", "state": "expiring", "findings": 3, "hosts": 2, "days_left": 9,
    }  # fmt: skip
    assert told["gate"]["limits"][0]["found"] == 2
    assert told["gate"]["unscanned"] == [HOSTS[0]]
    assert told["disclosed_late"] == {"by_severity": {"CRITICAL": 1}, "hosts": 1, "gates": False}
    assert told["baseline"]["limits"] == ["what closed before is not known"]
    assert (told["interrupted"], told["verdict"]) == (True, "PARTIAL")


def _change(*path: Any, to: Any) -> Any:
    def change(told: Any) -> None:
        for key in path[:-1]:
            told = told[key]
        told[path[-1]] = to

    return change


@pytest.mark.parametrize(
    "change",
    [
        _change("extra", to=1),
        _change("checks", 0, "extra", to=1),
        lambda told: told.pop("counts"),
        lambda told: told["counts"].pop("suppressed"),
        _change("format", to=2),
        _change("verdict", to="GREEN"),
        _change("mode", to="guessed"),
        _change("counts", "fixed", to=-1),
        _change("counts", "fixed", to="7"),
        _change("remaining_kinds", "bad_luck", to=1),
        _change("severities", "AWFUL", to=None),
        _change("policy", "sha256", to="abc"),
        _change("started_at", to="yesterday"),
        _change("checks", 0, "id", to="first"),
        _change("checks", 0, "outcome", to="skipped"),
    ],
)  # fmt: skip
def test_what_is_no_verdict_is_not_valid(passing: Run, schema: Any, change: Any) -> None:
    """The schema can fail: an unknown key, a missing one, an impossible value is refused."""
    told = copy.deepcopy(written(passing))
    change(told)
    assert not schema.is_valid(told)


def test_what_could_not_be_looked_at_is_null(blind: Run) -> None:
    """A blind run has no counts, and no zeros in their place."""
    told = written(blind)
    keys = ("account", "assessment", "baseline", "after", "counts", "comparable", "severities", "remaining_kinds")
    assert {told[key] for key in keys} == {None}
    assert (told["remaining"], told["hosts"]) == ([], [])


def test_the_groups_of_what_remains_say_who_must_act(passing: Run) -> None:
    """Each cause that has findings stands with their number, its next step and its owner; the counts have them all."""
    told = written(passing)
    assert told["remaining_kinds"].keys() == {kind.value for kind in Kind}
    groups = {group["cause"]: group["findings"] for group in told["remaining"]}
    assert groups == {kind: number for kind, number in told["remaining_kinds"].items() if number}
    assert sum(groups.values()) == told["counts"]["remaining"] + told["configuration"]["remaining"] > 0
    assert all(group["next_step"] and group["owner"] for group in told["remaining"])


def test_counts_add_up(failing: Run) -> None:
    """What was active before is fixed, remaining, gone, not scanned or suppressed, and nothing else."""
    counts = written(failing)["counts"]
    became = ("fixed", "remaining", "host_gone", "not_scanned", "suppressed")
    assert counts["baseline"] == sum(counts[name] for name in became) > 0
