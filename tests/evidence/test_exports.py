"""Exports in every shape that Inspector, its CLI and recordings of it have."""

import gzip
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from postpatch.evidence.exports import read_export
from postpatch.model import Finding

Make = Callable[..., dict[str, Any]]

IMAGE = {"type": "AWS_ECR_CONTAINER_IMAGE", "id": "arn:aws:ecr:…", "region": "eu-central-1"}


def identity(row: Finding) -> tuple[object, ...]:
    """Return what tells a finding from others."""
    return (row.account, row.region, row.host, row.type, row.vulnerability, row.protocol, row.port_begin, row.port_end)


def written(folder: Path, data: bytes | str) -> Path:
    """Write an export and return where."""
    path = folder / "export"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize(
    ("name", "statuses", "newest"),
    [
        ("2023-03-14", {"ACTIVE": 206, "CLOSED": 8}, datetime(2023, 3, 14, 16, 46, 59, 610000, UTC)),
        ("2023-03-20", {"ACTIVE": 217, "CLOSED": 5}, datetime(2023, 3, 20, 23, 34, 13, 332000, UTC)),
    ],
)
def test_a_real_document_is_read_whole(recordings: Path, name: str, statuses: dict[str, int], newest: datetime) -> None:
    """Of a real account's export every finding arrives, no two alike, and the counts speak of the whole file."""
    export = read_export(recordings / "inspector2" / f"list-findings.{name}.json")
    rows = list(export)
    assert Counter(row.status for row in rows) == statuses
    assert len({identity(row) for row in rows}) == len(rows) == export.rows
    assert (export.accounts, export.regions, export.newest) == ({"123456789012"}, {"us-east-1"}, newest)
    assert export.set_aside == {}
    assert export.end_is_proven


def test_a_real_document_tells_its_hosts_tags(recordings: Path) -> None:
    """The tags by which a waiver may name hosts are those that the export has, by instance."""
    export = read_export(recordings / "inspector2" / "list-findings.2023-03-14.json")
    hosts = {row.host for row in export}
    assert export.tags.keys() == hosts
    assert (("Name", "host-02"), ("Schedule", "nightnight"), ("state", "started")) in export.tags.values()


def test_a_real_pair_differs_as_recorded(recordings: Path) -> None:
    """Between two real dates 206 active findings remain and 11 are new, so identities survive six days."""
    first, second = (
        {identity(row) for row in read_export(recordings / "inspector2" / name) if row.status == "ACTIVE"}
        for name in ("list-findings.2023-03-14.json", "list-findings.2023-03-20.json")
    )
    assert (len(first & second), len(second - first), len(first - second)) == (206, 11, 0)


def test_real_pages_repeat_rows(recordings: Path) -> None:
    """Recorded pages give their rows as they stand: 342, of which 128 repeat, and the 214 of the document."""
    pages = [identity(row) for row in read_export(recordings / "inspector2" / "list-findings.2023-03-14.pages.json")]
    document = {identity(row) for row in read_export(recordings / "inspector2" / "list-findings.2023-03-14.json")}
    assert len(pages) == 342
    assert len(pages) - len(set(pages)) == 128
    assert set(pages) == document


def test_real_findings_of_other_resources_are_set_aside(recordings: Path) -> None:
    """Of one instance and seven images the instance is read, and the images are counted by their type."""
    export = read_export(recordings / "inspector2" / "mixed-resources.json")
    (row,) = export
    assert (row.account, row.updated_at) == ("012345678901", datetime(2024, 3, 19, 14, 31, 8, 6000, UTC))
    assert export.set_aside == {"AWS_ECR_CONTAINER_IMAGE": 7}


def shapes(page: list[dict[str, Any]]) -> dict[str, str]:
    """Return the same findings in each JSON shape, by its name."""
    recorded: list[dict[str, Any]] = [
        {"request": {}, "response": {"findings": page[:2], "nextToken": "t"}},
        {"request": {"nextToken": "t"}, "response": {"findings": page[2:]}},
    ]
    return {
        "a document": json.dumps({"findings": page}),
        "a document that names no further page": json.dumps({"nextToken": None, "findings": page}, indent=2),
        "a list": json.dumps(page),
        "a list of pages": json.dumps([{"findings": page[:2], "nextToken": "t"}, {"findings": page[2:]}]),
        "recorded pages": json.dumps(recorded),
        "recorded pages in another order": json.dumps(recorded[::-1]),
        "pages one after the other": "\n".join(json.dumps(part["response"]) for part in recorded),
        "a finding a line": "\n".join(json.dumps(finding) for finding in page) + "\n",
        "a byte order mark": "\ufeff" + json.dumps({"findings": page}),
        "space around it": " \r\n\t" + json.dumps({"findings": page}) + "\n\n",
    }


@pytest.mark.parametrize("shape", shapes([]))
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_every_shape_gives_the_same_rows(package_finding: Make, tmp_path: Path, shape: str, packed: bool) -> None:
    """However the findings are wrapped, the same rows come out, in the order in which they stand."""
    ids = ["CVE-1", "CVE-2", "CVE-3"]
    page = [package_finding(packageVulnerabilityDetails={"vulnerabilityId": name}) for name in ids]
    data = shapes(page)[shape].encode()
    export = read_export(written(tmp_path, gzip.compress(data) if packed else data))
    expected = ["CVE-3", "CVE-1", "CVE-2"] if shape.endswith("another order") else ids
    assert [row.vulnerability for row in export] == expected
    assert export.rows == 3
    # Nothing shows that the last line is there, or that a bare list was not one page of several.
    assert export.end_is_proven == (shape not in ("a finding a line", "a list"))
    # Pages without their requests do not show that none is missing between them.
    in_pages = ("a list of pages", "pages one after the other")
    assert export.is_whole == (export.end_is_proven and shape not in in_pages)
    assert export.asked == ("[{}]" if shape.startswith("recorded") else "")


@pytest.mark.parametrize("nothing", ["[]", '{"findings": []}', '[{"findings": []}]'])
def test_no_findings_is_an_answer_too(tmp_path: Path, nothing: str) -> None:
    """An export without findings is read: no rows, no times."""
    export = read_export(written(tmp_path, nothing))
    assert list(export) == []
    assert (export.rows, export.newest, export.accounts) == (0, None, set())


def test_an_export_reads_again_from_the_start(package_finding: Make, tmp_path: Path) -> None:
    """A second reading begins anew and counts anew."""
    export = read_export(written(tmp_path, json.dumps([package_finding(resources=[IMAGE]), package_finding()])))
    assert list(export) == list(export)
    assert (export.rows, export.set_aside) == (1, {"AWS_ECR_CONTAINER_IMAGE": 1})


def test_rows_come_before_the_file_is_read_to_its_end(package_finding: Make, tmp_path: Path) -> None:
    """The first row is there while the end of the file is still unread, even if that end is broken."""
    rows = iter(read_export(written(tmp_path, "[" + json.dumps(package_finding()) + "," + " " * 3_000_000 + "broken")))
    assert next(rows).vulnerability == "CVE-2024-29069"
