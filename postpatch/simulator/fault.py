"""What a fault is: calls that go wrong on the wire, in a way that a world says."""

from dataclasses import dataclass
from enum import Enum


class Mishap(Enum):
    """What may go wrong with a call: only what AWS, or the network in between, can do to a caller."""

    # Refused under the code that the service's protocol has for it; `wire/refusals.py` has them.
    DENIED = "a permission is missing: AccessDeniedException, AccessDenied, UnauthorizedOperation"
    EXPIRED = "the credentials ran out: ExpiredTokenException, ExpiredToken, RequestExpired"
    THROTTLED = "too many calls: ThrottlingException, Throttling, RequestLimitExceeded; SDKs try again"
    OUT_OF_ORDER = "an error inside AWS, status 500; SDKs try again"
    BAD_TOKEN = "the page token expired; for a page after the first"  # noqa: S105 - a page token
    # Lost on the way.
    HUNG_UP = "the call is done, and the connection closed before its answer; SDKs try again"
    CUT_SHORT = "half of the answer is missing, and nothing says so"
    # Pages.
    ENDLESS = "each page is answered with the token that it was asked with"
    EMPTY_PAGE = "the first page has no row, only a token that leads on to all of them; JSON protocols only"


@dataclass(frozen=True)
class Fault:
    """Say which calls go wrong, and how.

    `call` is `service:Operation`, as an action of IAM. Of the calls that match, `after` are answered rightly
    first, and then `times` go wrong, or all that follow. `page` narrows them to one page of a list, counted from 1.
    The clients of the story are spared unless the fault is for `everyone`.
    A fault stands from the moment it is injected: one that is to spare the baseline is injected in `remediate`.
    """

    call: str
    mishap: Mishap
    page: int | None = None
    after: int = 0
    times: int | None = None
    everyone: bool = False

    def __post_init__(self) -> None:
        if self.page == 0 or self.times == 0 or min(self.page or 1, self.times or 1, self.after) < 0:
            raise ValueError("pages and times are counted from 1, and `after` is not negative")
