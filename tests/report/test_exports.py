"""The formats of other tools: what they say is what the run says, and never more."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.model import Shape
from botocore.validate import ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from postpatch.model import Mode, Severity
from postpatch.policy import DeadlinePolicy
from postpatch.report.exports import sarif
from postpatch.report.exports.texts import as_markup
from postpatch.report.formats import EXPORTS, exported, exports_in
from postpatch.report.verdict_json import verdict_json
from postpatch.text.credentials import INSTEAD
from postpatch.text.legible import one_line
from postpatch.verdict.deadlines import Deadlines, Known
from postpatch.verdict.run import Outcome, Run
from tests.report.runs import HOSTS, PATCHED, checks, finding, make_delta, with_delta

OSCAL = ("oscal-assessment-results.json", "oscal-poam.json")
KINDS = ["passing", "failing", "blind", "recorded"]


def written(run: Run, folder: Path) -> dict[str, str]:
    """Write every export of a run; return the text of each file that is there."""
    verdict = verdict_json(run)
    for one in exported(EXPORTS):
        one.write(run, verdict, folder / one.file)
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def lines(text: str) -> list[dict[str, Any]]:
    """Return the JSON values of a file with one on each line."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module", params=KINDS)
def run(request: pytest.FixtureRequest) -> Run:
    """Return each kind of run in turn."""
    found: Run = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def files(run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the text of each export of the run, which no test changes."""
    return written(run, tmp_path_factory.mktemp("exports"))


def test_every_file_says_that_a_simulated_run_is_one(run: Run, files: dict[str, str]) -> None:
    """Nothing that is copied elsewhere looks like evidence; and a run on AWS itself never says SIMULATED."""
    for name, text in files.items():
        assert ("SIMULATED" in text) == run.simulated, name


def test_a_run_judged_again_writes_the_same(run: Run, files: dict[str, str], tmp_path: Path) -> None:
    """No id is drawn by chance, and no time is that of the writing."""
    assert written(run, tmp_path) == files


def test_asff_has_every_check_as_securityhub_takes_it(run: Run, files: dict[str, str], batch_import: Shape) -> None:
    """Each check is a finding that botocore's model of BatchImportFindings accepts, with the check's outcome."""
    found = lines(files.get("asff.ndjson", ""))
    if run.caller is None:
        assert found == []
        return
    assert not ParamValidator().validate({"Findings": found}, batch_import).has_errors()
    status = {"PASSED": "passed", "FAILED": "failed", "WARNING": "error", "NOT_AVAILABLE": "not assessed"}
    told = {one["GeneratorId"].removeprefix("postpatch/"): status[one["Compliance"]["Status"]] for one in found}
    assert told == {check.id: check.outcome.value for check in run.checks}


def test_asff_keeps_within_the_longest_texts(passing: Run, tmp_path: Path) -> None:
    """A reason of any length becomes a description that Security Hub takes."""
    long = [replace(check, reason="x" * 5000) for check in passing.checks]
    found = lines(written(replace(passing, checks=tuple(long)), tmp_path)["asff.ndjson"])
    assert max(len(one["Description"]) for one in found) == 1024
    assert max(len(one["Compliance"]["RelatedRequirements"]) for one in found) <= 32


def test_ocsf_has_an_event_for_each_check_and_vulnerability(run: Run, files: dict[str, str]) -> None:
    """Events count as the verdict counts: remaining, new and fixed, without ports and settings."""
    events = lines(files["ocsf.ndjson"])
    assert sum(event["class_uid"] == 2003 for event in events) == len(run.checks)
    told = Counter(event["status"] for event in events if event["class_uid"] == 2002)
    rows = [row for row in run.delta.every() if row.type == "PACKAGE_VULNERABILITY"] if run.delta else []
    expected = Counter(row.delta.value for row in rows)
    assert (told["In Progress"], told["New"], told["Resolved"]) == (
        expected["remaining"] + expected["renamed"],
        expected["new"],
        expected["fixed"],
    )


def test_openvex_says_what_the_specification_asks(run: Run, files: dict[str, str]) -> None:
    """Each statement names one vulnerability on one host; one that affects it says what to do (openvex/spec 0.2.0)."""
    document = json.loads(files.get("verify.openvex.json", "{}"))
    statements = document.get("statements", [])
    assert bool(statements) == (run.delta is not None)
    if statements:
        assert document.keys() == {"@context", "@id", "author", "role", "timestamp", "version", "tooling", "statements"}
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", document["@id"])
    for one in statements:
        assert one["status"] in ("affected", "fixed")
        assert ("action_statement" in one) == (one["status"] == "affected")
        assert all(product["@id"].startswith("arn:aws:ec2:") for product in one["products"])
    texts = [json.dumps(one, sort_keys=True) for one in statements]
    assert len(texts) == len(set(texts))


def test_sarif_has_each_active_finding_and_failed_check(failing: Run, tmp_path: Path) -> None:
    """Each result has a rule, a place and a fingerprint of its own, and a failed check is one of them."""
    (told,) = json.loads(written(failing, tmp_path)["verify.sarif"])["runs"]
    rules = {rule["id"] for rule in told["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in told["results"]} <= rules
    assert rules >= {check.id for check in failing.checks if check.outcome is Outcome.FAILED}
    prints = [json.dumps(result["partialFingerprints"]) for result in told["results"]]
    assert len(prints) == len(set(prints))
    assert any("PATCH-2 could not be checked" in one["message"]["text"] for one in _notes(told))


def test_sarif_keeps_the_worst_within_githubs_limit(
    passing: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more findings than GitHub takes the worst are there, and the file says how many are not."""
    monkeypatch.setattr(sarif, "MOST", 3)
    severities = ("LOW", "CRITICAL", "MEDIUM", "HIGH", "LOW")
    before = [finding(f"CVE-2024-{n}", severity=severity) for n, severity in enumerate(severities)]
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "files").mkdir()
    delta = make_delta(tmp_path / "snapshots", before, before)
    (told,) = json.loads(written(with_delta(passing, delta), tmp_path / "files")["verify.sarif"])["runs"]
    assert [result["ruleId"] for result in told["results"]] == ["CVE-2024-1", "CVE-2024-3", "CVE-2024-2"]
    assert [one["message"]["text"][:30] for one in _notes(told)] == ["2 more active findings are not"]


