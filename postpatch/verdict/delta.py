"""The delta between two snapshots: `delta.sql`, run by DuckDB inside the process, and the queries on its rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, Self

from postpatch.model import APPEARED, DeltaClass, EarlierRuns, Finding, FindingType, Manifest, Severity, Snapshot
from postpatch.model.scan import FINDINGS
from postpatch.verdict.absence import Absence, absence, hosts_gone
from postpatch.verdict.agreement import disagreements
from postpatch.verdict.comparability import compared_hosts
from postpatch.verdict.database import IDENTITY, Database
from postpatch.verdict.hidden import Hidden
from postpatch.verdict.listed import Listed
from postpatch.verdict.scanned_again import ScannedAgain, scanned_again

# In the order of Counts: the two sides, the classes, and of the fixed ones those that no CLOSED row proves.
_COUNTS = ", ".join(
    ["COUNT(*) FILTER (WHERE was_active)", "COUNT(*) FILTER (WHERE is_open)"]
    + [f"COUNT(*) FILTER (WHERE class = '{delta.value}')" for delta in DeltaClass]
    + ["COUNT(*) FILTER (WHERE class = 'fixed' AND NOT is_closed)"]
)
# Open after patching under any name: what is active, but under a new name only once, and what lives on under one.
_OPEN = "(is_active AND class <> 'renamed') OR class = 'remaining'"
_OPENED = {FindingType.CONFIGURATION, FindingType.RULE, FindingType.NETWORK}
_DELTA = f"(SELECT *, {_OPEN} AS is_open FROM delta)"


@dataclass(frozen=True)
class Counts:
    """How many findings have each outcome. `after` are those open after patching: remaining and new ones.

    A finding that is active under another name than before is open once. `fixed_by_absence` are the fixed ones that no
    CLOSED row proves.
    """

    baseline: int = 0
    after: int = 0
    fixed: int = 0
    remaining: int = 0
    new: int = 0
    resurfaced: int = 0
    host_gone: int = 0
    not_scanned: int = 0
    suppressed: int = 0
    not_comparable: int = 0
    renamed: int = 0
    fixed_by_absence: int = 0

    @property
    def appeared(self) -> int:
        """Return how many are active now and were not in the baseline."""
        return self.new + self.resurfaced


@dataclass(frozen=True)
class DeltaRow:
    """The outcome of one finding. `comparable`: its host existed and was scanned in both snapshots."""

    account: str
    region: str
    host: str
    type: str
    vulnerability: str
    protocol: str
    port_begin: int
    port_end: int
    package: str
    part: str
    title: str
    severity_before: str | None
    severity_after: str | None
    comparable: bool
    was_active: bool
    is_active: bool
    is_closed: bool
    delta: DeltaClass


class Delta:
    """The delta, computed once; each method is a query. CONFIGURATION findings are counted separately.

    `closed` are the hosts of which a later file holds closed findings alone, and which count as gone; `absence` is what
    it does not show. Both are empty unless two files are compared. `backlog` has, by host, the findings that what is
    installed contradicts: Inspector has not read it, so that nothing of the host was scanned.
    """

    def __init__(self, baseline: Snapshot, after: Snapshot) -> None:
        self._db = Database(baseline, after)
        # Files hold no coverage that could show that a host is gone: what became of its findings does.
        self.closed = hosts_gone(self._db) if after.manifest.by_rows else frozenset()
        self.baseline, self.after = baseline.manifest, _without(after.manifest, self.closed)
        self._db.compare(compared_hosts(self.baseline, self.after))
        self.backlog = self._disagreements()
        if self.backlog:
            hosts = (replace(host, scanned=host.scanned and host.id not in self.backlog) for host in self.after.hosts)
            self.after = replace(self.after, hosts=tuple(hosts))
            self._db.compare(compared_hosts(self.baseline, self.after))
        self.hidden = Hidden(self._db)
        self.absence = absence(self._db, self.baseline, self.after) if self.after.by_rows else Absence()
        self.earlier = EarlierRuns()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the database."""
        self._db.close()

    def resurface(self, earlier: EarlierRuns) -> None:
        """Put the new findings that earlier runs saw fixed into a class of their own, before anything else is read."""
        self.earlier = earlier
        self._db.resurface(earlier.fixes)

    @cached_property
    def listed(self) -> Listed:
        """Return the active findings of both snapshots, for queries on them and on the delta."""
        return Listed(self._db)

    @cached_property
    def counts(self) -> Counts:
        """Return the counts of package and network findings, all hosts."""
        return self._counts("type <> 'CONFIGURATION'")

    @cached_property
    def comparable(self) -> Counts:
        """Return the same counts for hosts that existed and were scanned in both snapshots."""
        return self._counts("type <> 'CONFIGURATION' AND comparable")

    @cached_property
    def configuration(self) -> Counts:
        """Return the counts of CIS checks that failed."""
        return self._counts("type = 'CONFIGURATION'")

    @cached_property
    def severities(self) -> dict[Severity, Counts]:
        """Return the counts by severity on comparable hosts; each snapshot counts a finding by its rating there."""
        tally = {severity: {one.name: 0 for one in fields(Counts)} for severity in Severity}
        rows = self._db.query(
            f"SELECT severity_before, severity_after, class, was_active, {_OPEN} AS is_open, is_active, is_closed, "
            "COUNT(*) FROM delta WHERE type <> 'CONFIGURATION' AND comparable GROUP BY ALL"
        )
        for before, after, delta, was_active, is_open, is_active, is_closed, number in rows:
            now = Severity(after if is_active else before)
            if was_active:
                tally[Severity(before)]["baseline"] += number
            if is_open:
                tally[now]["after"] += number
            tally[now][delta] += number
            if delta == DeltaClass.FIXED and not is_closed:
                tally[now]["fixed_by_absence"] += number
        return {severity: Counts(**numbers) for severity, numbers in tally.items()}

    def query(self, text: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query on the relations that `delta.sql` reads, and on `delta` itself."""
        yield from self._db.query(text, *values)

    @cached_property
    def _classes(self) -> dict[str, set[str]]:
        # The types in each class. To plan a query takes longer than to run it, and most classes have no finding.
        rows = self._db.query("SELECT class, LIST(DISTINCT type) FROM delta GROUP BY class")
        return {name: set(types) for name, types in rows}

    def by_host(self) -> dict[str, Counts]:
        """Return the counts of package and network findings by host, for hosts that have any."""
        select = f"SELECT host, {_COUNTS} FROM {_DELTA} WHERE type <> 'CONFIGURATION' GROUP BY host ORDER BY host"
        return {host: Counts(*numbers) for host, *numbers in self._db.query(select)}

    def rows(self, delta: DeltaClass, *, configuration: bool = False) -> Iterator[DeltaRow]:
        """Yield the findings with one outcome, worst first."""
        if delta.value not in self._classes:
            return
        kind = "=" if configuration else "<>"
        worst_first = f"{_rank('COALESCE(severity_after, severity_before)')}, {IDENTITY}, part"
        yield from self._rows(f"class = ? AND type {kind} 'CONFIGURATION'", worst_first, delta.value)

    def every(self) -> Iterator[DeltaRow]:
        """Yield all findings, CIS checks too, in the order of `active`: identity by identity."""
        return self._rows("TRUE", f"{IDENTITY}, part")

    def _rows(self, where: str, order: str, *values: object) -> Iterator[DeltaRow]:
        columns = (
            f"{IDENTITY}, part, title, severity_before, severity_after, comparable, was_active, is_active, "
            "is_closed, class"
        )
        for row in self._db.query(f"SELECT {columns} FROM delta WHERE {where} ORDER BY {order}", *values):
            yield DeltaRow(*(*row[:-1], DeltaClass(row[-1])))

    @cached_property
    def scans(self) -> ScannedAgain:
        """Return which hosts were scanned again: without one nothing is known of what is active."""
        return scanned_again(self.baseline, self.after)

    @cached_property
    def comparable_hosts(self) -> frozenset[str]:
        """Return the hosts that existed and were scanned in both snapshots."""
        before = {host.id for host in self.baseline.hosts if host.scanned}
        now = {host.id for host in self.after.hosts if host.present and host.scanned}
        return frozenset(before & now)

    def active(self, *classes: DeltaClass) -> Iterator[Finding]:
        """Yield the active findings of these classes, or all, as in the later snapshot, identity by identity.

        If two findings share an identity, both are yielded, so that one without a fix cannot hide a fixable one.
        """
        wanted = [delta.value for delta in classes or DeltaClass if delta.value in self._classes]
        if wanted:
            yield from self.listed.findings(
                f"l.side = 'after' AND l.class IN ({', '.join('?' * len(wanted))})", *wanted
            )

    def absent(self) -> Iterator[Finding]:
        """Yield the baseline's findings that the later file does not show, where that proves nothing."""
        if self.absence.total:
            gone = "l.class IN ('fixed', 'not_comparable') AND NOT d.is_closed AND d.was_active"
            joined = "JOIN delta d USING (place)"
            yield from (one for one, _ in self.listed.rows("NULL", joined, f"l.side = 'before' AND {gone}"))

    def before(self) -> Iterator[Finding]:
        """Yield the active findings of the baseline, identity by identity."""
        yield from self.listed.findings("l.side = 'before'")

    def vanished(self) -> Iterator[Finding]:
        """Yield the findings that count as fixed, as in the baseline, identity by identity."""
        if DeltaClass.FIXED.value in self._classes:
            yield from self.listed.findings("l.side = 'before' AND l.class = 'fixed'")

    def opened(self, *, known: bool = True) -> Iterator[Finding]:
        """Yield the new findings that are not packages: a CIS check or rule that fails, a port that is open.

        `known`: those that the baseline shows were not there: its CIS scan passed the check, or the host's network
        was scanned. Otherwise those that it says nothing about. A port in a range that was open before is not new.
        """
        classes = (*APPEARED, DeltaClass.NOT_SCANNED, DeltaClass.NOT_COMPARABLE)
        if not any(self._classes.get(name, set()) & _OPENED for name in classes):
            return
        within = "b.host = d.host AND b.type = d.type AND b.status"
        passed = f"EXISTS (SELECT 1 FROM baseline b WHERE {within} = 'CLOSED' AND b.vulnerability = d.vulnerability)"
        was_open = (
            f"EXISTS (SELECT 1 FROM baseline b WHERE {within} IN ('ACTIVE', 'SUPPRESSED') AND b.protocol = d.protocol "
            "AND b.vulnerability = d.vulnerability AND b.port_begin <= d.port_begin AND b.port_end >= d.port_end)"
        )
        was_not_so = f"(d.comparable AND (d.type <> 'CONFIGURATION' OR {passed}))"
        yield from self._active(
            f"NOT d.was_active AND d.type IN (?, ?, ?) AND NOT {was_open} AND {was_not_so} = ?", *_OPENED, known
        )

    def _active(self, where: str, *values: object) -> Iterator[Finding]:
        joined = f"JOIN delta d USING ({IDENTITY})"
        yield from self._db.findings(
            "after", joined, f"({where}) AND f.status = 'ACTIVE' AND d.part IN ('any', f.part)", *values
        )

    def _disagreements(self) -> Mapping[str, tuple[str, ...]]:
        before = {host.id: host.scanned_at for host in self.after.hosts if host.proof == FINDINGS and host.scanned_at}
        if not (self.after.inventories or before):
            return {}
        gone = "d.class IN ('fixed', 'not_comparable') AND f.status = 'ACTIVE' AND d.part IN ('any', f.part)"
        vanished = self._db.findings("baseline", f"JOIN delta d USING ({IDENTITY})", gone)
        now = self._active("TRUE")  # the classes are not final yet
        return disagreements(vanished, now, self.after.inventories, before)

    def _counts(self, where: str) -> Counts:
        (numbers,) = self._db.query(f"SELECT {_COUNTS} FROM {_DELTA} WHERE {where}")
        return Counts(*numbers)


def _without(manifest: Manifest, gone: frozenset[str]) -> Manifest:
    hosts = (replace(host, present=False) if host.id in gone else host for host in manifest.hosts)
    return replace(manifest, hosts=tuple(hosts)) if gone else manifest


def by_identity(findings: Iterable[Finding]) -> Iterator[tuple[Finding, ...]]:
    """Group findings that are sorted by identity, as `Delta.active` yields them: one group counts as one finding."""
    for _, group in groupby(findings, key=_identity):
        yield tuple(group)


_identity = attrgetter(*IDENTITY.split(", "), "part")
identity = attrgetter(*IDENTITY.split(", "))


def _rank(severity: str) -> str:
    cases = " ".join(f"WHEN '{name.value}' THEN {place}" for place, name in enumerate(Severity))
    return f"CASE {severity} {cases} ELSE {len(Severity)} END"


# Identity and earlier severity of each remaining finding that was rated worse in the baseline.
RATED_DOWN = f"""
    SELECT {IDENTITY}, severity_before FROM delta
    WHERE class = 'remaining' AND is_active AND {_rank("severity_before")} < {_rank("severity_after")}
      AND severity_before <> 'UNTRIAGED'
"""
