"""Try a throttled call again, although the quota that botocore gives a client for all its retries is used up.

The quota stops a client that repeats what fails (botocore/retries/quota.py). A call that is throttled for a while uses
up more of it than its success gives back, so that in a large account a run would end with an error, although each of
its calls was answered after a few attempts. How often one call is tried, and how fast, stays botocore's to say.
"""

from collections.abc import Mapping
from random import random
from typing import Any

# How the error codes begin with which services throttle (botocore/retries/standard.py, ThrottledRetryableChecker).
THROTTLED = ("Throttl", "RequestThrottled", "RequestLimitExceeded", "TooManyRequests", "EC2Throttled")
_LONGEST = 20  # seconds; botocore's own longest wait in its modes standard and adaptive


def keep_trying(events: Any, most: int) -> None:
    """Have a client's throttled calls tried again, each `most` times in all; `events` are those of the client."""

    def try_again(response: tuple[Any, Mapping[str, Any]] | None, attempts: int, **_: Any) -> float | None:
        code = response[1].get("Error", {}).get("Code", "") if response else ""
        if not code.startswith(THROTTLED) or attempts >= most:
            return None
        return random() * min(2.0 ** (attempts - 1), _LONGEST)  # noqa: S311 - no secret

    # botocore asks its own handler first, and takes the first answer.
    events.register_last("needs-retry", try_again)
