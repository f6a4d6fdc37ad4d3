"""Rows of the delta that are alike but for their hosts, together: a fleet has few of these."""

from collections.abc import Iterator
from dataclasses import dataclass

from postpatch.model import port_in_words
from postpatch.verdict.delta import Delta

_COLUMNS = "severity_before, severity_after, is_active, vulnerability, title, protocol, port_begin, port_end"
_AT_ONCE = 20  # each with up to all hosts of the fleet


@dataclass(frozen=True)
class Alike:
    """Findings of the same outcome that differ by their hosts alone; `hosts` are in the order of the delta."""

    severity_before: str | None
    severity_after: str | None
    is_active: bool
    vulnerability: str
    title: str
    protocol: str
    port_begin: int
    port_end: int
    hosts: list[str]

    @property
    def port(self) -> str:
        """Return the port in words, or nothing."""
        return port_in_words(self.protocol, self.port_begin, self.port_end)


def alike(delta: Delta, where: str, *values: object) -> Iterator[Alike]:
    """Yield the rows of the delta that a condition selects, those together that are alike."""
    select = (
        f"SELECT {_COLUMNS}, LIST(host ORDER BY place) FROM delta WHERE {where} GROUP BY {_COLUMNS} ORDER BY MIN(place)"
    )
    for rows in delta.listed.batches(select, *values, size=_AT_ONCE):
        yield from (Alike(*row) for row in rows)
