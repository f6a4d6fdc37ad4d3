"""Findings as lines of a table: equal findings on several hosts share a line, and the size of all lists is limited."""

from dataclasses import dataclass, replace

from markupsafe import escape

from postpatch.model import Severity
from postpatch.report.words import shortened

_TITLE = 200
# Bytes of HTML in the template `lines`: of a line, around each of its texts and its hosts, and to fold many hosts.
_LINE, _TEXT, _HOST, _FOLD = 60, 4, 15, 60
_INLINE = 3  # up to this many hosts are shown in the line itself
_MOST_HOSTS = 300  # of a line are shown at all
_RANKS = {severity.value: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, order=True)
class Line:
    """A finding that is the same on all of `hosts`, and on `more` that are not shown. Lines are sorted worst first."""

    rank: int
    severity: str
    vulnerability: str
    port: str = ""
    title: str = ""
    details: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    more: int = 0

    @property
    def on(self) -> int:
        """Return on how many hosts it is."""
        return len(self.hosts) + self.more

    @property
    def folded(self) -> bool:
        """Return whether the hosts are folded under their number because there are many."""
        return len(self.hosts) > _INLINE


@dataclass(frozen=True)
class Listing:
    """The lines that fit, the number of all findings, and how many of them are not listed."""

    lines: tuple[Line, ...] = ()
    findings: int = 0
    left_out: int = 0


class Space:
    """The number of bytes of HTML that the lists may still use: a report that is too large does not open."""

    def __init__(self, size: int) -> None:
        self._left = size

    @property
    def left(self) -> int:
        """Return how many bytes are left, for other lists."""
        return max(self._left, 0)

    def takes(self, line: Line) -> bool:
        """Reserve the space for `line`; after one line did not fit, none does, so that the list ends in one place."""
        texts = (line.severity, line.vulnerability, line.port, line.title, *line.details)
        self._left -= _LINE + (_FOLD if line.folded else 0)
        self._left -= sum(_TEXT + len(escape(text).encode()) for text in texts)
        self._left -= sum(_HOST + len(escape(host).encode()) for host in line.hosts)
        return self._left >= 0


class Lines:
    """Findings grouped into lines."""

    def __init__(self) -> None:
        self._hosts: dict[Line, list[str]] = {}
        self._names: dict[str, str] = {}

    def add(self, line: Line, *hosts: str) -> None:
        """Add findings: a line without hosts, and their hosts."""
        # The database returns a new copy of the host's name for each finding; one copy is enough for a million.
        self._hosts.setdefault(line, []).extend(self._names.setdefault(host, host) for host in hosts)

    def listing(self, space: Space) -> Listing:
        """Return the lines, worst first, as many as fit."""
        fitting = []
        for line in sorted(self._hosts):
            hosts = sorted(self._hosts[line])
            whole = replace(line, hosts=tuple(hosts[:_MOST_HOSTS]), more=max(len(hosts) - _MOST_HOSTS, 0))
            if not space.takes(whole):
                break
            fitting.append(whole)
        findings = sum(len(hosts) for hosts in self._hosts.values())
        return Listing(tuple(fitting), findings, findings - sum(len(line.hosts) for line in fitting))


def line(severity: str, vulnerability: str, title: str, port: str = "", details: tuple[str, ...] = ()) -> Line:
    """Return a line without hosts. Inspector's titles begin with the vulnerability, which has its own column."""
    rank = _RANKS.get(severity, len(_RANKS))
    rest = shortened(title.removeprefix(f"{vulnerability} - "), _TITLE)
    return Line(rank, severity, shortened(vulnerability, _TITLE), port, rest, details)