def test_oscal_never_says_satisfied(run: Run, files: dict[str, str]) -> None:
    """A check supports a control: those that failed are findings, and none that passed is."""
    (result,) = json.loads(files["oscal-assessment-results.json"])["assessment-results"]["results"]
    found = result.get("findings", [])
    assert {one["target"]["status"]["state"] for one in found} <= {"not-satisfied"}
    assert len(found) == sum(check.outcome is Outcome.FAILED for check in run.checks)
    judged = sum(check.outcome is not Outcome.NOT_ASSESSED for check in run.checks)
    assert len(result.get("observations", [])) == judged


def test_a_plan_of_action_has_the_deadline_of_each_risk(passing: Run, tmp_path: Path) -> None:
    """The earliest of its hosts, where the policy has deadlines and the finding has a fix; otherwise there is none."""
    seen = {HOSTS[0]: PATCHED - timedelta(days=10), HOSTS[1]: PATCHED - timedelta(days=1)}
    late = [finding("CVE-1", host, first_observed_at=moment) for host, moment in seen.items()]
    late.append(finding("CVE-2", fix_available="NO", packages=()))
    run = with_delta(passing, make_delta(tmp_path, late, late))
    assert run.delta
    days = Deadlines(run.delta, DeadlinePolicy(days={Severity.HIGH: 30}), Known(), PATCHED)
    (tmp_path / "out").mkdir()
    plan = json.loads(written(replace(run, deadlines=days), tmp_path / "out")["oscal-poam.json"])
    found = {
        one["title"].partition(" - ")[0].removeprefix("SIMULATED: "): one.get("deadline")
        for one in plan["plan-of-action-and-milestones"]["risks"]
    }
    assert found == {"CVE-1": (PATCHED + timedelta(days=20)).isoformat(), "CVE-2": None}


