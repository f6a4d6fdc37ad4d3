"""Hybrid nodes in a whole run: labelled in every output, and left alone where the policy does not ask for them."""

import json
from pathlib import Path

import pytest

from postpatch.simulator import worlds
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
