"""The findings in Inspector's CSV findings report, row by row, with the names of the API.

The columns are those of https://docs.aws.amazon.com/inspector/latest/user/findings-managing-exporting-reports.html;
AWS documents no values. Those that public readers of such reports rely on are the API's (`AWS_EC2_INSTANCE`,
`CRITICAL`, `YES`), lists of packages that run in parallel and are separated by commas, and `-` where there is nothing.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from postpatch.errors import BadEvidence
from postpatch.model import FindingType

# Without one of these a row's identity, status or causes cannot be told. Older reports have no Package Manager.
NEEDED = (
    "AWS Account Id", "Severity", "Fix Available", "Finding Type", "Title", "Finding ARN", "First Seen", "Last Seen",
    "Last Updated", "Resource ID", "Region", "Affected Packages", "Package Installed Version", "Fixed in Version",
    "Status", "Vulnerability Id", "Resource Type", "Port Range",
)  # fmt: skip

_NOTHING = ("", "-", "N/A")
_PORTS = re.compile(r"(\d{1,5})(?:\s*(?:-|to)\s*(\d{1,5}))?")
_PROTOCOL = re.compile(r"\b(TCP|UDP)$")
# The names of the API for what a report says of a package, beside its name.
_PACKAGE_COLUMNS = {
    "version": "Package Installed Version",
    "fixedInVersion": "Fixed in Version",
    "packageManager": "Package Manager",
    "filePath": "File Path",
    "remediation": "Package Remediation",
}


class FindingsCsv:
    """Iterate once over the rows of a CSV findings report; each item is the row's place and the finding's document.

    BadEvidence says the place of what is wrong. A report that was cut between two rows cannot be told from a whole one,
    so `end_is_proven` is never true; and no report holds what it was asked for.
    """

    end_is_proven = is_whole = in_ocsf = False
    asked = ""
    left_out = 0

    def __init__(self, stream: BinaryIO) -> None:
        self._lines = _Lines(stream)
        self._reader = csv.reader(self._lines, strict=True)

    def __iter__(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Yield each row's place and its finding in the names of the API."""
        columns = self._columns()
        number = 0
        while (cells := self._next()) is not None:
            if not cells:
                continue
            number += 1
            place = f"row {number}, line {self._reader.line_num}"
            if len(cells) != len(columns):
                counts = f"{len(cells)} values in {len(columns)} columns"
                raise BadEvidence(f"{place}: {counts}: the row is cut off or damaged")
            row = _Row({name: cell.strip() for name, cell in zip(columns, cells, strict=True)})
            try:
                yield place, row.document()
            except BadEvidence as error:
                raise BadEvidence(f"{place}: {error}") from error
        self._lines.refuse_open_end()

    def _columns(self) -> list[str]:
        columns = [name.strip().casefold() for name in self._next() or ()]
        missing = [name for name in NEEDED if name.casefold() not in columns]
        if len(missing) == len(NEEDED):
            raise BadEvidence("line 1: neither JSON nor the columns of a CSV findings report of Amazon Inspector")
        if missing:
            raise BadEvidence(
                f"line 1: not a CSV findings report of Amazon Inspector: it lacks {_columns_named(missing)}"
            )
        repeated = sorted({name for name in columns if name and columns.count(name) > 1})
        if repeated:
            raise BadEvidence(f"line 1: more than one column is named {', '.join(repeated)}")
        return columns

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise BadEvidence(f"line {self._lines.number}: the CSV is cut off or damaged: {error}") from error


