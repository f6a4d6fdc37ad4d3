"""What a run tells to machines: one verdict, in JSON, in a table, in Markdown and in JUnit."""

import csv
import json
from collections import Counter
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from postpatch.report.schema import SCHEMA
from tests.packs.sealing import sealed

BEFORE, LATER = "list-findings.2023-03-14.json", "list-findings.2023-03-20.json"
CLASSES = ("fixed", "remaining", "new", "resurfaced", "host_gone", "not_scanned", "suppressed")


@pytest.fixture(scope="module")
def schema():
    """Return what validates by the published schema."""
    published = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft202012Validator(published, format_checker=Draft202012Validator.FORMAT_CHECKER)


def agree(ran, schema):
    """All that a run told keeps to the schema and says the same."""
    told = ran.verdict
    assert [f"{list(error.path)}: {error.message}" for error in schema.iter_errors(told)] == []
    assert (ran.reports / "summary.md").read_text(encoding="utf-8").startswith(f"## {told['verdict']}: ")
    table = ran.reports / "delta.csv"
    assert table.exists() is (told["counts"] is not None)
    if table.exists():
        with table.open(encoding="utf-8", newline="") as file:
            rows = Counter(row["class"] for row in csv.DictReader(file) if row["type"] != "CONFIGURATION")
        assert rows == Counter({name: told["counts"][name] for name in CLASSES})


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        (("--world", "workshop"), "PASS"),
        (("--world", "terminated-host"), "FAIL"),
        (("--world", "findings-denied"), "ERROR"),
        (("--world", "workshop", "-k", "window_duration"), "PARTIAL"),
        (("--world", "workshop-classic"), "PASS"),
        (("--world", "workshop", "--baseline=reconstruct"), "PASS"),
    ],
    ids=["pass", "fail", "error", "partial", "classic", "reconstructed"],
)
def test_every_kind_of_run_tells_one_verdict(rehearsed, schema, options, verdict):
    """JSON, Markdown and the table agree, and the JSON keeps to the published schema."""
    ran = rehearsed(*options)
    assert ran.verdict["verdict"] == verdict
    agree(ran, schema)


def test_waivers_and_limits_keep_to_the_schema(rehearse, schema, policy_file):
    """What the policy adds to the verdict stands in the JSON."""
    policy = policy_file(
        ('severity = "LOW"', 'severity = "LOW"\nmax = { CRITICAL = 0 }'),
        more='\n[[waiver]]\nvulnerability = "CVE-2000-1"\nreason = "r"\napprover = "a"\nexpires = 2099-01-01\n',
    )
    ran = rehearse("--world", "workshop", policy)
    agree(ran, schema)
    assert [waiver["state"] for waiver in ran.verdict["waivers"]] == ["unused"]
    assert ran.verdict["gate"]["limits"][0]["name"] == "active findings, CRITICAL"


def test_two_files_tell_their_verdict_alike(rehearse, recordings, schema):
    """A recorded run keeps to the same schema."""
    ran = rehearse("--aws", "recorded", f"--baseline={recordings / BEFORE}", f"--after={recordings / LATER}")
    assert ran.verdict["verdict"] == "FAIL"
    agree(ran, schema)


def test_the_summary_is_appended_to_githubs(rehearse, tmp_path):
    """What stands in GitHub's file stays; the summary follows it, once."""
    step = tmp_path / "step.md"
    step.write_text("# before\n", encoding="utf-8")
    ran = rehearse("--world", "workshop", "-k", "window_duration", GITHUB_STEP_SUMMARY=str(step))
    assert step.read_text(encoding="utf-8") == "# before\n" + (ran.reports / "summary.md").read_text(encoding="utf-8")


def test_a_summary_that_cannot_be_appended_is_told(rehearse, tmp_path):
    """GitHub's file that cannot be written changes no verdict, and the terminal says so."""
    ran = rehearse("--world", "workshop", "-k", "window_duration", GITHUB_STEP_SUMMARY=str(tmp_path))
    assert ran.exit == 0
    assert "GITHUB_STEP_SUMMARY was not written" in ran.out


def test_a_full_summary_is_not_made_too_large(rehearse, tmp_path):
    """Where others left no room nothing is added: GitHub would show nothing at all."""
    step = tmp_path / "step.md"
    step.write_text("x" * (1024 * 1024 - 50), encoding="utf-8")
    rehearse("--world", "workshop", "-k", "window_duration", GITHUB_STEP_SUMMARY=str(step))
    assert step.stat().st_size == 1024 * 1024 - 50


def _junit(path):
    """Return what JUnit holds of each check: its testcase's first child, by the check's id."""
    found = {}
    for case in ElementTree.parse(path).iter("testcase"):  # noqa: S314 - our own file
        (check,) = (one.get("value") for one in case.iter("property") if one.get("name") == "check")
        assert check not in found
        found[check] = next((one.tag for one in case if one.tag in ("failure", "error", "skipped")), "passed")
    return found


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_junit_names_each_check_once(run, rehearse, tmp_path, workers):
    """Each check is one test case with its id as a property, and drift and could-not-look are told apart."""
    junit = tmp_path / "junit.xml"
    verify = run if workers else rehearse  # only a process of its own has workers
    ran = verify(
        "-m", "verify", f"--evidence={sealed('0.1.0/recorded-worse', tmp_path)}", f"--junitxml={junit}", *workers
    )
    said = {"passed": "passed", "failed": "failure", "error": "error"}
    expected = {check: said[outcome] for check, outcome in ran.outcomes.items() if outcome in said}
    assert set(expected.values()) == {"passed", "failure", "error"}
    assert _junit(junit) == expected
    assert _junit(ran.reports / "evidence" / "junit.xml") == expected
