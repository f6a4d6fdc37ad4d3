"""Whether the pages of an export are of one list, and whether any of them is missing.

A list of ListFindings is of one region: each page but the last carries a `nextToken`, and the next one asks for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from postpatch.errors import BadEvidence
from postpatch.translation.request import all_asked


@dataclass(frozen=True)
class Page:
    """One page: where it begins, the token that it carries, and the regions and accounts of its findings.

    `asked` is what its recorded request asked for, and `after` the token in it; both are None where none is recorded.
    """

    place: str
    token: str = ""
    asked: str | None = None
    after: str = ""
    regions: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


@dataclass
class PageChain:
    """The pages of one export, in the order of the file.

    Recorded pages say what they continue, in whatever order they are; others continue the page before them.
    """

    _recorded: dict[str, list[Page]] = field(default_factory=dict)
    _plain: list[Page] = field(default_factory=list)

    def add(self, page: Page) -> None:
        """Add the next page; BadEvidence if it continues another list than the one before it."""
        if page.asked is not None:
            self._recorded.setdefault(page.asked, []).append(page)
            return
        before = self._plain[-1] if self._plain else None
        if before and before.token:
            _refuse_other_list(page, before)
        self._plain.append(page)

    def refuse_missing(self) -> None:
        """Raise BadEvidence, with the place, if a page is missing before, between or after these."""
        if self._plain and self._plain[-1].token:
            _refuse_open(self._plain[-1])
        for asked, pages in self._recorded.items():
            self._refuse_gaps(asked, pages)

    @property
    def carries_tokens(self) -> bool:
        """Tell whether any page names a further one, so that its end is known by a page that names none."""
        return any(page.token for page in self._pages())

    @property
    def is_gapless(self) -> bool:
        """Tell whether no page can be missing in the middle: each says what it continues, or there is only one."""
        return len(self._plain) <= 1 and not (self._plain and self._recorded)

    @property
    def asked(self) -> str:
        """Return what the recorded requests asked for; nothing if a page is without its request."""
        return "" if self._plain else all_asked(self._recorded)

    def __len__(self) -> int:
        return len(list(self._pages()))

    def _pages(self) -> Iterator[Page]:
        yield from self._plain
        for pages in self._recorded.values():
            yield from pages

    def _refuse_gaps(self, asked: str, pages: list[Page]) -> None:
        offered = {page.token: page for page in pages if page.token}
        wanted = {page.after: page for page in pages if page.after}
        for token, page in offered.items():
            if token not in wanted:
                self._refuse_other_request(asked, token)
                _refuse_open(page)
        for token, page in wanted.items():
            if token not in offered:
                raise BadEvidence(
                    f"{page.place}: the page that begins here continues one that is not in the file, "
                    "so findings are missing"
                )
            sources = [one for one in pages if one.token == token]
            if page.regions and all(one.regions and not one.regions & page.regions for one in sources):
                _refuse_other_list(page, sources[0])

    def _refuse_other_request(self, asked: str, token: str) -> None:
        for other, pages in self._recorded.items():
            for page in pages:
                if other != asked and page.after == token:
                    raise BadEvidence(
                        f"{page.place}: the page that begins here continues a list that was asked for differently, "
                        "with another filter, region or account, so neither list is whole"
                    )


def _refuse_other_list(page: Page, before: Page) -> None:
    for what, here, there in (
        ("region", page.regions, before.regions),
        ("account", page.accounts, before.accounts),
    ):
        if here and there and not here & there:
            raise BadEvidence(
                f"{page.place}: the page that begins here is of {what} {', '.join(sorted(here))} and continues the "
                f"list of {what} {', '.join(sorted(there))}, whose next page is missing"
            )


def _refuse_open(page: Page) -> None:
    raise BadEvidence(
        f"{page.place}: the page that begins here carries a nextToken that no further page follows, so findings are "
        "missing; --no-paginate, --max-items or a page limit stopped the export"
    )
