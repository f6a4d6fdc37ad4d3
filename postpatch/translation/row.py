"""A finding as a line of a snapshot has it: made straight from an answer of AWS, and written without a further step."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import get_args, get_origin, get_type_hints

import msgspec

from postpatch.model import Finding

ENCODER = msgspec.json.Encoder()
NOTHING = msgspec.Raw(b"[]")
_HINTS = get_type_hints(Finding)
_TIMES = tuple(name for name, hint in _HINTS.items() if datetime in get_args(hint))
_LISTS = tuple(name for name, hint in _HINTS.items() if get_origin(hint) is tuple)


class Row(msgspec.Struct, gc=False):
    """A finding, with the fields of `Finding` in their order; times are texts, and `packages` and `related` are JSON.

    The findings of a fleet share their packages, so that the JSON of these is made once for many rows.
    """

    account: str
    region: str
    host: str
    type: str
    vulnerability: str
    status: str
    severity: str
    title: str
    protocol: str = ""
    port_begin: int = -1
    port_end: int = -1
    package: str = ""
    score: float | None = None
    fix_available: str | None = None
    exploit_available: str | None = None
    epss: float | None = None
    disclosed_at: str | None = None
    first_observed_at: str | None = None
    last_observed_at: str | None = None
    updated_at: str | None = None
    remediation: str = ""
    packages: msgspec.Raw = NOTHING
    arn: str = ""
    related: msgspec.Raw = NOTHING

    def finding(self) -> Finding:
        """Return the finding that the row is of."""
        return _DECODER.decode(ENCODER.encode(self))


_DECODER = msgspec.json.Decoder(Finding)


def row_of(finding: Finding) -> Row:
    """Return the row of a finding."""
    values = dict(vars(finding))
    for name in _TIMES:
        values[name] = in_words(values[name])
    for name in _LISTS:
        values[name] = msgspec.Raw(ENCODER.encode(values[name]))
    return Row(**values)


# One format of time, so that the order of texts is the order of times in SQL. The findings of a host share their times.
@lru_cache(maxsize=256)
def in_words(moment: datetime | None) -> str | None:
    """Return a time as a snapshot has it: ISO 8601 in UTC, with microseconds."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
