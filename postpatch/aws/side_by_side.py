"""Ask about many parts at once, and hand over the answers in the order of the parts, whichever comes first."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from queue import Empty, Queue
from threading import Event
from typing import Generic, TypeVar

Part = TypeVar("Part")
Page = TypeVar("Page")

# A page of a part that is not its turn waits in memory: so many at most, then nothing more is asked about that part.
_PAGES_AHEAD = 24
# While pages come within so many seconds, this process is what takes the time, and more threads only lengthen it.
_FEW, _SOON = 2, 0.02


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

    def pages(self, waiting: Callable[[], None]) -> Iterator[Page]:
        """Yield the pages; `waiting` is called before a wait for one that did not come soon."""
        while (page := self._next(waiting)) is not None:
            if isinstance(page, BaseException):
                raise page
            yield page

    def _next(self, waiting: Callable[[], None]) -> "Page | BaseException | None":
        try:
            return self.queue.get(timeout=_SOON)
        except Empty:
            waiting()
            return self.queue.get()

    def drain(self) -> None:
        """Make room for the page with which a stopped thread waits."""
        while not self.queue.empty():
            self.queue.get_nowait()


def side_by_side(parts: Iterable[Part], pages: Callable[[Part], Iterator[Page]], at_once: int) -> Iterator[Page]:
    """Yield the pages of each part, part by part; two are asked about at once, and `at_once` where AWS is waited for.

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
        begin(_FEW)
        while begun:
            yield from begun[0].pages(lambda: begin(at_once - len(begun)))
            begun.popleft()
            begin(1)
    finally:
        stopped.set()
        for answers in begun:
            answers.drain()
        pool.shutdown(cancel_futures=True)
