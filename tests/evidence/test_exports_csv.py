"""The CSV findings report."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postpatch.errors import BadEvidence
from postpatch.evidence.exports import Export, read_export
from postpatch.evidence.findings_csv import NEEDED
from postpatch.model import Package

Report = Callable[..., bytes]

NETWORK = {
    "Finding Type": "NETWORK_REACHABILITY",
    "Title": "Port range 0 to 65535 is reachable from an Internet Gateway - UDP",
    "Port Range": "0 - 65535",
    "Vulnerability Id": "-",
    "Affected Packages": "",
    "Fix Available": "-",
}


def exported(folder: Path, data: bytes) -> Export:
    """Write a report and open it."""
    path = folder / "report.csv"
    path.write_bytes(data)
    return read_export(path)


def refusal(folder: Path, data: bytes) -> str:
    """Return the words in which a report is refused."""
    with pytest.raises(BadEvidence) as caught:
        list(exported(folder, data))
    return str(caught.value)


def test_the_header_is_that_of_real_reports(recordings: Path, columns: list[str]) -> None:
    """The columns of these tests are the 55 of a real report."""
    header = (recordings / "inspector2" / "findings-report-header.txt").read_text().strip().split(",")
    assert header == columns
    assert len(header) == 55


def test_a_row_of_a_report_becomes_a_row(tmp_path: Path, csv_report: Report) -> None:
    """A package finding arrives with its packages side by side, whatever its description holds."""
    export = exported(tmp_path, csv_report({}, {"Status": "SUPPRESSED"}))
    row, suppressed = export
    assert (row.account, row.region, row.host) == ("012345678901", "us-east-1", "i-09f8489a200cc2a76")
    assert (row.type, row.vulnerability, row.severity) == ("PACKAGE_VULNERABILITY", "CVE-2022-3491", "HIGH")
    assert (row.score, row.epss, row.fix_available, row.exploit_available) == (7.8, 0.00043, "YES", "NO")
    assert row.disclosed_at == datetime(2022, 12, 3, 13, 15, tzinfo=UTC)
    assert row.packages == tuple(
        Package(name, "2:9.0.1160-1.amzn2.0.1", manager="OS", fixed_in=fixed, remediation=f"yum update {name}")
        for name, fixed in (("vim-common", "2:9.0.1314-1.amzn2.0.1"), ("vim-data", "NotAvailable"))
    )
    assert (row.status, suppressed.status) == ("ACTIVE", "SUPPRESSED")
    assert (export.rows, export.newest) == (2, datetime(2023, 3, 8, 20, 23, 4, 98000, UTC))


@pytest.mark.parametrize(("cell", "ports"), [("0 - 65535", (0, 65535)), ("80-81", (80, 81)), ("22", (22, 22))])
def test_an_open_port_is_read_from_its_range_and_title(
    tmp_path: Path, csv_report: Report, cell: str, ports: tuple[int, int]
) -> None:
    """The protocol, for which a report has no column, is the last word of the title."""
    (row,) = exported(tmp_path, csv_report(NETWORK | {"Port Range": cell}))
    assert (row.protocol, row.port_begin, row.port_end) == ("UDP", *ports)
    assert (row.vulnerability, row.packages, row.fix_available) == ("", (), None)


def test_words_of_the_console_are_read_as_those_of_the_api(tmp_path: Path, csv_report: Report) -> None:
    """`Package Vulnerability` and `Active` mean what PACKAGE_VULNERABILITY and ACTIVE mean."""
    (row,) = exported(tmp_path, csv_report({"Finding Type": "Package Vulnerability", "Status": "Active"}))
    assert (row.type, row.status) == ("PACKAGE_VULNERABILITY", "ACTIVE")


@pytest.mark.parametrize("cell", ["", "-", "N/A"])
def test_an_empty_cell_is_unknown(tmp_path: Path, csv_report: Report, cell: str) -> None:
    """Empty cells and the signs for nothing are missing values, not texts."""
    unknown = ("Fix Available", "Fixed in Version", "Inspector Score", "Package Manager", "Last Seen", "Epss Score")
    (row,) = exported(tmp_path, csv_report(dict.fromkeys(unknown, cell)))
    assert (row.fix_available, row.score, row.epss, row.last_observed_at) == (None,) * 4
    assert [(package.fixed_in, package.manager) for package in row.packages] == [(None, "")] * 2


def test_lists_of_different_lengths_are_not_put_side_by_side(tmp_path: Path, csv_report: Report) -> None:
    """If two packages share one cell nobody knows whose fix it is, so neither looks unfixable or foreign."""
    (row,) = exported(tmp_path, csv_report({"Fixed in Version": "1.2", "Package Manager": "OS"}))
    assert [(package.fixed_in, package.manager) for package in row.packages] == [("1.2", "OS")] * 2


def test_columns_stand_in_any_order_and_may_be_more_or_fewer(
    tmp_path: Path, csv_report: Report, columns: list[str]
) -> None:
    """The order of columns, one that is new and one that older reports lack change nothing."""
    changed = ["Brand New", *(name for name in reversed(columns) if name != "Package Manager")]
    (row,) = exported(tmp_path, csv_report({"Brand New": "x"}, columns=changed))
    assert (row.vulnerability, row.packages[0].manager) == ("CVE-2022-3491", "")


@pytest.mark.parametrize("column", NEEDED)
def test_a_needed_column_that_is_missing_is_named(
    tmp_path: Path, csv_report: Report, columns: list[str], column: str
) -> None:
    """A report without a needed column is refused, by the column's name."""
    fewer = [name for name in columns if name != column]
    assert f"it lacks the column {column}." in refusal(tmp_path, csv_report({}, columns=fewer))


