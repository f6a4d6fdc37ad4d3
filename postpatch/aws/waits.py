"""How long AWS is waited for, which decides how many calls are worth making at once.

Threads shorten waits. Where answers come at once, as from a server on the same machine, they only take the interpreter
from each other, and cost a fifth more CPU.
"""

import time
from threading import Lock
from typing import Any

_SOON = 0.01  # seconds a call, on average
_BEGAN = "postpatch.began"  # our own key in botocore's context of a call


class Waits:
    """How long the calls so far waited, retries included: their time without what their own thread worked."""

    def __init__(self) -> None:
        self._calls, self._seconds = 0, 0.0
        self._lock = Lock()

    def begin(self, context: dict[str, Any]) -> None:
        """Note that a call begins in this thread."""
        context[_BEGAN] = _waited()

    def end(self, context: dict[str, Any]) -> None:
        """Note that it ended."""
        with self._lock:
            self._calls += 1
            self._seconds += _waited() - context[_BEGAN]

    @property
    def are_long(self) -> bool:
        """Return whether calls are waited for, rather than worked on."""
        return self._seconds > self._calls * _SOON


def _waited() -> float:
    return time.monotonic() - time.thread_time()
