"""What is open, grouped by what removes it: `upgrade httpd: 9 findings on 3 hosts`, with a command to copy."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import islice
from sys import intern

from postpatch.model import Finding, FindingType, Severity
from postpatch.report import console
from postpatch.report.aws_cli import run_patch_baseline
from postpatch.report.ticket import Tickets, tickets
from postpatch.report.words import shortened
from postpatch.verdict.causes.explanations import EXPLANATIONS
from postpatch.verdict.causes.kinds import is_fixed, of_the_system
from postpatch.verdict.facts import naming
from postpatch.verdict.gates import fixable
from postpatch.verdict.remaining import Explained, Shared
from postpatch.verdict.run import Run

_ROWS, _EACH, _HOSTS = 1_000, 100, 20  # rows in all and of one group, and hosts that are linked
_DETAIL = 160
_RANKS = {severity.value: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, order=True)
class Row:
    """One open finding on one host; `advisory` is the address of the page about it, or nothing."""

    rank: int
    severity: str
    vulnerability: str
    host: str
    name: str
    versions: str
    epss: str
    exploited: str
    due: str
    overdue: str
    owner: str
    advisory: str


@dataclass
class Group:
    """Open findings that one action removes, such as the upgrade of a package."""

    title: str
    worst: int = len(_RANKS)
    findings: int = 0
    due: str = ""
    hosts: dict[str, None] = field(default_factory=dict)
    patched: bool = False
    rows: list[Row] = field(default_factory=list)
    exploited: bool = False
    overdue: bool = False
    commands: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    by_findings: int = 0
    by_due: int = 0
    updates: dict[str, None] = field(default_factory=dict)

    def add(self, one: Shared, made: Tickets) -> None:
        """Count findings that differ by their hosts alone; their rows are kept while there is room."""
        finding, severity = one.finding, one.severity
        due, overdue = made.due(finding), made.overdue(finding)
        rank, exploited = _RANKS.get(severity, len(_RANKS)), made.exploited(finding)
        self.findings += len(one.hosts)
        if _is_update(finding):
            self.updates[finding.vulnerability] = None
        # The database returns a new copy of a host's id each time; one is enough for a million.
        self.hosts.update((intern(host), None) for host in one.hosts)
        self.worst = min(self.worst, rank)
        self.due = min(filter(None, (self.due, due)), default="")
        self.exploited |= bool(exploited)
        self.overdue |= bool(overdue)
        # Only what patching could remove has a command that installs it.
        self.patched |= EXPLANATIONS[one.kind].removable
        epss = "" if finding.epss is None else f"{finding.epss:.2f}"
        owner, advisory = EXPLANATIONS[one.kind].owner, console.advisory(finding.vulnerability)
        self.rows += (
            Row(
                rank, severity, finding.vulnerability or finding.port, host, made.names.get(host, ""),
                _versions(finding), epss, exploited, due, overdue, owner, advisory,
            )
            for host in nsmallest(_EACH, one.hosts)
        )  # fmt: skip
        if len(self.rows) > 2 * _EACH:
            self.trim()

    def trim(self) -> None:
        """Keep the worst rows alone."""
        self.rows = sorted(self.rows)[:_EACH]


@dataclass(frozen=True)
class Open:
    """The groups, worst first, whether the policy has deadlines, and how many findings have no row."""

    groups: tuple[Group, ...]
    findings: int
    left_out: int
    deadlines: bool
    inspector: str


def open_findings(run: Run) -> Open | None:
    """Return what is open on packages and networks, in groups; None where that is not known.

    CIS checks are not among them: each is listed with what remains.
    """
    if run.remaining is None or (run.delta and run.delta.scans.none):
        return None
    made, groups = tickets(run), dict[str, Group]()
    for one in _every(run, made):
        title = _title(one.finding, removable=EXPLANATIONS[one.kind].removable)
        groups.setdefault(title, Group(title)).add(one, made)
    region = run.caller.region if run.caller else ""
    ordered = sorted(groups.values(), key=lambda group: (group.worst, -group.findings, group.title))
    _arrange(ordered)
    room = _ROWS
    for group in ordered:
        group.trim()
        group.title = _with_updates(group)
        group.rows, room = group.rows[: max(room, 0)], room - len(group.rows)
        hosts = sorted(group.hosts)
        group.commands = tuple(filter(None, run_patch_baseline(region, hosts)))[:1] if group.patched and region else ()
        linked = ((_named(host, made), console.instance(region, host)) for host in hosts)
        group.links = tuple(islice((one for one in linked if one[1]), _HOSTS))
    findings = sum(group.findings for group in ordered)
    shown = sum(len(group.rows) for group in ordered)
    inspector = console.findings(region) if run.engine.endswith("v2") else ""
    return Open(tuple(ordered), findings, findings - shown, run.deadlines is not None, inspector)


def _every(run: Run, made: Tickets) -> Iterator[Shared]:
    if run.remaining is None:
        return
    # Each finding has a deadline of its own, where the policy has any.
    found = map(_alone, run.remaining) if made.deadlines else run.remaining.shared()
    yield from (one for one in found if one.finding.type != FindingType.CONFIGURATION)
    for group in run.remaining.new_groups():
        if group[0].finding.type != FindingType.CONFIGURATION:
            yield _alone(group[0])


def _alone(one: Explained) -> Shared:
    return Shared(one.finding, one.kind, one.rated, [one.finding.host])


def _named(host: str, made: Tickets) -> str:
    name = made.names.get(host, "")
    return f"{name} ({host})" if name else host


def _arrange(groups: list[Group]) -> None:
    # The places in the other two orders: a stylesheet puts the groups there, without a script.
    for place, group in enumerate(sorted(groups, key=lambda one: -one.findings)):
        group.by_findings = place
    for place, group in enumerate(sorted(groups, key=lambda one: one.due or "9999")):
        group.by_due = place


def _is_update(finding: Finding) -> bool:
    return finding.type == FindingType.PACKAGE and finding.vulnerability.startswith("KB")


def _with_updates(group: Group) -> str:
    # One command installs all updates of Windows: they are one group, which names them.
    if not group.updates:
        return group.title
    return f"{group.title} {naming(sorted(group.updates))}"


def _title(finding: Finding, *, removable: bool) -> str:
    if finding.type == FindingType.NETWORK:
        return f"Restrict {finding.port}"
    if finding.type != FindingType.PACKAGE:
        return shortened(finding.title or finding.vulnerability, _DETAIL)
    if _is_update(finding):
        return "Install" if removable else "Not installed by patching:"
    # Packages that are built together are named after the shortest: httpd, and not httpd-core.
    packages = of_the_system(finding) or finding.packages
    name = min((package.name for package in packages), key=lambda one: (len(one), one), default="a package")
    name = shortened(name, _DETAIL)
    if not fixable(finding):
        return f"{name}: no fix yet"
    return f"Upgrade {name}" if of_the_system(finding) else f"Upgrade {name} in its application"


def _versions(finding: Finding) -> str:
    versions = dict.fromkeys(
        f"{package.installed or 'not known'} → {package.fixed_in if is_fixed(package) else 'none'}"
        for package in finding.packages
    )
    return shortened("; ".join(versions), _DETAIL)