def test_a_column_that_stands_twice_is_refused(tmp_path: Path, csv_report: Report, columns: list[str]) -> None:
    """Two columns of one name leave open which is meant."""
    assert "line 1: more than one column is named status" in refusal(
        tmp_path, csv_report({}, columns=[*columns, "Status"])
    )


@pytest.mark.parametrize(
    "change",
    [lambda data: b"\xef\xbb\xbf" + data, lambda data: data.replace(b"\n", b"\r\n"), gzip.compress],
    ids=["byte order mark", "line ends", "gzip"],
)
def test_mark_line_ends_and_packing_do_not_matter(
    tmp_path: Path, csv_report: Report, change: Callable[[bytes], bytes]
) -> None:
    """A byte order mark, Windows' line ends and gzip give the same rows."""
    data = csv_report({}, NETWORK)
    assert len(list(exported(tmp_path, change(data)))) == 2


def test_other_resources_are_set_aside(tmp_path: Path, csv_report: Report) -> None:
    """A container image in a report is counted and gives no row."""
    image = {"Resource Type": "AWS_ECR_CONTAINER_IMAGE", "Resource ID": "arn:aws:ecr:us-east-1:…"}
    export = exported(tmp_path, csv_report(image, {}, image))
    assert len(list(export)) == 1
    assert export.set_aside == {"AWS_ECR_CONTAINER_IMAGE": 2}


def test_a_report_never_proves_its_end(tmp_path: Path, csv_report: Report) -> None:
    """A report cut between two rows looks whole, and the export says that it cannot tell."""
    export = exported(tmp_path, csv_report({}))
    list(export)
    assert not export.end_is_proven


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Status": "FOO"}, "status is 'FOO', not one of ACTIVE, SUPPRESSED, CLOSED"),
        ({"Vulnerability Id": "-"}, "packageVulnerabilityDetails.vulnerabilityId is missing"),
        ({"AWS Account Id": "12345678901"}, "not 12 digits; spreadsheets drop leading zeros"),
        ({"Inspector Score": "high"}, "Inspector Score is 'high', not a number"),
        ({"Last Seen": "soon"}, "lastObservedAt is 'soon', not a readable time"),
        (NETWORK | {"Port Range": "all"}, "Port Range is 'all', not a range of ports"),
        (
            NETWORK | {"Title": "Port 22 is reachable"},
            "names the protocol of this network finding; the JSON export does",
        ),
    ],
)
def test_a_bad_row_is_refused_by_row_line_and_arn(
    tmp_path: Path, csv_report: Report, changes: dict[str, str], words: str
) -> None:
    """A value that cannot be used is refused with the file, the row, its line, the finding and what to do."""
    message = refusal(tmp_path, csv_report({}, changes))
    assert words in message
    assert f"{tmp_path / 'report.csv'}: row 2, line 5: finding arn:aws:inspector2:us-east-1:012345678901:" in message


@pytest.mark.parametrize(
    ("tail", "words"),
    [
        (b"1,2,3\n", "row 2, line 4: 3 values in 55 columns: the row is cut off or damaged"),
        (b'1,"2', "line 4: the CSV is cut off or damaged"),
        (b"\xff\n", "the text is cut off or not UTF-8"),
    ],
)
def test_a_torn_report_is_refused_by_line(tmp_path: Path, csv_report: Report, tail: bytes, words: str) -> None:
    """A short row, a quote that nothing closes and bytes that are no text are refused with their line."""
    assert words in refusal(tmp_path, csv_report({}) + tail)


def test_a_last_row_without_a_line_break_is_refused(tmp_path: Path, csv_report: Report) -> None:
    """A last row that no line break ends may have lost the end of its last value."""
    assert "the last row has no line break" in refusal(tmp_path, csv_report({}).rstrip(b"\n"))
