"""The hosts that came and went since the baseline: those that are gone count neither way, new ones prove themselves.

A new host has no baseline to be compared with. It is proven if it was scanned in this run and no finding is left on it
whose fix is older than the newest patch run that it could have had: the fleet's, or one of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from postpatch.model import Fact, Finding, Host, Judgement, Manifest, Patching
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.delta import Delta
from postpatch.verdict.disclosed import PatchRuns
from postpatch.verdict.facts import count, fact, naming
from postpatch.verdict.proven_image import ProvenImage
from postpatch.verdict.remaining import Explained, RemainingFindings


@dataclass(frozen=True)
class ChangedHosts:
    """The hosts that came and went, where the policy allows that; nothing at all where it does not.

    `left` are hosts of the baseline that exist and are no longer in scope: they were not terminated, so they must not
    be missing. `unfixed` has the new hosts on which fixable findings are left, with the first of them. `image` is the
    proven image that each host must come from, if the policy names one.
    """

    allowed: bool = False
    terminated: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()
    unscanned: frozenset[str] = frozenset()
    unfixed: Mapping[str, str] = field(default_factory=dict)
    image: ProvenImage | None = None

    @property
    def proven(self) -> frozenset[str]:
        """Return the new hosts that are proven by themselves."""
        return self.new - self.unscanned - self.unfixed.keys()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return what must be true of the hosts that came and went."""
        if not self.allowed:
            return ()
        unfixed = [f"{host} ({finding})" for host, finding in sorted(self.unfixed.items())]
        sets = (
            (sorted(self.left), "in the baseline, and no longer in scope though they exist"),
            (sorted(self.unscanned), "new since the baseline, without a scan"),
            (unfixed, "new since the baseline, with a finding whose fix is older than the newest patch run"),
        )
        came = tuple(fact(f"hosts {words}", "none", naming(hosts) or "none", not hosts) for hosts, words in sets)
        return came + (self.image.facts if self.image else ())

    @property
    def notes(self) -> tuple[str, ...]:
        """Return which hosts came and went as they may."""
        notes = []
        if self.terminated:
            names = naming(sorted(self.terminated))
            notes.append(f"terminated since the baseline, and not counted: {names}")
        if self.proven:
            proven = f"{count(len(self.proven), 'new host')} proven without a baseline: {naming(sorted(self.proven))}"
            notes.append(f"{proven}; scanned, and nothing is left whose fix is older than the newest patch run")
        return (*notes, *(self.image.notes if self.image else ()))


def replaced_fleet(delta: Delta, changed: ChangedHosts) -> Judgement | None:
    """Judge FIND-1 and FIND-2 where no host of the baseline is left and each new one is proven; None otherwise.

    There is nothing to compare with then, and nothing left on the new hosts that patching could have removed.
    """
    if delta.comparable_hosts or not changed.proven or changed.proven != changed.new or changed.left:
        return None
    if changed.new != {host.id for host in delta.after.hosts if host.present}:
        return None
    hosts = count(len(changed.new), "host")
    reason = (
        f"no host of the baseline is left to compare with; nothing that patching could remove is on the {hosts} now"
    )
    return Judgement(True, reason, changed.facts, changed.notes)


def new_hosts(baseline: Manifest, hosts: Iterable[str]) -> frozenset[str]:
    """Return those of `hosts` that the baseline does not have."""
    return frozenset(hosts) - {host.id for host in baseline.hosts if host.present}


def changed_hosts(
    baseline: Manifest,
    after: Manifest,
    departed: Iterable[Host],
    unfixed: Iterable[Finding],
    image: ProvenImage | None = None,
) -> ChangedHosts:
    """Return the hosts that came and went between two snapshots.

    `departed` are hosts of the baseline that exist and are not in scope, and `unfixed` the new findings, on any host,
    that patching should have prevented.
    """
    present = {host.id for host in after.hosts if host.present}
    new = new_hosts(baseline, present)
    gone = frozenset(host.id for host in baseline.hosts if host.present) - present
    left = gone & {host.id for host in departed}
    first: dict[str, str] = {}
    for finding in unfixed:
        if finding.host in new:
            first.setdefault(finding.host, finding.vulnerability)
    return ChangedHosts(
        allowed=True,
        terminated=gone - left,
        left=left,
        new=new,
        unscanned=new & {host.id for host in after.hosts if not host.scanned or host.scanned_at is None},
        unfixed=first,
        image=image,
    )


def runs_of_new_hosts(
    runs: PatchRuns, patching: Patching, baseline: Manifest, hosts: Iterable[str], image: ProvenImage | None = None
) -> PatchRuns:
    """Return the patch runs, with that of each new host: the newest of the fleet's and its own since the baseline.

    The fleet's is that of the hosts in the baseline; the making of the proven image counts as one. A new host for which
    there is none of them keeps the latest possible moment.
    """
    new = new_hosts(baseline, hosts)
    fleet = fleet_run(patching, baseline)
    began = {host: moment for host, moment in runs.began.items() if host not in new}
    for host in new:
        made = image.images.proven_at if image else None
        known = [moment for moment in (fleet, made, _since(baseline, patching.round_began_at(host))) if moment]
        if known:
            began[host] = max(known)
    return replace(runs, began=began)


def fixed_by_the_fleet(remaining: RemainingFindings, runs: PatchRuns, patching: Patching | None) -> Iterator[Explained]:
    """Yield the new findings whose fix is newer than their host's own patch run, and that run older than the fleet's.

    Newer than its own run is no excuse for a host that must be as new as the fleet.
    """
    for group in remaining.new_groups():
        for one in group:
            own = patching.round_began_at(one.finding.host) if patching else None
            if one.kind is Kind.FIX_NEWER and own and own < runs.of(one.finding.host):
                yield one


def fleet_run(patching: Patching, baseline: Manifest) -> datetime | None:
    """Return when the newest installation on a host of the baseline began, or None if none began since."""
    began = (_since(baseline, patching.round_began_at(host.id)) for host in baseline.hosts)
    return max((moment for moment in began if moment), default=None)


def launched_since(patching: Patching, baseline: Manifest, hosts: Iterable[Host]) -> frozenset[str]:
    """Return the new hosts that were launched after the fleet's patch run began, and on which nothing was installed.

    Where no host of the baseline was patched since, they are those launched after the baseline. Patching could not
    reach them; whether they need it is for SCAN-3 and FIND-3 to say.
    """
    known = list(hosts)
    since = fleet_run(patching, baseline) or baseline.taken_at
    new = new_hosts(baseline, (host.id for host in known))
    return frozenset(
        host.id
        for host in known
        if host.id in new
        and host.launched_at is not None
        and host.launched_at > since
        and patching.round_began_at(host.id) is None
    )


def _since(baseline: Manifest, moment: datetime | None) -> datetime | None:
    return moment if moment and moment > baseline.taken_at else None
