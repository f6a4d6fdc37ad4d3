"""Pages: a list is cut once, and every next page comes from that cut."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..ids import Ids
from .errors import AwsError

# How many cuts are remembered. AWS's tokens expire too; a caller that pages on is far below this.
_REMEMBERED = 2000
_PAGING = frozenset({"maxresults", "nexttoken"})


@dataclass(frozen=True)
class _Rest:
    purpose: str
    question: str
    rows: Sequence[Any]
    start: int


class Pages:
    """Cut lists into pages and hand out opaque tokens for the rest.

    A token is good for the operation and the filters it was given for, and no others.
    AWS may return fewer rows than were asked for: with `at_most`, no page has more.
    """

    def __init__(self, seed: str) -> None:
        self.at_most: int | None = None
        self._ids = Ids(seed)
        self._rests: OrderedDict[str, _Rest] = OrderedDict()

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
        if given:
            rest = self._rests.get(given)
            if rest is None or (rest.purpose, rest.question) != (purpose, question):
                raise refuse(f"the page token is not one that {purpose} gave for this request")
        else:
            rest = _Rest(purpose, question, rows(), 0)
        size = int(paging.get("maxresults") or default)
        end = rest.start + min(size, self.at_most or size)
        following = self._keep(_Rest(purpose, question, rest.rows, end)) if end < len(rest.rows) else None
        return list(rest.rows[rest.start : end]), following

    def _keep(self, rest: _Rest) -> str:
        token = self._ids.hexadecimal(64)
        self._rests[token] = rest
        while len(self._rests) > _REMEMBERED:
            self._rests.popitem(last=False)
        return token
