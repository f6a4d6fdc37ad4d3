"""An AWS whose refusals say anything: what a log, a page or a runner must not be moved by."""

import warnings

# Turns, erases, colours, hides; is obeyed by GitHub, Azure Pipelines and TeamCity; and goes on and on.
WICKED = (
    "no\x1b[2J\x1b]0;title\x07\r\n::error title=x::forged\n##[error]forged\n##vso[task.complete result=Succeeded]\n"
    "##teamcity[testFinished]\n\u202edesrever\u2066\u200b\u3164\U000e0041\x00\x85::notice::forged\u2028::debug::forged "
    "https://evil.example @octocat <img src=x onerror=alert(1)> " + "x" * 200_000
)
REFUSED = ("DescribeMaintenanceWindows", "ListFindings")


def refuse_in_wicked_words() -> None:
    """Have the embedded AWS refuse two operations in those words, under a code of that kind and with such a warning."""
    from postpatch.simulator.wire.errors import AwsError
    from postpatch.simulator.wire.front import Ours

    answer = Ours.__call__

    def refusing(self: Ours, request: object, forward: object) -> object:
        if getattr(request, "action", "").endswith(REFUSED) or getattr(request, "path", "") == "/findings/list":
            warnings.warn(WICKED, stacklevel=1)
            raise AwsError("No##[warning]Exception", WICKED)
        return answer(self, request, forward)  # type: ignore[arg-type]

    Ours.__call__ = refusing  # type: ignore[method-assign,assignment]
