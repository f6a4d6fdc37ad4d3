"""The simulated clock: time moves only when somebody calls, and what is due happens on the way."""

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Action = Callable[[], None]


class Clock:
    """Keep the time of one simulated account, and the actions that are due in its future.

    All times are aware and in UTC.
    Nothing sleeps: `advance` jumps, and runs every due action at its own moment, in order.
    """

    def __init__(self, starts_at: datetime) -> None:
        if starts_at.tzinfo is None:
            raise ValueError("the simulated clock needs an aware datetime")
        self._now = starts_at.astimezone(UTC)
        self._due: list[tuple[datetime, int, Action]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        """Tell the simulated time."""
        return self._now

    def after(self, delay: timedelta, action: Action) -> None:
        """Do `action` once, `delay` from now."""
        heapq.heappush(self._due, (self._now + delay, next(self._order), action))

    def every(self, interval: timedelta, action: Action) -> None:
        """Do `action` again and again, first one `interval` from now."""

        def repeat() -> None:
            action()
            self.after(interval, repeat)

        self.after(interval, repeat)

    def advance(self, by: timedelta) -> None:
        """Move on, running what falls due at its own time."""
        self.advance_to(self._now + by)

    def advance_to(self, moment: datetime) -> None:
        """Move on to `moment`; time never runs backwards."""
        target = max(moment.astimezone(UTC), self._now)
        while self._due and self._due[0][0] <= target:
            due, _, action = heapq.heappop(self._due)
            self._now = max(self._now, due)
            action()
        self._now = max(self._now, target)
