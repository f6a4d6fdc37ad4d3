"""One call to AWS, as an auditor may look it up in CloudTrail."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Call:
    """One call to AWS: never its parameters, its headers or its credentials.

    `operation` is `service:Operation`, `time` the moment of the answer, `attempts` how often it was sent, `error` AWS's
    code. Where no answer came `status` is None, `request_id` empty, and `error` the name of what happened instead.
    """

    operation: str
    time: datetime
    request_id: str
    status: int | None
    attempts: int
    error: str = ""
