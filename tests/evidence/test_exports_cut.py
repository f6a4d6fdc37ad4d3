"""Wherever a file breaks off, it is noticed; and no chunk's edge is taken for such a place."""

import contextlib
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.errors import BadEvidence
from postpatch.evidence.exports import read_export
from postpatch.evidence.findings_json import FindingsJson
from postpatch.evidence.json_stream import JsonStream

Make = Callable[..., dict[str, Any]]
Report = Callable[..., bytes]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)


@pytest.fixture(scope="module")
def whole(package_finding: Make, network_finding: Make, csv_report: Report) -> dict[str, bytes]:
    """Return a whole file of each format, each of two findings."""
    page = [package_finding(title="Größe … “quoted” 🙂"), network_finding()]
    document = json.dumps({"findings": page, "nextToken": None}, ensure_ascii=False, indent=1).encode()
    recorded = [
        {"request": {}, "response": {"findings": page[:1], "nextToken": "t"}},
        {"request": {"nextToken": "t"}, "response": {"findings": page[1:]}},
    ]
    return {
        "document": document,
        "list": json.dumps(page).encode(),
        "recorded": json.dumps(recorded).encode(),
        "pages": b"\n".join(
            (json.dumps({"findings": page[:1], "nextToken": "t"}).encode(), json.dumps({"findings": page[1:]}).encode())
        ),
        "gzip": gzip.compress(document),
        "csv": csv_report({}, {"Vulnerability Id": "CVE-2", "Package Manager": "OS, OS"}),
        "csv.gz": gzip.compress(csv_report({}, {})),
    }


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the cut files are written, one after the other."""
    return tmp_path_factory.mktemp("cut") / "export"


@pytest.mark.parametrize("name", ["document", "list", "recorded", "pages", "gzip", "csv", "csv.gz"])
@settings(deadline=None)
@given(data=st.data())
def test_a_cut_file_never_reads_clean_with_fewer_findings(
    whole: dict[str, bytes], place: Path, name: str, data: st.DataObject
) -> None:
    """A file cut at any byte is refused, or all its findings are there; a report cut between rows proves no end."""
    content = whole[name]
    cut = data.draw(st.integers(0, len(content)), label="cut at")
    place.write_bytes(content[:cut])
    with contextlib.suppress(BadEvidence) if cut < len(content) else contextlib.nullcontext():
        export = read_export(place)
        rows = list(export)
        between_rows = name == "csv" and content[:cut].endswith(b"\n") and not export.end_is_proven
        assert len(rows) == 2 or between_rows


# The dot keeps drawn names apart from those by which other tools' files give themselves away.
NAMES = st.text().map(lambda name: f".{name}")
# To draw nested values takes many times as long as to read them: few examples, each with many edges.
few = settings(max_examples=40, deadline=None)


@few
@given(findings=st.lists(st.dictionaries(NAMES, VALUES), max_size=4), chunk=st.integers(1, 40), escape=st.booleans())
def test_a_chunks_edge_is_no_break(findings: list[dict[str, Any]], chunk: int, escape: bool) -> None:
    """Whatever a chunk's edge cuts, each value comes out as the standard library reads it."""
    page = [finding | {"awsAccountId": "1"} for finding in findings]
    text = json.dumps({"findings": page}, ensure_ascii=escape, indent=1).encode("utf-8", "replace")
    found = [document for _, document in FindingsJson(io.BytesIO(text), chunk)]
    assert found == json.loads(text)["findings"]


@few
@given(values=st.lists(VALUES, min_size=1), chunk=st.integers(1, 9))
def test_values_are_pulled_one_by_one(values: list[object], chunk: int) -> None:
    """A list's elements are the values that were written, numbers at a chunk's edge included."""
    stream = JsonStream(io.BytesIO(json.dumps(values).encode()), chunk)
    assert [stream.value() for _ in stream.elements()] == values
    assert stream.peek() == ""


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_a_break_is_named_by_line_and_column(chunk: int) -> None:
    """The place at which the JSON breaks off, and where the value that is cut began, do not depend on chunks."""
    text = '{\n "findings": [\n  {"awsAccountId": "1",\n   "title": "a'
    with pytest.raises(BadEvidence, match=r"^line 4, column 15: .* within the value that begins at line 3, column 3$"):
        list(FindingsJson(io.BytesIO(text.encode()), chunk))
