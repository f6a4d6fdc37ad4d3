"""Read files of Amazon Inspector v2's findings: the CLI's JSON, recorded pages, findings reports, OCSF."""

import gzip
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, cast

from postpatch.errors import BadEvidence
from postpatch.evidence.findings_csv import FindingsCsv
from postpatch.evidence.findings_json import FindingsJson
from postpatch.evidence.findings_parquet import MAGIC, FindingsParquet
from postpatch.model import Finding
from postpatch.translation.finding import finding_rows, host_tags, other_resources

EXPORT_AGAIN = (
    "Export the findings again, all of them: aws inspector2 list-findings --output json > FILE, "
    "without --max-items, --no-paginate and --query, or a findings report"
)

_HEAD = 4096
_GZIP = b"\x1f\x8b"
# How files that are no exports begin, with what they are.
_STRANGERS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive: unpack it first"),
    (b"\xff\xfe", "UTF-16, as Windows PowerShell's > writes it: save it as UTF-8"),
    (b"\xfe\xff", "UTF-16: save it as UTF-8"),
    (b"<", "HTML or XML"),
)


Reader = type[FindingsJson] | type[FindingsCsv] | type[FindingsParquet]


class Export(Iterable[Finding]):
    """An export of findings; iterate to stream the rows of its EC2 instances, of all statuses, unchanged.

    Rows that repeat are yielded as often as they stand: pages overlap. Each iteration reads the file anew and holds one
    finding at a time. The counts speak of what was read so far, and of the whole file after the last row. They are:
    `rows` yielded; `set_aside`, the resources of other types by their type; `accounts` and `regions` of the rows;
    `newest`, the latest time at which one of them was updated or observed, so the export is not older than that;
    `tags` of the EC2 instances by their id, which only JSON tells.

    After the last row, `end_is_proven` says whether the file itself shows that nothing is missing at its end. It is
    false for a CSV report, a bare list and one finding a line: cut between two rows they look whole. `is_whole` says
    whether nothing can be missing in the middle either, and `asked` what recorded requests asked for, or nothing.
    `in_ocsf` says whether any of it is in OCSF, and `left_out` how many of its records are not Inspector's findings.
    """

    def __init__(self, path: Path, reader: Reader) -> None:
        self.path = path
        self._reader = reader
        self._start()

    def __iter__(self) -> Iterator[Finding]:
        """Yield the rows; BadEvidence names the file, the place in it and the problem."""
        self._start()
        with _opened(self.path) as stream:
            findings = self._reader(stream)
            for place, document in findings:
                yield from self._rows(place, document)
            self.end_is_proven, self.is_whole = findings.end_is_proven, findings.is_whole
            self.asked = findings.asked
            self.in_ocsf, self.left_out = findings.in_ocsf, findings.left_out

    @property
    def set_aside(self) -> Mapping[str, int]:
        """Return how many resources of other types than EC2 instances the findings name, by type."""
        return MappingProxyType(self._set_aside)

    def _start(self) -> None:
        self.rows = 0
        self.accounts: set[str] = set()
        self.regions: set[str] = set()
        self.newest: datetime | None = None
        self.tags: dict[str, tuple[tuple[str, str], ...]] = {}
        self.end_is_proven = self.is_whole = False
        self.asked = ""
        self.in_ocsf, self.left_out = False, 0
        self._set_aside: Counter[str] = Counter()

    def _rows(self, place: str, document: Mapping[str, object]) -> Iterator[Finding]:
        try:
            self._set_aside.update(other_resources(document))
            rows = list(finding_rows(document))
            self.tags.update(host_tags(document))
        except BadEvidence as error:
            raise BadEvidence(f"{place}: {error}") from error
        for row in rows:
            self.rows += 1
            self.accounts.add(row.account)
            self.regions.add(row.region)
            times = (self.newest, row.updated_at, row.last_observed_at)
            self.newest = max((time for time in times if time), default=None)
            yield row


def read_export(path: Path) -> Export:
    """Return the export at `path`, plain or gzipped; BadEvidence if it cannot be read or is clearly not an export."""
    with _opened(path) as stream:
        return Export(path, _reader(stream.read(_HEAD)))


def _reader(head: bytes) -> Reader:
    if head.startswith(MAGIC):
        return FindingsParquet
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise BadEvidence("it is empty")
    for beginning, name in _STRANGERS:
        if text.startswith(beginning):
            raise BadEvidence(f"it is not an export of findings but {name}")
    if b"\0" in head:
        raise BadEvidence("it is not an export of findings but binary data")
    return FindingsJson if text.startswith((b"{", b"[")) else FindingsCsv


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open the file, unpack it if it is gzip, and let every refusal name it and what to do next."""
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            if packed:
                with gzip.open(file, "rb") as unpacked:
                    yield cast(BinaryIO, unpacked)
            else:
                yield file
    except BadEvidence as error:
        raise BadEvidence(f"{EXPORT_AGAIN}: {path}: {error}.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadEvidence(f"{EXPORT_AGAIN}: {path}: the gzip file is damaged or cut off: {error}.") from error
    except OSError as error:
        raise BadEvidence(f"{EXPORT_AGAIN}: {path}: it cannot be read: {error.strerror}.") from error
