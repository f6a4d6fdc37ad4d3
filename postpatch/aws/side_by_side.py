"""Ask about many parts at once, and hand over the answers in the order of the parts, whichever comes first."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from queue import Queue
from threading import Event
from typing import Generic, TypeVar

Part = TypeVar("Part")
Page = TypeVar("Page")

# A page of a part that is not its turn waits in memory: so many at most, then nothing more is asked about that part.
_PAGES_AHEAD = 24
# Seconds, in all and for a page. Up to there this process is what takes the time, and threads would only lengthen it.
_WAITED, _SOON = 0.1, 0.01


@dataclass
class _Answers(Generic[Page]):
    """The pages of one part as they come; None after the last, or the error in place of a page."""

    queue: "Queue[Page | BaseException | None]" = field(default_factory=lambda: Queue(_PAGES_AHEAD))

    def fill(self, pages: Callable[[], Iterator[Page]], stopped: Event) -> None:
        try:
            for page in pages():
                self.queue.put(page)
                if stopped.is_set():
                    return
            self.queue.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where the page is read
            self.queue.put(error)

    def __iter__(self) -> Iterator[Page]:
        while (page := self.queue.get()) is not None:
            if isinstance(page, BaseException):
                raise page
            yield page

    def drain(self) -> None:
        """Make room for the page with which a stopped thread waits."""
        while not self.queue.empty():
            self.queue.get_nowait()


class _Waits:
    """How long pages were waited for, rather than worked on."""

    def __init__(self) -> None:
        self._seconds, self._pages = 0.0, 0

    def next_of(self, pages: Callable[[], Iterator[Page]]) -> tuple[Iterator[Page], Page | None]:
        """Return the next page, and what yields those after it."""
        began, worked = time.monotonic(), time.thread_time()
        found = pages()
        page = next(found, None)
        self._seconds += time.monotonic() - began - (time.thread_time() - worked)
        self._pages += 1
        return found, page

    @property
    def are_long(self) -> bool:
        """Return whether more should be asked at once."""
        return self._seconds >= max(_WAITED, self._pages * _SOON)


def side_by_side(parts: Iterable[Part], pages: Callable[[Part], Iterator[Page]], at_once: int) -> Iterator[Page]:
    """Yield the pages of each part, part by part; `at_once` parts are asked about at once as soon as AWS is waited for.

    The first error of a part, in their order, is raised in its place; nothing further is asked then.
    """
    waits, rest = _Waits(), (partial(pages, part) for part in parts)
    for part in rest:
        found, page = waits.next_of(part)
        while page is not None:
            yield page
            if at_once > 1 and waits.are_long:
                yield from _in_threads(chain([partial(iter, found)], rest), at_once)
                return
            found, page = waits.next_of(partial(iter, found))


def _in_threads(rest: Iterator[Callable[[], Iterator[Page]]], at_once: int) -> Iterator[Page]:
    stopped, begun = Event(), deque[_Answers[Page]]()
    pool = ThreadPoolExecutor(at_once, "asking")

    def begin(number: int) -> None:
        for pages in islice(rest, number):
            begun.append(_Answers())
            pool.submit(begun[-1].fill, pages, stopped)

    try:
        begin(at_once)
        while begun:
            yield from begun[0]
            begun.popleft()
            begin(1)
    finally:
        stopped.set()
        for answers in begun:
            answers.drain()
        pool.shutdown(cancel_futures=True)
