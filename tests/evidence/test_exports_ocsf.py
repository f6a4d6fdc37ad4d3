"""Files of OCSF as exports: lines of JSON, lists and Parquet, of any size, with what they leave out counted."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from postpatch.errors import BadEvidence
from postpatch.evidence.exports import Export, read_export
from postpatch.model import Finding
from tests.ocsf import in_ocsf

Make = Callable[..., dict[str, Any]]
Record = dict[str, Any]
Write = Callable[[list[Record], Path], None]


@pytest.fixture
def records(package_finding: Make) -> list[Record]:
    """Return an active finding, a closed one, and a record that is none of Inspector's."""
    arn = "arn:aws:inspector2:eu-central-1:012345678901:finding/"
    active = in_ocsf(package_finding(findingArn=f"{arn}1"))
    return [active, in_ocsf(package_finding(findingArn=f"{arn}2", status="CLOSED")), active | {"class_uid": 2003}]


def as_lines(records: list[Record], path: Path) -> None:
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")


def as_list(records: list[Record], path: Path) -> None:
    path.write_text(json.dumps(records), encoding="utf-8")


def packed(records: list[Record], path: Path) -> None:
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, records)).encode()))


def as_parquet(records: list[Record], path: Path) -> None:
    as_lines(records, path.with_suffix(".ndjson"))
    duckdb.execute(f"COPY (FROM read_json('{path.with_suffix('.ndjson')}')) TO '{path}' (FORMAT parquet)")


@pytest.mark.parametrize("write", [as_lines, as_list, packed, as_parquet])
def test_a_file_of_ocsf_is_read(records: list[Record], tmp_path: Path, write: Write) -> None:
    """Every finding with its status; what it leaves out, and that its end is not proven, is known."""
    path = tmp_path / "export"
    write(records, path)
    export = read_export(path)
    rows = list(export)
    assert [row.status for row in rows] == ["ACTIVE", "CLOSED"]
    assert {row.host for row in rows} == {"i-12345678901234567"}
    assert [row.packages[0].name for row in rows] == ["snapd", "snapd"]
    assert (export.in_ocsf, export.left_out, export.end_is_proven, export.is_whole) == (True, 1, False, False)
    assert export.newest == max(row.updated_at for row in rows if row.updated_at)
    assert list(read_export(path)) == rows


def test_a_record_that_is_wrong_is_named_with_its_place(records: list[Record], tmp_path: Path) -> None:
    """A line of JSON, or the number of a record in Parquet."""
    del records[1]["cloud"]["account"]
    as_lines(records, tmp_path / "export")
    with pytest.raises(BadEvidence, match=r"line 2, column 1: finding arn.*cloud.account is missing"):
        list(read_export(tmp_path / "export"))
    as_parquet(records, tmp_path / "parquet")
    with pytest.raises(BadEvidence, match=r"record 2: finding arn.*cloud.account"):
        list(read_export(tmp_path / "parquet"))


def test_a_parquet_file_that_is_cut_or_of_other_data_is_refused(records: list[Record], tmp_path: Path) -> None:
    """Its end is its table of contents; other columns are not taken for an export without findings."""
    path = tmp_path / "export"
    as_parquet(records, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with pytest.raises(BadEvidence, match="the Parquet file is damaged or cut off"):
        list(read_export(path))
    path.write_bytes(gzip.compress(whole))
    with pytest.raises(BadEvidence, match="unpack it first"):
        list(read_export(path))
    as_parquet([{"a": 1}], path)
    with pytest.raises(BadEvidence, match="not those of OCSF"):
        list(read_export(path))


def test_a_file_is_read_one_finding_at_a_time(records: list[Record], tmp_path: Path) -> None:
    """The first row is there before the end of the file is read: what follows it may be anything."""
    path = tmp_path / "export"
    with path.open("w", encoding="utf-8") as file:
        for _ in range(200):
            file.write(json.dumps(records[0]) + "\n")
        file.write("{")
    found: Iterator[Finding] = iter(read_export(path))
    assert next(found).status == "ACTIVE"
    with pytest.raises(BadEvidence, match="cut off"):
        list(found)


def test_other_exports_are_not_in_ocsf(package_finding: Make, tmp_path: Path) -> None:
    """What the CLI prints."""
    path = tmp_path / "export"
    path.write_text(json.dumps({"findings": [package_finding()]}), encoding="utf-8")
    export: Export = read_export(path)
    assert len(list(export)) == 1
    assert (export.in_ocsf, export.left_out) == (False, 0)
