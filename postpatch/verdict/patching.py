"""Judge patching: PATCH-1 and PATCH-2."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from postpatch.errors import CouldNotCheck
from postpatch.model import Fact, Host, Judgement, Patching
from postpatch.policy import AUTOMATION, Policy
from postpatch.verdict.clocks import clock_notes, clock_off, off_in_words, requested_at
from postpatch.verdict.facts import count, fact, naming
from postpatch.verdict.installation import Ending, Installation, newest_installation, outdated
from postpatch.verdict.installed_versions import Shown, labelled
from postpatch.verdict.proven_image import ProvenImage

_OTHERWISE_PATCHED = (
    "a runbook is seen to patch by the AWS-RunPatchBaseline that it sends to a host; if it patches in another way, "
    'set [patching] evidence = "installed-versions", so that the installed versions show it'
)


@dataclass(frozen=True)
class _Found:
    """What was found of one host; `holds` is None where it could not be checked."""

    host: str
    words: str
    holds: bool | None


def every_host_patched(
    patching: Patching,
    hosts: Iterable[Host],
    baseline_at: datetime,
    policy: Policy,
    never_patched: frozenset[str] = frozenset(),
    by_versions: Mapping[str, Shown] | None = None,
    image: ProvenImage | None = None,
) -> Judgement:
    """Judge PATCH-1: on each host the newest Install that started succeeded, after the baseline and recently enough.

    Recently enough: at most `within_days` before the histories were read, and at most `baseline_within_days` after the
    baseline. The newest counts, not the best one. Where a host's clock is wrong, AWS's times
    count. `never_patched` are new hosts that no patching could reach and those from the proven `image`, which must be
    as recent itself. `by_versions` are those that another tool may have patched, where the policy lets installed
    versions show it.
    """
    shown = by_versions or {}
    hosts, replaced = patched_in_place(hosts, never_patched)
    wanted = f"newest Install succeeded, after {baseline_at:%Y-%m-%d %H:%M:%S} UTC"
    # An evidence pack of 0.1.0 does not say when the histories were read.
    within_days = policy.patching_within_days(patching.read_at) if patching.read_at else None
    limits = _Limits(baseline_at, patching.read_at, within_days, policy.patching.baseline_within_days)
    installations = {host.id: _by_the_clock(patching, host.id) for host in hosts}
    found = [
        limits.judge_shown(host, shown[host]) if host in shown else limits.judge(host, one)
        for host, one in installations.items()
    ]
    number = count(len(found), "host")
    judgement = _judged(
        found,
        wanted,
        right=f"all {number} had a successful installation since the baseline{_by_another_tool(shown)}",
        wrong="without a successful installation since the baseline",
        notes=(*_notes(installations), *_otherwise(shown), *clock_notes(patching, hosts), *replaced),
    )
    if not judgement.holds and policy.task.type == AUTOMATION and not policy.patching.by_versions:
        judgement = replace(judgement, notes=(*judgement.notes, _OTHERWISE_PATCHED))
    if image is None or patching.read_at is None:
        return judgement
    return _recent(image.age(patching.read_at, policy.patching_within_days(patching.read_at)), judgement)


def _recent(image: Fact, judgement: Judgement) -> Judgement:
    facts = (image, *judgement.facts)
    if image.holds:
        return replace(judgement, facts=facts)
    wrong = f"{image.name}: expected {image.expected}, found {image.found}"
    reason = wrong if judgement.holds else f"{wrong}; {judgement.reason}"
    return replace(judgement, holds=False, checked=True, reason=reason, facts=facts)


def no_reboot_pending(
    patching: Patching, hosts: Iterable[Host], never_patched: frozenset[str] = frozenset()
) -> Judgement:
    """Judge PATCH-2: no host has patches that wait for a reboot, by a patch state that is not outdated.

    A host without a patch state does not pass, but for those of `never_patched`, which no patching could reach.
    """
    hosts, replaced = patched_in_place(hosts, never_patched)
    found = [_reboot(patching, host.id) for host in hosts]
    number = count(len(found), "host")
    return _judged(
        found,
        "pending reboot: 0",
        right=f"none of the {number} awaits a reboot",
        wrong="not proven free of a pending reboot",
        notes=replaced,
    )


def patched_in_place(
    hosts: Iterable[Host], never_patched: frozenset[str] = frozenset()
) -> tuple[list[Host], tuple[str, ...]]:
    """Return the hosts that are not replaced by an image and not `never_patched`, and notes that name the others.

    CouldNotCheck if there are only others and not all are `never_patched`: of none could anything be proven.
    """
    every = list(hosts)
    patched = [host for host in every if not host.replaced_by_image and host.id not in never_patched]
    if every and not patched and not {host.id for host in every} <= never_patched:
        raise CouldNotCheck(
            "Correct [scope] replaced_by_image in the policy, or deselect this check: every host in scope has that tag"
            f"{', or was launched after the patch run' if never_patched else ''}."
        )
    replaced = naming(host.id for host in every if host.replaced_by_image)
    launched = naming(host.id for host in every if host.id in never_patched and not host.replaced_by_image)
    notes = (
        (f"replaced by a new image instead of being patched, so left out: {replaced}", replaced),
        (
            "launched after the patch run or from a proven image, so left out here and proven by SCAN-3 and FIND-3: "
            f"{launched}",
            launched,
        ),
    )
    return patched, tuple(note for note, names in notes if names)


@dataclass(frozen=True)
class _Limits:
    """The moments between which the newest Install must lie."""

    baseline_at: datetime
    read_at: datetime | None
    within_days: int | None
    baseline_within_days: int

    def judge(self, host: str, one: Installation) -> _Found:
        """Return whether an installation proves that the host was patched."""
        if one.ending is Ending.UNKNOWN:
            return _Found(host, one.words, None)
        ended = one.ended_at
        if one.ending is not Ending.SUCCEEDED or ended is None or one.began_at is None:
            return _Found(host, one.words, False)
        if ended <= self.baseline_at:
            return _Found(host, f"{one.words}, before the baseline", False)
        too_old = self._too_old(one.began_at, ended)
        return _Found(host, f"{one.words}, {too_old}" if too_old else one.words, not too_old)

    def judge_shown(self, host: str, one: Shown) -> _Found:
        """Return whether installed versions prove that the host was patched, as recently as an Install must be."""
        if not one.holds:
            return _Found(host, one.words, one.holds)
        # Where the time of installation is not recorded, it may be as old as the baseline.
        moment = one.installed_at or self.baseline_at
        too_old = self._too_old(moment, moment)
        return _Found(host, f"{one.words}, {too_old}" if too_old else one.words, not too_old)

    def _too_old(self, began_at: datetime, ended_at: datetime) -> str:
        if self.read_at is None or self.within_days is None:
            return ""
        if self.read_at - ended_at > timedelta(days=self.within_days):
            return f"more than {self.within_days} days before {self.read_at:%Y-%m-%d}, when it was judged"
        if began_at - self.baseline_at > timedelta(days=self.baseline_within_days):
            return f"more than {self.baseline_within_days} days after the baseline of {self.baseline_at:%Y-%m-%d}"
        return ""


def _by_the_clock(patching: Patching, host: str) -> Installation:
    # By AWS's times where the host's clock is wrong: its own could make an Install before the baseline a later one.
    one, off = newest_installation(patching, host), clock_off(patching, host)
    if not off or one.ending is not Ending.SUCCEEDED:
        return one
    words, requested = f"{one.words}, by a clock that is {off_in_words(off)}", requested_at(patching, host)
    if requested is None:
        return replace(one, ending=Ending.UNKNOWN, words=f"Correct the clock of {host}, and patch it again: {words}")
    return replace(one, words=words, began_at=requested, ended_at=requested)


def _reboot(patching: Patching, host: str) -> _Found:
    state = patching.state(host)
    if state is None:
        return _Found(host, "no patch state", False)
    if why := outdated(patching, host):
        return _Found(host, why, None)
    return _Found(host, f"pending reboot: {state.pending_reboot}", state.pending_reboot == 0)


def _judged(found: list[_Found], wanted: str, *, right: str, wrong: str, notes: tuple[str, ...] = ()) -> Judgement:
    if not found:
        return Judgement(
            True, "no host was there to be patched: each was launched since, or from a proven image", notes=notes
        )
    facts: tuple[Fact, ...] = tuple(fact(one.host, wanted, one.words, bool(one.holds)) for one in found)
    failed = [one for one in found if one.holds is False]
    unknown = [one for one in found if one.holds is None]
    if failed:
        names = naming(one.host for one in failed)
        reason = f"{count(len(failed), 'host')} of {len(found)} {wrong}: {names}; {failed[0].words}"
        return Judgement(False, reason, facts, notes)
    if unknown:
        names = naming(one.host for one in unknown)
        reason = f"{unknown[0].words} ({count(len(unknown), 'host')} of {len(found)}: {names})"
        return Judgement(False, reason, facts, notes, checked=False)
    return Judgement(True, right, facts, notes)


def _by_another_tool(shown: Mapping[str, Shown]) -> str:
    hosts = labelled(shown)
    return f", {count(len(hosts), 'host')} by another tool, as installed versions show" if hosts else ""


def _otherwise(shown: Mapping[str, Shown]) -> tuple[str, ...]:
    hosts = labelled(shown)
    if not hosts:
        return ()
    return (f"patched by another tool, as installed versions show and Patch Manager does not: {naming(hosts)}",)


def _notes(installations: dict[str, Installation]) -> tuple[str, ...]:
    by_way: dict[str, int] = {}
    for one in installations.values():
        if one.via:
            by_way[one.via] = by_way.get(one.via, 0) + 1
    ways = ", ".join(f"{way} on {count(number, 'host')}" for way, number in sorted(by_way.items()))
    notes = [f"installed by {ways}"] if ways else []
    overridden = [host for host, one in installations.items() if one.overrides]
    if overridden:
        names = naming(overridden)
        notes.append(f"an override took the place of the patch baseline that the patch state names: {names}")
    never = [host for host, one in installations.items() if one.never_started]
    if never:
        notes.append(f"a newer Install never started: {naming(never)}")
    return tuple(notes)
