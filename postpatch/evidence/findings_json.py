"""The findings in a JSON export: a document, a list, or pages, one finding at a time."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from postpatch.errors import BadEvidence
from postpatch.evidence.json_stream import CHUNK, JsonStream
from postpatch.evidence.page_chain import Page, PageChain
from postpatch.translation.ocsf_finding import CLASS, api_documents, is_inspectors
from postpatch.translation.request import asked_for

# The CLI writes NextToken when --max-items stopped it, the API nextToken.
_TOKENS = ("nextToken", "NextToken")
_ARN_REGION = re.compile(r"arn:[^:]*:inspector2:([a-z0-9-]+):")

# Names by which other tools' files give themselves away, with what they are.
_STRANGERS = {
    "bomFormat": "a CycloneDX SBOM",
    "spdxVersion": "an SPDX SBOM",
    "Findings": "a Security Hub export (ASFF)",
    "ProductArn": "a Security Hub finding (ASFF)",
    "detail-type": "an EventBridge event",
    "assetAttributes": "an Inspector Classic finding",
    "coveredResources": "a list of Inspector's coverage",
    "runs": "a SARIF report",
}


class FindingsJson:
    """Iterate once over what `aws inspector2 list-findings` printed, or over recorded requests and responses of it.

    Understood are `{"findings": […]}`, a list of such pages, of `{"request": …, "response": page}` or of findings,
    and any of these one after the other (pages of a script, or one finding a line). A finding may be a record of OCSF.
    Each item is the finding's place and its document.
    BadEvidence says the place of what is wrong, also when the pages do not reach the end:
    a page whose `nextToken` nobody followed is only a part of the findings.

    After the last item, `end_is_proven` says whether the file itself shows that nothing is missing at its end,
    `is_whole` whether nothing can be missing anywhere in it, and `asked` what its recorded requests asked for;
    `in_ocsf` whether any of it is in OCSF, and `left_out` how many records of OCSF are not Inspector's findings.
    """

    def __init__(self, stream: BinaryIO, chunk: int = CHUNK) -> None:
        self._json = JsonStream(stream, chunk)
        self._pages = PageChain()
        self._bare = False
        self.end_is_proven = False
        self.is_whole = False
        self.asked = ""
        self.in_ocsf = False
        self.left_out = 0

    def __iter__(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Yield each finding with its place."""
        documents = 0
        while first := self._json.peek():
            documents += 1
            if first == "[":
                for _ in self._json.elements():
                    yield from self._page_or_finding()
            else:
                yield from self._page_or_finding()
        self._pages.refuse_missing()
        # A bare list is what --query leaves of a page: its bracket closes it, whatever the page's token was.
        in_pages = bool(self._pages) and not self._bare
        self.end_is_proven = in_pages and (self._pages.carries_tokens or documents == 1)
        self.is_whole = self.end_is_proven and self._pages.is_gapless
        self.asked = self._pages.asked if in_pages else ""

    def _page_or_finding(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        self._json.peek()
        read = _Read(self._json.place())
        yield from self._members(read)
        if read.is_page:
            self._pages.add(read.page())
        elif CLASS in read.rest:
            self._bare = True
            yield from self._in_ocsf(read)
        else:
            self._bare = True
            yield read.place, _checked(read.place, read.rest)

    def _in_ocsf(self, read: "_Read") -> Iterator[tuple[str, Mapping[str, object]]]:
        if not is_inspectors(read.rest):
            self.left_out += 1
            return
        self.in_ocsf = True
        yield from documents_of(read.place, read.rest)

    def _members(self, read: "_Read", within_response: bool = False) -> Iterator[tuple[str, Mapping[str, object]]]:
        for name in self._json.members():
            if name == "findings":
                read.is_page = True
                for _ in self._json.elements():
                    yield self._finding(read)
            elif name == "response" and not within_response:
                yield from self._members(read, within_response=True)
                if not read.is_page:
                    raise BadEvidence(f"{read.place}: the response that was recorded here holds no findings")
            else:
                _refuse_stranger(read.place, (name,))
                value = self._json.value()
                if name in _TOKENS and value:
                    read.token = str(value)
                read.rest[name] = value

    def _finding(self, read: "_Read") -> tuple[str, Mapping[str, object]]:
        self._json.peek()
        place = self._json.place()
        finding = _checked(place, self._json.value())
        read.accounts.add(str(finding.get("awsAccountId") or ""))
        if match := _ARN_REGION.match(str(finding.get("findingArn"))):
            read.regions.add(match[1])
        return place, finding


@dataclass
class _Read:
    """What was read of a page, or of a finding that is on no page, so far: `rest` is all but its findings."""

    place: str
    is_page: bool = False
    token: str = ""
    rest: dict[str, object] = field(default_factory=dict)
    regions: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)

    def page(self) -> Page:
        """Return the page with what its request, if one is recorded, asked for."""
        page = Page(self.place, self.token, regions=frozenset(self.regions), accounts=frozenset(self.accounts - {""}))
        if "request" not in self.rest:
            return page
        request = self.rest["request"]
        if not isinstance(request, Mapping):
            raise BadEvidence(f"{self.place}: the request that was recorded here is no object")
        return replace(page, asked=asked_for(request, self.rest), after=str(request.get("nextToken") or ""))


def documents_of(place: str, record: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the findings of a record of OCSF with its place; BadEvidence says the place too."""
    try:
        for document in api_documents(record):
            yield place, document
    except BadEvidence as error:
        raise BadEvidence(f"{place}: {error}") from error


def _checked(place: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise BadEvidence(f"{place}: expected a finding, found {type(value).__name__} {value!r:.40}")
    _refuse_stranger(place, value)
    if "findingArn" not in value and "awsAccountId" not in value:
        names = ", ".join(list(value)[:5]) or "nothing"
        raise BadEvidence(
            f"{place}: not a finding of Amazon Inspector: it has neither findingArn nor awsAccountId, but {names}"
        )
    return value


def _refuse_stranger(place: str, names: Iterable[str]) -> None:
    for name in names:
        if name in _STRANGERS:
            raise BadEvidence(f"{place}: this is {_STRANGERS[name]}, not findings as Amazon Inspector exports them")
