"""Hybrid nodes in a whole run: labelled in every output, and left alone where the policy does not ask for them."""

import json
from pathlib import Path

import pytest

from postpatch.report.markdown import escaped
from postpatch.simulator import worlds
from postpatch.verdict.hybrid import WITHOUT_INSPECTOR
from tests.suite.world_policies import in_toml

SCANNED = ("SCAN-", "FIND-")


def test_every_output_labels_them(rehearsed):
    """Terminal, report, summary and verify.json say that Patch Manager alone judges them."""
    ran = rehearsed("--world", "hybrid-nodes")
    nodes = ran.verdict["hybrid_nodes"]
    assert len(nodes) == 2
    assert all(node.startswith("mi-") for node in nodes)
    assert not set(nodes) & set(ran.verdict["hosts"])
    assert "on 2 hybrid nodes Patch Manager alone shows it" in ran.verdict["sentence"]
    assert "2 hybrid nodes, judged by Patch Manager alone, for Inspector scans none: mi-" in ran.out
    html = (ran.reports / "verify.html").read_text(encoding="utf-8")
    summary = (ran.reports / "summary.md").read_text(encoding="utf-8")
    assert html.count("hybrid node, judged by Patch Manager alone") == 2
    assert html.count("not scanned by Inspector") == 2
    assert all(node in html and node in summary for node in nodes)


def test_checks_about_inspector_leave_them_out_and_say_so(rehearsed):
    """Each SCAN and FIND check has a note with their ids, and no fact about one."""
    ran = rehearsed("--world", "hybrid-nodes")
    nodes = ran.verdict["hybrid_nodes"]
    for check in ran.verdict["checks"]:
        named = [note for note in check["notes"] if note.startswith("left out here: 2 hybrid nodes")]
        assert bool(named) == check["id"].startswith(SCANNED), check["id"]
        if named:
            assert all(node in named[0] for node in nodes)
            assert not any(node in fact["name"] for fact in check["facts"] for node in nodes)


@pytest.mark.parametrize("world", ["hybrid-nodes", "hybrid-failed", "hybrid-missing"])
def test_without_the_key_nothing_is_asked_about_them(rehearse, tmp_path: Path, world: str):
    """They are in no scope: their state turns nothing, and no output names them."""
    policy = worlds()[world].policy
    path = tmp_path / "without.toml"
    path.write_text(in_toml({**policy, "scope": {**policy["scope"], "hybrid": None}}), encoding="utf-8")
    ran = rehearse("--world", world, f"--policy={path}")
    assert (ran.exit, ran.verdict["hybrid_nodes"]) == (0, []), ran.out
    assert "mi-" not in (ran.reports / "summary.md").read_text(encoding="utf-8")


def test_a_red_run_is_judged_again_alike(rehearsed, rehearse, tmp_path: Path):
    """The stored evidence is enough: the same outcomes, with the same nodes, and no call."""
    earlier = rehearsed("--world", "hybrid-missing")
    ran = rehearse(f"--evidence={earlier.reports}", f"--reports={tmp_path / 'again'}")
    again = json.loads((tmp_path / "again" / "verify.json").read_text(encoding="utf-8"))
    assert (ran.exit, again["hybrid_nodes"]) == (1, earlier.verdict["hybrid_nodes"])
    keys = ("id", "outcome", "reason", "notes")
    assert [[check[key] for key in keys] for check in again["checks"]] == [
        [check[key] for key in keys] for check in earlier.verdict["checks"]
    ]


def test_nodes_alone_are_judged_without_inspector(rehearsed):
    """Nothing is assessed and no finding is asked for: these checks are not assessed, and every output says why."""
    ran = rehearsed("--world", "hybrid-alone")
    assert (ran.exit, ran.verdict["verdict"], ran.verdict["hosts"]) == (0, "PASS", [])
    left_out = {check["id"]: check["reason"] for check in ran.verdict["checks"] if check["outcome"] == "not assessed"}
    assert set(left_out) == {check["id"] for check in ran.verdict["checks"] if check["id"].startswith(SCANNED)}
    assert set(left_out.values()) == {WITHOUT_INSPECTOR}
    assert "2 hybrid nodes patched, as Patch Manager alone shows; no findings were compared" in ran.verdict["sentence"]
    assert [ran.verdict[key] for key in ("counts", "active", "assessment", "after")] == [None] * 4
    assert not [call for call in ran.verdict["calls"] if call.startswith("inspector2:")]
    html = (ran.reports / "verify.html").read_text(encoding="utf-8")
    assert "HYBRID NODES: Patch Manager alone was asked about them" in html
    assert "could not be collected" not in html
    summary = (ran.reports / "summary.md").read_text(encoding="utf-8")
    assert "The findings were not compared: Inspector scans no hybrid node." in summary
    assert f"Not assessed ({escaped(WITHOUT_INSPECTOR)}): SCAN-1, " in summary


def test_nodes_alone_are_judged_again_alike(rehearsed, rehearse, tmp_path: Path):
    """A pack of hybrid nodes alone gives the same verdict, with the same checks left out."""
    earlier = rehearsed("--world", "hybrid-alone")
    ran = rehearse(f"--evidence={earlier.reports}", f"--reports={tmp_path / 'again'}")
    again = json.loads((tmp_path / "again" / "verify.json").read_text(encoding="utf-8"))
    assert ran.exit == 0, ran.out
    assert [again[key] for key in ("verdict", "sentence", "checks")] == [
        earlier.verdict[key] for key in ("verdict", "sentence", "checks")
    ]


def test_a_baseline_of_nodes_alone_has_no_findings(rehearse, tmp_path: Path):
    """It says how many nodes it notes, asks Inspector nothing, and is the one that a verification then needs."""
    given = ("--world", "hybrid-alone", f"--reports={tmp_path}")
    ran = rehearse("-m", "baseline", *given)
    assert (ran.exit, "2 hybrid nodes without findings, for Inspector scans none, saved in" in ran.out) == (0, True)
    path = tmp_path / "baseline.manifest.json"
    noted = json.loads(path.read_text(encoding="utf-8"))
    assert (noted["rows"], noted["hosts"], len(noted["hybrid_nodes"])) == (0, [], 2)
    path.write_text(json.dumps({**noted, "hybrid_nodes": None}), encoding="utf-8")
    ran = rehearse(*given, f"--baseline={tmp_path / 'baseline.ndjson.gz'}")
    assert (ran.exit, "was not taken of hybrid nodes alone" in ran.out) == (4, True)


def test_what_needs_findings_does_not_go_with_nodes_alone(rehearse, tmp_path: Path):
    """Two files, Inspector Classic and a reconstructed baseline are refused, with the reason."""
    policy = tmp_path / "alone.toml"
    policy.write_text(in_toml(worlds()["hybrid-alone"].policy), encoding="utf-8")
    files = [tmp_path / name for name in ("before.json", "after.json")]
    for path in files:
        path.write_text("{}", encoding="utf-8")
    before, after = files
    for options in (
        ["--aws=recorded", f"--baseline={before}", f"--after={after}"],
        ["--inspector=classic"],
        ["--baseline=reconstruct", "--world=hybrid-alone"],
    ):
        ran = rehearse(f"--policy={policy}", *options)
        assert (ran.exit, "Inspector has no findings of hybrid nodes" in ran.out) == (4, True), ran.out
