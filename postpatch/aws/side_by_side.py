"""Ask about many parts at once, and hand over the answers in the order of the parts, whichever comes first."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from queue import Queue
from threading import Event
from typing import Any, Generic, TypeVar

Part = TypeVar("Part")
Page = TypeVar("Page")

# A page of a part that is not its turn waits in memory: so many at most, then nothing more is asked about that part.
_PAGES_AHEAD = 24


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


def side_by_side(parts: Iterable[Part], pages: Callable[[Part], Iterator[Page]], at_once: int) -> Iterator[Page]:
    """Yield the pages of each part, part by part; `at_once` parts are asked about at the same time.

    The first error of a part, in their order, is raised in its place; nothing further is asked then.
    """
    if at_once < 2:
        for part in parts:
            yield from pages(part)
        return
    rest, stopped, begun = iter(parts), Event(), deque[_Answers[Page]]()
    pool = ThreadPoolExecutor(at_once, "asking")

    def begin(number: int) -> None:
        for part in islice(rest, number):
            begun.append(_Answers())
            pool.submit(begun[-1].fill, lambda part=part: pages(part), stopped)  # type: ignore[misc] # a lambda's default

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


def together(at_once: int, *asks: Callable[[], Any]) -> list[Any]:
    """Return what each of the calls returns, in their order; they are made side by side where `at_once` allows it.

    The first error, in their order, is raised; the others still run to their end.
    """
    return [one for (one,) in side_by_side(asks, lambda ask: iter([(ask(),)]), at_once)]
