"""The findings in a JSON export: a document, a list, or pages, one finding at a time."""

from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from postpatch.errors import BadEvidence
from postpatch.evidence.json_stream import CHUNK, JsonStream

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
    and any of these one after the other (pages of a script, or one finding a line). Each item is the finding's place
    and its document. BadEvidence says the place of what is wrong, also when the pages do not reach the end:
    a page whose `nextToken` nobody followed is only a part of the findings.

    `end_is_proven` tells after the last item whether the file itself shows that nothing is missing at its end.
    """

    def __init__(self, stream: BinaryIO, chunk: int = CHUNK) -> None:
        self._json = JsonStream(stream, chunk)
        self._asked: set[str] = set()
        self._offered: dict[str, str] = {}
        self._last_offer: str | None = None
        self._recorded = False
        self._bare = False
        self.end_is_proven = False

    def __iter__(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Yield each finding with its place."""
        documents = 0
        while first := self._json.peek():
            documents += 1
            if first == "[":
                for _ in self._json.elements():
                    yield from self._page_or_finding()
                # A list is closed by its own bracket, whatever it holds.
                self._bare = False
            else:
                yield from self._page_or_finding()
        self._refuse_open_end()
        self.end_is_proven = bool(self._offered) or (documents == 1 and not self._bare)

    def _page_or_finding(self, within_response: bool = False) -> Iterator[tuple[str, Mapping[str, object]]]:
        self._json.peek()
        place, page = self._json.place(), False
        rest: dict[str, object] = {}
        for name in self._json.members():
            if name == "findings":
                page = True
                for _ in self._json.elements():
                    yield self._finding()
            elif name == "response" and not within_response:
                page = True
                yield from self._page_or_finding(within_response=True)
            else:
                _refuse_stranger(place, (name,))
                rest[name] = self._json.value()
        if page:
            self._note_tokens(place, rest)
        else:
            self._bare = True
            yield place, _checked(place, rest)

    def _finding(self) -> tuple[str, Mapping[str, object]]:
        self._json.peek()
        place = self._json.place()
        return place, _checked(place, self._json.value())

    def _note_tokens(self, place: str, page: Mapping[str, object]) -> None:
        request = page.get("request")
        if isinstance(request, Mapping):
            self._recorded = True
            self._asked.add(str(request.get("nextToken")))
            return
        # The CLI writes NextToken when --max-items stopped it, the API nextToken.
        token = page.get("nextToken") or page.get("NextToken")
        self._last_offer = str(token) if token else None
        if token:
            self._offered[str(token)] = place

    def _refuse_open_end(self) -> None:
        # Recorded pages say what was asked for, in whatever order; of others only the last may say that it is the last.
        open_ends = [token for token in self._offered if token not in self._asked] if self._recorded else []
        if self._last_offer and not self._recorded:
            open_ends = [self._last_offer]
        if open_ends:
            raise BadEvidence(
                f"{self._offered[open_ends[0]]}: the page that begins here has a nextToken, but no page "
                "follows it, so findings are missing; --no-paginate, --max-items or a page limit stopped the export"
            )


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
