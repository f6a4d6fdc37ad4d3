"""Which check fails because of which other: the root causes of a verdict, before their consequences.

One check explains another only where the evidence shows it: by the hosts that both name, or by the cause of each
finding that remains. What nothing explains is a root cause of its own, so that no second cause hides behind a first.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.outcomes import CheckOutcome, Outcome

# The groups of checks, in the order in which a later one may follow from an earlier one.
REACH, SCAN, HOSTS, INSTALL, REBOOT, LEFT, NEW, HIDDEN, PROGRESS = (
    "reach", "SCAN-2", "SCAN-3", "PATCH-1", "PATCH-2", "FIND-4", "FIND-3", "FIND-6", "FIND-1",
)  # fmt: skip
WINDOW, EXECUTION, WAIVERS, LIMITS = "window", "MW-5", "FIND-7", "FIND-8"
_ORDER = (
    REACH, SCAN, HOSTS, INSTALL, REBOOT, LEFT, NEW, HIDDEN, PROGRESS, EXECUTION, WINDOW, WAIVERS, LIMITS,
)  # fmt: skip
_GROUPS = {"SCAN-1": SCAN, "FIND-5": LEFT, "FIND-2": PROGRESS}
_OF_THE_WINDOW = ("MW-", "TGT-", "TASK-")
# A finding remains for one of these because no installation succeeded on its host (PATCH-1).
_NOT_INSTALLED = frozenset(
    {Kind.ONLY_SCANNED, Kind.STOPPED_EARLY, Kind.NOT_TARGETED, Kind.NOT_MANAGED, Kind.INSTALL_FAILED}
)
_HOST = re.compile(r"m?i-[0-9a-f]+")
_TIMED_OUT = "wait timed out"
_UNREACHED = ("hosts selected but not managed by Systems Manager", "hosts selected but not online")


@dataclass(frozen=True)
class Circumstances:
    """What the evidence says beyond the outcomes.

    `unreached` are the selected hosts that Systems Manager does not reach, `never_installed` those without any Install,
    `left` the hosts of what FIND-4 fails for, by kind, and `none_scanned` whether no host was scanned again.
    """

    unreached: frozenset[str] = frozenset()
    never_installed: frozenset[str] = frozenset()
    left: Mapping[Kind, frozenset[str]] = field(default_factory=dict)
    none_scanned: bool = False


@dataclass(frozen=True)
class RootCause:
    """Checks that are not proven for one cause, and the checks that fail because of them; `group` says what it is."""

    group: str
    checks: tuple[CheckOutcome, ...]
    follow: tuple[CheckOutcome, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return the worse outcome of its own checks: failed before error."""
        failed = any(check.outcome is Outcome.FAILED for check in self.checks)
        return Outcome.FAILED if failed else Outcome.ERROR

    @property
    def ids(self) -> str:
        """Return the ids of its own checks, in one line."""
        return ", ".join(check.id for check in self.checks)

    @property
    def every(self) -> tuple[CheckOutcome, ...]:
        """Return its own checks, then those that follow."""
        return (*self.checks, *self.follow)

    def hosts(self) -> tuple[tuple[str, ...], int]:
        """Return the hosts that its checks name as wrong, and how many each of them judged; none if they name none."""
        facts = {fact.name: fact.holds for check in self.checks for fact in check.facts if _HOST.fullmatch(fact.name)}
        return tuple(name for name, holds in facts.items() if not holds), len(facts)


