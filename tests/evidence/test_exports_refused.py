"""Files that are no exports, or not whole ones, are refused in words that help."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postpatch.errors import BadEvidence
from postpatch.evidence.exports import EXPORT_AGAIN, read_export

Make = Callable[..., dict[str, Any]]


def refusal(folder: Path, data: bytes | str) -> str:
    """Return the words in which a file is refused, which always name it and the next step."""
    path = folder / "export"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(BadEvidence) as caught:
        list(read_export(path))
    message = str(caught.value)
    assert message.startswith(f"{EXPORT_AGAIN}: {path}: ")
    return message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is empty"),
        (b" \n\n", "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        (b"<!DOCTYPE html><html></html>", "not an export of findings but HTML or XML"),
        (b"%PDF-1.7\n", "not an export of findings but a PDF"),
        (b"PK\x03\x04rest", "not an export of findings but a zip archive: unpack it first"),
        ('{"findings": []}'.encode("utf-16"), "but UTF-16, as Windows PowerShell's > writes it: save it as UTF-8"),
        (b"a\0b", "not an export of findings but binary data"),
        (b"findings:\n- awsAccountId: '1'\n", "line 1: neither JSON nor the columns of a CSV findings report"),
        (
            b"Id,Severity\n",
            "line 1: not a CSV findings report of Amazon Inspector: it lacks the columns AWS Account Id,",
        ),
        (b'{"bomFormat": "CycloneDX"}', "line 1, column 1: this is a CycloneDX SBOM, not findings"),
        (b'{"spdxVersion": "SPDX-2.3"}', "this is an SPDX SBOM"),
        (b'{"Findings": []}', "this is a Security Hub export (ASFF)"),
        (
            b'{"findings": [{"SchemaVersion": "2018-10-08", "ProductArn": "x"}]}',
            "this is a Security Hub finding (ASFF)",
        ),
        (b'{"detail-type": "Inspector2 Finding", "detail": {}}', "this is an EventBridge event"),
        (b'{"findings": [{"arn": "x", "assetAttributes": {}}]}', "this is an Inspector Classic finding"),
        (b'{"findings": "none"}', "line 1, column 14: expected '[', found '\"'"),
        (b'{"findings": [1]}', "line 1, column 15: expected a finding, found int 1"),
        (b"[[]]", "line 1, column 2: expected '{', found '['"),
        (
            b'{"a": 1, "b": 2}',
            "not a finding of Amazon Inspector: it has neither findingArn nor awsAccountId, but a, b",
        ),
        (b"[{}]", "neither findingArn nor awsAccountId, but nothing"),
        (b'{"findings": [],\n "a" 1}', "line 2, column 6: expected ':', found '1'"),
        (b'{"findings": [], 1: 2}', "line 1, column 18: expected '\"', found '1'"),
        (
            b'{"findings": [{"a": nul, "b": "long enough that this is no cut"}]}',
            "line 1, column 21: not JSON: Expecting",
        ),
        (b'{"findings": [{"a": NaN}]}', "NaN is not JSON"),
        (b"{" + b'"a":[' * 1 + b"[" * 100_000, "not a readable JSON value"),
        (b'{"findings": []} trailing', "line 1, column 18: expected '{', found 't'"),
        (b'{"findings": [{"a": "\xff"}]}', "byte offset 21: the text is cut off or not UTF-8"),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    """A file of another kind is refused with the file's name, what it is and where, and what to do next."""
    assert words in refusal(tmp_path, data)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    """What is not there, or is no file, is refused by name before anything is read."""
    for path, words in ((tmp_path / "nowhere.json", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(BadEvidence, match=words) as caught:
            read_export(path)
        assert str(path) in str(caught.value)


def test_a_bad_finding_is_refused_by_line_and_arn(package_finding: Make, tmp_path: Path) -> None:
    """A finding that cannot be used is refused with its place, its ARN and the field; it is never left out."""
    findings = [package_finding(), package_finding(status="FOO")]
    text = '{"findings": [\n' + ",\n".join(json.dumps(finding) for finding in findings) + "\n]}"
    message = refusal(tmp_path, text)
    assert ": line 3, column 1: finding arn:aws:inspector2:eu-central-1:012345678901:finding/" in message
    assert "status is 'FOO', not one of ACTIVE, SUPPRESSED, CLOSED" in message


@pytest.mark.parametrize(
    "pages",
    [
        '{"findings": [], "nextToken": "t"}',
        '{"nextToken": "t", "findings": []}',
        '{"findings": [], "NextToken": "what the CLI writes after --max-items"}',
        '[{"findings": []}, {"findings": [], "nextToken": "t"}]',
        '{"findings": []}\n{"findings": [], "nextToken": "t"}',
        '[{"request": {}, "response": {"findings": [], "nextToken": "t"}}]',
        '[{"request": {"nextToken": "t"}, "response": {"findings": [], "nextToken": "u"}}]',
    ],
)
def test_pages_that_do_not_reach_the_end_are_refused(tmp_path: Path, pages: str) -> None:
    """A page that names a further page which is not there is incomplete evidence."""
    message = refusal(tmp_path, pages)
    assert "carries a nextToken that no further page follows, so findings are missing; --no-paginate" in message


def test_a_real_set_of_pages_without_its_last_is_refused(recordings: Path, tmp_path: Path) -> None:
    """Real pages without the ones that follow a token are refused."""
    pages = json.loads((recordings / "inspector2" / "list-findings.2023-03-14.pages.json").read_text())
    assert "nextToken" in refusal(tmp_path, json.dumps(pages[:2]))


def test_a_real_event_is_no_export(recordings: Path) -> None:
    """One event of one finding is not an export of them."""
    with pytest.raises(BadEvidence, match="this is an EventBridge event"):
        list(read_export(recordings / "inspector2" / "eventbridge-closed.json"))


def test_a_damaged_gzip_file_is_refused(package_finding: Make, tmp_path: Path) -> None:
    """Packed bytes that were changed on the way are refused."""
    packed = bytearray(gzip.compress(json.dumps([package_finding()]).encode()))
    packed[-6] ^= 0xFF
    assert "the gzip file is damaged or cut off" in refusal(tmp_path, bytes(packed))
