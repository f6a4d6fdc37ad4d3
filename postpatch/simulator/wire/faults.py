"""Faults: a step of the front at which calls go wrong, as a world says."""

from collections.abc import Callable

from ..fault import Fault, Mishap
from .call import TOKEN_NAMES, Call, Callers
from .errors import AwsError
from .message import Answer, Request
from .mishaps import Forward, next_token, play
from .models import service_model


class Injected:
    """A fault that stands; `met` counts the calls that it made go wrong."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.met = 0
        self._seen = 0

    def meets(self, call: Call, page: int) -> bool:
        """Tell whether this call goes wrong, and count it."""
        fault = self.fault
        spared = call.by_operator and not fault.everyone
        if spared or fault.call != call.name or fault.page not in (None, page):
            return False
        self._seen += 1
        if self._seen <= fault.after or self.met == fault.times:
            return False
        self.met += 1
        return True


class Faults:
    """Have calls go wrong; without faults, hand on everything."""

    def __init__(self, callers: Callers, let_time_pass: Callable[[], None]) -> None:
        self.injected: list[Injected] = []
        self._callers = callers
        self._let_time_pass = let_time_pass
        # Which page a token is for: a call that is made again asks for the same page again.
        self._pages: dict[tuple[str, str], int] = {}

    def inject(self, fault: Fault) -> Injected:
        """Have calls go wrong from now on; where several faults fit a call, the first is the one.

        ValueError for a fault that could never be met: an operation that its service does not have, a page of one that
        has no pages, or an empty page in XML, which is not played.
        """
        service, _, name = fault.call.partition(":")
        model = service_model(service)
        if name not in model.operation_names:
            raise ValueError(f"{service} has no operation {name!r}")
        shape = model.operation_model(name).input_shape
        has_pages = shape is not None and not shape.members.keys().isdisjoint(TOKEN_NAMES)
        if not has_pages and (fault.page or fault.mishap in (Mishap.ENDLESS, Mishap.EMPTY_PAGE)):
            raise ValueError(f"{fault.call} has no pages")
        if fault.mishap is Mishap.EMPTY_PAGE and "json" not in model.protocol:
            raise ValueError(f"{fault.call} answers in XML, of which no page is emptied")
        self.injected.append(Injected(fault))
        return self.injected[-1]

    def __call__(self, request: Request, forward: Forward) -> Answer:
        """Let `request` go wrong, if a fault stands for it."""
        if not self.injected:
            return forward(request)
        call = self._callers.call(request)
        if all(one.fault.call != call.name for one in self.injected):
            return forward(request)
        page = self._pages.get((call.name, call.token), 2) if call.token else 1
        met = next((one for one in self.injected if one.meets(call, page)), None)
        answer = self._play(met, call, forward) if met else forward(request)
        if following := next_token(answer):
            self._pages[call.name, following] = page + 1
        return answer

    def _play(self, met: Injected, call: Call, forward: Forward) -> Answer:
        try:
            return play(met.fault.mishap, call, forward)
        except AwsError:
            self._let_time_pass()
            raise