def root_causes(checks: Iterable[CheckOutcome], circumstances: Circumstances | None = None) -> tuple[RootCause, ...]:
    """Return the root causes of a run: failed ones first, each in the order in which they may lead to one another.

    Each check that failed or could not be checked is in exactly one of them.
    """
    unproven = [check for check in checks if check.outcome in (Outcome.FAILED, Outcome.ERROR)]
    known = circumstances or Circumstances()
    groups: dict[str, list[CheckOutcome]] = {}
    for check in unproven:
        groups.setdefault(_group(check, unproven), []).append(check)
    follow: dict[str, list[CheckOutcome]] = {}
    # A check that follows from one that follows itself belongs to the root of both.
    roots: dict[str, str] = {}
    for group in sorted(groups, key=_rank):
        causes = {check.id: _cause(check, groups, known) for check in groups[group]}
        explained = [check for check in groups[group] if causes[check.id]]
        for check in explained:
            root = causes[check.id]
            follow.setdefault(roots.get(root, root), []).append(check)
        if len(explained) == len(groups[group]):
            roots[group] = roots.get(causes[explained[0].id], causes[explained[0].id])
        groups[group] = [check for check in groups[group] if not causes[check.id]] or groups[group]
    found = [
        RootCause(group, tuple(own), tuple(sorted(follow.get(group, ()), key=unproven.index)))
        for group, own in groups.items()
        if group not in roots
    ]
    return tuple(sorted(found, key=lambda cause: (cause.outcome is Outcome.ERROR, _rank(cause.group))))


def _group(check: CheckOutcome, unproven: Sequence[CheckOutcome]) -> str:
    # What could not be checked for the same reason has one cause, whatever it is about.
    if check.outcome is Outcome.ERROR:
        return f"error: {check.reason}"
    wrong = [fact.name for fact in check.facts if not fact.holds]
    if check.id == "TGT-2" and wrong and set(wrong) <= {*_UNREACHED}:
        return REACH
    if check.id == EXECUTION:
        return WINDOW if any(one.reason == check.reason and one.id != check.id for one in unproven) else EXECUTION
    if check.id.startswith(_OF_THE_WINDOW):
        return WINDOW
    return _GROUPS.get(check.id, check.id)


def _rank(group: str) -> int:
    return _ORDER.index(group) if group in _ORDER else len(_ORDER)


def _cause(check: CheckOutcome, groups: Mapping[str, Sequence[CheckOutcome]], known: Circumstances) -> str:
    # The group that the evidence shows to be the cause of a check, or nothing.
    return next((group for group in _causes(check, groups, known) if group in groups), "")


def _causes(check: CheckOutcome, groups: Mapping[str, Sequence[CheckOutcome]], known: Circumstances) -> Iterator[str]:
    wrong = _wrong_hosts([check])
    if check.outcome is Outcome.ERROR:
        if known.none_scanned and check.id.startswith(("FIND-", "SCAN-3")):
            yield SCAN
        return
    if check.id in ("SCAN-2", "PATCH-1", "PATCH-2") and wrong and wrong <= known.unreached:
        yield REACH
    if check.id == "SCAN-1" and SCAN in groups:
        # The assessment is complete but for the hosts that SCAN-2 names.
        names = {fact.name for fact in check.facts if not fact.holds}
        waited_for = _wrong_hosts(one for one in groups[SCAN] if one.id == "SCAN-2")
        if names == {_TIMED_OUT} and waited_for and waited_for <= known.unreached:
            yield REACH
    if check.id == "PATCH-2" and wrong and wrong <= _wrong_hosts(groups.get(INSTALL, ())):
        yield INSTALL
    if check.id == "FIND-4" and known.left:
        yield from _causes_of_what_is_left(groups, known)
    if check.id == "FIND-1":
        yield from (HOSTS, INSTALL, REBOOT, LEFT, NEW, HIDDEN)
    if check.id == "FIND-2":
        yield NEW


def _causes_of_what_is_left(groups: Mapping[str, Sequence[CheckOutcome]], known: Circumstances) -> Iterator[str]:
    # Each finding must have its cause in a check that fails on its host; one without makes FIND-4 a cause itself.
    installs, reboots = _wrong_hosts(groups.get(INSTALL, ())), _wrong_hosts(groups.get(REBOOT, ()))
    used = []
    for kind, hosts in known.left.items():
        if kind in _NOT_INSTALLED and hosts <= installs:
            used.append(INSTALL)
        elif kind is Kind.PENDING_REBOOT and hosts <= reboots:
            used.append(REBOOT)
        else:
            return
    yield from sorted(set(used), key=_rank)


def _wrong_hosts(checks: Iterable[CheckOutcome]) -> frozenset[str]:
    return frozenset(
        fact.name for check in checks for fact in check.facts if not fact.holds and _HOST.fullmatch(fact.name)
    )
