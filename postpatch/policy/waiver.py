"""`[[waiver]]`: which risks are accepted, why, by whom, until when."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from postpatch.policy.section import InstanceId, Section, Tag, Text, shaped

_WHAT = ("vulnerability", "package", "port")
_KEY = (*_WHAT, "host", "host_tag")


def _literal(text: str) -> str:
    if {*"*?"} & {*text}:
        raise PydanticCustomError("wildcard", "contains a wildcard: name each accepted risk exactly")
    return text


_Literal = Annotated[Text, AfterValidator(_literal)]
_Port = Annotated[
    str, shaped(r"(TCP|UDP) [0-9]{1,5}(-[0-9]{1,5})?", "a protocol and its ports: TCP 22, or UDP 1024-2048")
]


class _LiteralTag(Tag):
    key: _Literal
    value: Annotated[str, AfterValidator(_literal)]


class Waiver(Section):
    """An accepted risk: what, why, by whom, until when. A finding must match everything that it names.

    `vulnerability` is what Inspector calls the finding: a CVE, an advisory, or the id of a rule or CIS check; `port` is
    `TCP 22` or `TCP 1024-2048`. Without `host` or `host_tag` it speaks of every host. It holds through the last second
    of the day `expires`, in UTC.
    """

    vulnerability: _Literal | None = None
    package: _Literal | None = None
    port: _Port | None = None
    host: InstanceId | None = None
    host_tag: _LiteralTag | None = None
    reason: Text
    approver: Text
    expires: date
    ticket: Text | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if all(getattr(self, name) is None for name in _WHAT):
            raise PydanticCustomError(
                "waiver", "name a vulnerability, a package or a port: a waiver for everything is not accepted"
            )
        if self.host and self.host_tag:
            raise PydanticCustomError("waiver", "name a host or a host_tag, not both")
        return self

    @property
    def what(self) -> str:
        """Return what is accepted: `CVE-2026-1 in vim`."""
        return " in ".join(part for part in (self.vulnerability, self.package, self.port) if part)

    @property
    def where(self) -> str:
        """Return where it is accepted: a host, the hosts with a tag, or every host."""
        if self.host_tag:
            return f"hosts tagged {self.host_tag.key}={self.host_tag.value}"
        return self.host or "every host"

    def __str__(self) -> str:
        return f"{self.what} on {self.where}"


def repeated(waivers: object) -> Iterator[str]:
    """Yield a problem, with its key, for each waiver of a document that repeats another one.

    `waivers` is what the document holds, valid or not: a repetition is told beside all that is wrong besides.
    """
    first: dict[str, int] = {}
    for place, waiver in enumerate(waivers if isinstance(waivers, list) else []):
        if isinstance(waiver, dict):
            key = repr([waiver.get(name) for name in _KEY])
            if first.setdefault(key, place) != place:
                yield f"waiver[{place}]: is the same as waiver[{first[key]}]: keep one of them"
