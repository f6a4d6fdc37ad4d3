"""Pages: a list is cut once, and every next page comes from that cut."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..ids import Ids
from .errors import AwsError

# So many lists and so many rows are remembered, and the newest lists whatever their size. AWS's tokens expire too;
# a caller that pages on is far below this.
MOST_LISTS = 2000
MOST_ROWS = 20_000
ALWAYS_REMEMBERED = 4
_PAGING = frozenset({"maxresults", "nexttoken"})


@dataclass
class _Cut:
    """A list as it was when its first page was asked for, and the tokens that lead into it, by the row they lead to."""

    purpose: str
    question: str
    rows: Sequence[Any]
    tokens: dict[int, str] = field(default_factory=dict)


class Pages:
    """Cut lists into pages and hand out opaque tokens for the rest.

    A token is good for the operation and the filters it was given for, and no others.
    Of a list that was read to its end only the last page is remembered, since its answer may be lost.
    AWS may return fewer rows than were asked for: with `at_most`, no page has more.
    """

    def __init__(self, seed: str, most_rows: int = MOST_ROWS) -> None:
        self.at_most: int | None = None
        self._ids = Ids(seed)
        self._most_rows = most_rows
        self._cuts: list[_Cut] = []
        self._places: dict[str, tuple[_Cut, int]] = {}

    @property
    def remembered(self) -> int:
        """Count the rows that are remembered."""
        return sum(len(cut.rows) for cut in self._cuts)

    def cut(
        self,
        purpose: str,
        params: dict[str, Any],
        rows: Callable[[], Sequence[Any]],
        *,
        default: int,
        refuse: Callable[[str], AwsError],
    ) -> tuple[list[Any], str | None]:
        """Cut one page, and return it with the token of the next one, if any.

        `default` is the size where the caller names none; `refuse` makes the service's own error for a token that
        is not ours. The parameters are `maxResults` and `nextToken`, or the same with capitals.
        """
        question = repr(sorted((name, value) for name, value in params.items() if name.lower() not in _PAGING))
        paging = {name.lower(): value for name, value in params.items() if name.lower() in _PAGING}
        given = paging.get("nexttoken")
        found, start = self._places.get(given, (None, 0)) if given else (_Cut(purpose, question, rows()), 0)
        if found is None or (found.purpose, found.question) != (purpose, question):
            raise refuse(f"the page token is not one that {purpose} gave for this request")
        size = int(paging.get("maxresults") or default)
        end = start + min(size, self.at_most or size)
        page = list(found.rows[start:end])
        if end < len(found.rows):
            return page, self._token(found, end)
        if given:
            self._finish(found, given, page)
        return page, None

    def _token(self, cut: _Cut, place: int) -> str:
        """Return the token that leads to a row: the same each time, so that there are never more tokens than rows."""
        if not cut.tokens:
            self._cuts.append(cut)
            self._forget()
        if place not in cut.tokens:
            cut.tokens[place] = self._ids.hexadecimal(64)
            self._places[cut.tokens[place]] = cut, place
        return cut.tokens[place]

    def _finish(self, cut: _Cut, last: str, page: list[Any]) -> None:
        for token in cut.tokens.values():
            del self._places[token]
        cut.rows, cut.tokens = page, {0: last}
        self._places[last] = cut, 0

    def _forget(self) -> None:
        while len(self._cuts) > ALWAYS_REMEMBERED and (
            len(self._cuts) > MOST_LISTS or self.remembered > self._most_rows
        ):
            for token in self._cuts.pop(0).tokens.values():
                del self._places[token]
