"""CISA's Vulnrichment records: what is read of them, and what says nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from postpatch.errors import BadEvidence
from postpatch.evidence.vulnrichment import read_vulnrichment
from postpatch.model import Decision

CVE = "CVE-2024-3931"


def record(cve: str = CVE, options: Any = None) -> dict[str, Any]:
    """Return a record in the CVE Record Format, with CISA's decision points in an ADP container."""
    points = options or [{"Exploitation": "poc"}, {"Automatable": "no"}, {"Technical Impact": "partial"}]
    metric = {"other": {"type": "ssvc", "content": {"id": cve, "role": "CISA Coordinator", "options": points}}}
    return {"cveMetadata": {"cveId": cve}, "containers": {"cna": {}, "adp": [{"metrics": [metric], "title": "CISA"}]}}


@pytest.mark.parametrize("place", [f"2024/3xxx/{CVE}.json", f"{CVE}.json"])
def test_a_folder_has_a_file_for_each(tmp_path: Path, place: str) -> None:
    """Both layouts of a folder are read, and only the records that are asked for."""
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record()), encoding="utf-8")
    found = read_vulnrichment(tmp_path, [CVE, "CVE-2024-1", "../../etc/passwd", "KB5044281"])
    assert found.decisions == {CVE: Decision(False, "partial")}


def test_a_file_has_one_record_or_a_list(tmp_path: Path) -> None:
    """A file may hold one record or many; others than those asked for are left out."""
    yes = record("CVE-2024-1001", [{"Automatable": "yes"}, {"Technical Impact": "total"}])
    (tmp_path / "one.json").write_text(json.dumps(record()), encoding="utf-8")
    (tmp_path / "all.json").write_text(json.dumps([record(), yes, "x", None]), encoding="utf-8")
    assert read_vulnrichment(tmp_path / "one.json", [CVE]).decisions == {CVE: Decision(False, "partial")}
    assert read_vulnrichment(tmp_path / "all.json", ["CVE-2024-1001"]).decisions == {
        "CVE-2024-1001": Decision(True, "total")
    }


@pytest.mark.parametrize(
    "containers",
    [None, [], {}, {"adp": None}, {"adp": [None]}, {"adp": [{"metrics": [{"other": {"type": "kev"}}]}]}],
)
def test_another_form_says_nothing(tmp_path: Path, containers: Any) -> None:
    """What has no decision point is a record that says nothing, and no error."""
    path = tmp_path / f"{CVE}.json"
    path.write_text(json.dumps({"cveMetadata": {"cveId": CVE}, "containers": containers}), encoding="utf-8")
    assert read_vulnrichment(path, [CVE]).decisions == {CVE: Decision(None, None)}


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b""])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    """An error says what to do and which file it is about."""
    (tmp_path / f"{CVE}.json").write_bytes(content)
    with pytest.raises(BadEvidence, match=rf"Correct \[deadline\] vulnrichment .*{CVE}\.json"):
        read_vulnrichment(tmp_path, [CVE])


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The policy names a folder that does not exist: that is no folder without records."""
    with pytest.raises(BadEvidence, match="There is no file or folder"):
        read_vulnrichment(tmp_path / "absent", [CVE])