class _Row:
    """One row of the report, by column."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells

    def document(self) -> Mapping[str, object]:
        """Return the finding in the names of the API; BadEvidence names the column whose value is not of its kind."""
        kind = self._kind("Finding Type")
        details = self._network() if kind == FindingType.NETWORK else self._vulnerability()
        kind_of_resource = self._kind("Resource Type")
        resource = {"id": self._cell("Resource ID"), "type": kind_of_resource, "region": self._cell("Region")}
        return {
            "findingArn": self._cell("Finding ARN"),
            "awsAccountId": self._cell("AWS Account Id"),
            "type": kind,
            "title": self._cell("Title"),
            "severity": self._kind("Severity"),
            "status": self._kind("Status"),
            "fixAvailable": self._kind("Fix Available"),
            "exploitAvailable": self._kind("Exploit Available"),
            "inspectorScore": self._number("Inspector Score"),
            "epss": {"score": self._number("Epss Score")},
            "firstObservedAt": self._cell("First Seen"),
            "lastObservedAt": self._cell("Last Seen"),
            "updatedAt": self._cell("Last Updated"),
            "remediation": {"recommendation": {"text": self._cell("Remediation")}},
            "resources": [resource],
            **details,
        }

    def _cell(self, column: str) -> str | None:
        value = self._cells.get(column.casefold(), "")
        return None if value in _NOTHING else value

    def _kind(self, column: str) -> str | None:
        # The console writes "Package Vulnerability" for the API's PACKAGE_VULNERABILITY; either is understood.
        value = self._cell(column)
        return value.upper().replace(" ", "_") if value else None

    def _number(self, column: str) -> float | None:
        value = self._cell(column)
        try:
            return float(value) if value else None
        except ValueError as error:
            raise BadEvidence(f"{self._name()}: {column} is {value!r}, not a number") from error

    def _vulnerability(self) -> Mapping[str, object]:
        vulnerability = self._cell("Vulnerability Id")
        packages = {
            "vulnerabilityId": vulnerability,
            "vendorCreatedAt": self._cell("Vendor Advisory Published"),
            "vulnerablePackages": list(self._packages()),
        }
        return {"packageVulnerabilityDetails": packages, "codeVulnerabilityDetails": {"detectorId": vulnerability}}

    def _packages(self) -> Iterator[Mapping[str, object]]:
        names = _listed(self._cell("Affected Packages") or "")
        columns = {field: self._cell(column) for field, column in _PACKAGE_COLUMNS.items()}
        for index, name in enumerate(names):
            package: dict[str, object] = {"name": name}
            for field, cell in columns.items():
                values = _listed(cell or "")
                # Where the counts differ nobody can tell which value is whose, so each package carries all of them:
                # none may look unfixable because another's version was put beside it.
                value = values[index] if len(values) == len(names) else cell
                package[field] = None if value in _NOTHING else value
            yield package

    def _network(self) -> Mapping[str, object]:
        ports = _PORTS.fullmatch(self._cell("Port Range") or "")
        if not ports:
            raise BadEvidence(f"{self._name()}: Port Range is {self._cell('Port Range')!r}, not a range of ports")
        # The report has no column for the protocol; newer titles end with it, older ones do not.
        protocol = _PROTOCOL.search(self._cell("Title") or "")
        if not protocol:
            raise BadEvidence(
                f"{self._name()}: neither a column nor the title {self._cell('Title')!r} names the protocol of this "
                "network finding; the JSON export does"
            )
        begin = int(ports[1])
        port_range = {"begin": begin, "end": int(ports[2] or begin)}
        return {"networkReachabilityDetails": {"openPortRange": port_range, "protocol": protocol[1]}}

    def _name(self) -> str:
        return f"finding {self._cell('Finding ARN') or 'without an ARN'}"


class _Lines:
    """The report's lines as text, with their numbers."""

    def __init__(self, stream: BinaryIO) -> None:
        self._text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        self._last = ""
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            self._last = next(self._text)
        except UnicodeDecodeError as error:
            place = f"after line {self.number}"
            raise BadEvidence(f"{place}: the text is cut off or not UTF-8: {error.reason}") from error
        self.number += 1
        return self._last

    def refuse_open_end(self) -> None:
        """Refuse a last row that no line break ends: its last value may be cut, and no reader could see it."""
        if not self._last.endswith(("\n", "\r")):
            place = f"line {self.number}"
            raise BadEvidence(
                f"{place}: the last row has no line break, so it may be cut off; add one if it is complete"
            )


def _listed(cell: str) -> list[str]:
    return [value.strip() for value in cell.split(",")] if cell else []


def _columns_named(names: list[str]) -> str:
    return f"the column{'s' if len(names) > 1 else ''} {', '.join(names)}"