def test_a_plan_has_an_item_for_each_vulnerability(failing: Run, tmp_path: Path) -> None:
    """What is active is planned for, worst first, once for all hosts."""
    plan = json.loads(written(failing, tmp_path)["oscal-poam.json"])["plan-of-action-and-milestones"]
    severities = [risk["props"][0]["value"] for risk in plan["risks"]]
    assert severities == sorted(severities, key=["CRITICAL", "HIGH", "MEDIUM", "LOW"].index)
    assert {item["related-risks"][0]["risk-uuid"] for item in plan["poam-items"]} == {
        one["uuid"] for one in plan["risks"]
    }


def test_no_export_repeats_a_credential(passing: Run, tmp_path: Path) -> None:
    """What AWS repeats of a credential is left out of every file."""
    leaky = [replace(check, reason="refused for AKIAIOSFODNN7EXAMPLE") for check in checks(FIND_1=Outcome.FAILED)]
    files = written(replace(passing, checks=tuple(leaky), mode=Mode.LIVE, world=""), tmp_path)
    assert [name for name, text in files.items() if "AKIAIOSFODNN7EXAMPLE" in text] == []
    assert INSTEAD in files["asff.ndjson"]


WICKED = (
    "\x1b[2J\u202e\x85\n::error::x [click](javascript:alert(1)) ![i](https://evil.example/p.png) <img src=x> "
    "{{ insert: param }}"
)


def test_no_export_shows_what_is_hidden_or_makes_a_link(failing: Run, tmp_path: Path) -> None:
    """A text of AWS is one visible line wherever another tool shows it, and no link or image of its own."""
    told = replace(failing, checks=tuple(replace(one, reason=WICKED) for one in checks(FIND_1=Outcome.FAILED)))
    made = with_delta(told, make_delta(tmp_path, [], [finding("CVE-2024-1", title=WICKED)]))
    (tmp_path / "files").mkdir()
    for name, text in written(made, tmp_path / "files").items():
        shown = [one for line in (text.splitlines() if name.endswith("ndjson") else [text]) for one in _texts(line)]
        assert not [one for one in shown if re.search("[\x00-\x1f\x7f-\x9f\u202e]", one)], name
        if name == "verify.sarif":
            assert not [one for one in shown if "](" in one], name
        if name in OSCAL:
            assert not [one for one in shown if re.search(r"(?<!\\)[\[<{]", one)], name


@given(st.text() | st.text("\\`*_[]()<>!~^{}&#-+=1. \na:/", max_size=20))
@settings(deadline=None)
def test_markup_of_oscal_shows_the_text(text: str) -> None:
    """A reader of CommonMark finds one text, and it is ours."""
    (block,) = [one for one in MarkdownIt().parse(as_markup(f"a {text}")) if one.type == "inline"]
    assert "".join(one.content for one in block.children or ()) == one_line(f"a {text}")
    assert {one.type for one in block.children or ()} <= {"text", "text_special"}


def _texts(text: str) -> Iterator[str]:
    def each(value: Any, name: str = "") -> Iterator[str]:
        pairs = value.items() if isinstance(value, dict) else ((name, one) for one in value)
        for key, one in pairs:
            if isinstance(one, (dict, list)):
                yield from each(one, key)
            elif isinstance(one, str) and key not in ("control-id", "href"):
                yield one

    return each(json.loads(text))


def test_a_pack_says_which_exports_it_was_made_with() -> None:
    """Judged again, the same are written."""
    assert exports_in(["verify.json", "verify.sarif", "oscal-poam.json"]) == ("oscal", "sarif")
    assert exports_in(["verify.json"]) == ()


def _notes(told: dict[str, Any]) -> list[dict[str, Any]]:
    notes: list[dict[str, Any]] = told["invocations"][0]["toolExecutionNotifications"]
    return notes
