"""Judge the scan itself: SCAN-1 to SCAN-3. Without a valid scan, no count of findings means anything."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from postpatch.model import MOST_SET_ASIDE, CisScans, DeltaClass, Fact, Host, HostScan, Judgement, ScanRun
from postpatch.model.scan import FINDINGS, INVENTORY, UNCHANGED, VERSIONS
from postpatch.verdict.changed_hosts import ChangedHosts
from postpatch.verdict.clocks import clock_note, off_in_words
from postpatch.verdict.comparability import partly_scanned, scanned_differently, vanished_unchanged
from postpatch.verdict.delta import Delta
from postpatch.verdict.facts import count, fact, found_wrong, judged, naming

_NO_LONGER_CHECKED = "covered by the CIS scan for the baseline, but not now"
_SINCE = "since the baseline and any patching"
_SETTINGS = "settings, such as root login over SSH, are not proven"
_MAY_CHANGE = "If hosts come and go here, as in an Auto Scaling group, set hosts_may_change = true in [scope]"
_NOTHING_PROVABLE = (
    "Wait until Inspector has scanned the hosts, then verify again: no host was scanned both for the baseline and now, "
    "and no new one was scanned"
)
_PROOFS = {
    INVENTORY: "proved by an inventory that lists nothing installed since Inspector's last scan",
    UNCHANGED: "proved by an inventory that equals the one on which Inspector's last scan rests, kept by an earlier "
    "snapshot",
    VERSIONS: "proved by a newer inventory with the versions of the findings' packages, which has no times of "
    "installation and shows no new finding",
    FINDINGS: "proved by each finding's packages in a newer inventory, which shows no new finding; Inspector's time of "
    "the last scan is older than the patching",
}
_KEEP = (
    "on Debian and Ubuntu, with `[inspector] keep_inventories = true` in the policy, a later run can show that nothing "
    "was installed where no finding does"
)
_READ_ONLY = "read-only: no inventory was captured for this run"
# The words for Inspector's reasons, written for the owner of a host.
_REASONS = {
    "EC2_INSTANCE_STOPPED": "the instance is stopped",
    "EXCLUDED_BY_TAG": "a tag excludes it from scans",
    "UNMANAGED_EC2_INSTANCE": "Systems Manager does not manage it",
    "UNSUPPORTED_OS": "Inspector does not support its operating system",
    "RESOURCE_TERMINATED": "it was terminated",
    "STALE_INVENTORY": "its inventory is older than seven days",
    "NO_INVENTORY": "it has sent no inventory",
}


_THINGS = {
    "AWS_ECR_CONTAINER_IMAGE": "container images",
    "AWS_ECR_REPOSITORY": "container repositories",
    "AWS_LAMBDA_FUNCTION": "Lambda functions",
    "CODE_REPOSITORY": "code repositories",
    "MACHINE_IMAGE": "machine images",
}


def run_completed(
    run: ScanRun, cis: CisScans = CisScans.REQUIRE, backlog: Mapping[str, Collection[str]] | None = None
) -> Judgement:
    """Judge SCAN-1: the assessment completed before the timeout; with Inspector v2 that includes the CIS scan.

    A host that the limit of the wait left to its findings was waited for in vain if it is in `backlog`: they show that
    Inspector has not read what the host sent. A CIS scan that the policy does not require may fail; the note says
    what is not proven without it.
    Classic's COMPLETED_WITH_ERRORS does not count as completed, because it is not known what the errors hid.
    """
    if run.assessment_run:
        facts = [
            fact("assessment run", "COMPLETED", run.assessment_state),
            fact("wait timed out", False, run.timed_out),
        ]
        caveat = "findings are compared, but it is not known what the errors hid"
        return judged("Inspector run", facts, [caveat] if run.assessment_state == "COMPLETED_WITH_ERRORS" else [])
    if not run.launch.started:
        facts = [_cis_fact("newest CIS scan since patching", run, cis)] if cis is not CisScans.OFF else []
        notes = [*_cis_notes(run, cis), *_set_aside(run)]
        return judged("Inspector run (read-only, none was started)", facts, notes)
    facts = [_cis_fact("CIS scan", run, cis)] if cis is not CisScans.OFF else []
    in_vain = any(scan.proof == FINDINGS and scan.host in (backlog or {}) for scan in run.hosts)
    facts.append(fact("wait timed out", False, run.timed_out or in_vain))
    notes = [*_cis_notes(run, cis), *_set_aside(run)]
    if not run.launch.association:
        notes.append("no inventory association was found, so the run waited for Inspector's own schedule")
    elif run.inventory_state != "Success":
        # The association covers every managed host of the account; SCAN-2 has a proof for each host in scope.
        notes.append(f"the inventory association ended with {run.inventory_state} on some host of this account")
    return judged("Inspector run", facts, notes)


def _cis_fact(name: str, run: ScanRun, cis: CisScans) -> Fact:
    required = cis is CisScans.REQUIRE
    return fact(
        name, "COMPLETED" if required else "any state: optional", run.cis_state, _is_complete(run) or not required
    )


def _cis_notes(run: ScanRun, cis: CisScans) -> Iterator[str]:
    if cis is CisScans.OFF:
        yield f"the policy has CIS scans off: {_SETTINGS}"
    elif cis is CisScans.OPTIONAL and not _is_complete(run):
        yield f"the CIS scan, optional by the policy, is {run.cis_state or 'not there'}: {_SETTINGS}"


def _set_aside(run: ScanRun) -> Iterator[str]:
    if run.set_aside:
        things = ", ".join(f"{_THINGS.get(kind, kind)} {number}" for kind, number in run.set_aside)
        more = ", and perhaps more" if sum(number for _, number in run.set_aside) >= MOST_SET_ASIDE else ""
        yield f"counted and set aside, because patching hosts does not change them: {things}{more}"


def _is_complete(run: ScanRun) -> bool:
    return run.cis_state == "COMPLETED"


def every_host_scanned(
    run: ScanRun, hosts: Iterable[Host], backlog: Mapping[str, Collection[str]] | None = None
) -> Judgement:
    """Judge SCAN-2: each host in scope has a scan that is newer than its patching, and rests on what is installed now.

    `backlog` has, by host, the findings that what is installed contradicts: Inspector has not read it.
    """
    scans, late = {scan.host: scan for scan in run.hosts}, backlog or {}
    ids = [host.id for host in hosts]
    facts = [
        fact(
            host,
            _wanted(scans.get(host)),
            _behind(scans[host], late[host]) if host in late and host in scans else _found(scans.get(host)),
            host in scans and scans[host].fresh and host not in late,
        )
        for host in ids
    ]
    notes = () if run.launch.started or run.assessment_run else (_READ_ONLY,)
    if any(not found for found in late.values()):
        notes = (*notes, _KEEP)
    off = {host: scans[host].clock_off for host in ids if host in scans and scans[host].clock_off}
    notes = (*notes, *(clock_note(host, by) for host, by in off.items()))
    stale = [one.name for one in facts if not one.holds]
    if stale:
        first = next(one for one in facts if not one.holds)
        reason = f"{count(len(stale), 'host')} of {len(ids)} not scanned {_SINCE}: {naming(stale)}; {first.found}"
        return Judgement(False, reason, tuple(facts), notes)
    proved = {proof: [host for host in ids if scans[host].proof == proof] for proof in _PROOFS}
    notes = (*(f"{_PROOFS[proof]}: {naming(named)}" for proof, named in proved.items() if named), *notes)
    return Judgement(True, f"all {count(len(ids), 'host')} in scope were scanned {_SINCE}", tuple(facts), notes)


def same_hosts(delta: Delta, changed: ChangedHosts, cis: CisScans = CisScans.REQUIRE) -> Judgement:
    """Judge SCAN-3: baseline and run cover the same hosts; replaced and vanished hosts are listed.

    Where the policy says that hosts may change, terminated hosts are a note and new ones must be proven by themselves.
    It could not be checked if no host of the baseline is left and no new one was scanned.

    The list includes hosts whose settings the CIS scan checked for the baseline and not now: the state of what it
    found there, such as root login over SSH, is unknown. Where the policy does not require CIS scans, that is a note.
    SCAN-2 covers hosts that were not scanned at all.
    """
    before = {host.id for host in delta.baseline.hosts if host.present and host.scanned}
    unscanned = {host.id for host in delta.baseline.hosts if host.present and not host.scanned}
    after = {host.id for host in delta.after.hosts if host.present}
    gone, new = before - after, after - before - unscanned
    checked = {host.id for host in delta.baseline.hosts if host.cis_scanned}
    unchecked = {host.id for host in delta.after.hosts if host.present and host.scanned and not host.cis_scanned}
    strictly = ((gone, "in the baseline, gone now"), (new, "present now, not in the baseline"))
    sets = (
        *(() if changed.allowed else strictly),
        (unscanned - changed.terminated, "in the baseline without a scan"),
        *(((checked & unchecked, _NO_LONGER_CHECKED),) if cis is CisScans.REQUIRE else ()),
    )
    facts = [fact(f"hosts {words}", "none", naming(sorted(hosts)) or "none", not hosts) for hosts, words in sets]
    if delta.after.by_rows:
        # Files hold no coverage that could prove a scan, and SCAN-2 is not assessed: a host without a row is unseen.
        unseen = before & {host.id for host in delta.after.hosts if host.present and not host.scanned}
        facts.append(fact("hosts without any row now", "none", naming(sorted(unseen)) or "none", not unseen))
    if delta.baseline.covers != delta.after.covers:
        covers = ", ".join(delta.baseline.covers), ", ".join(delta.after.covers)
        facts.append(fact("different rules packages", covers[0], covers[1]))
    facts += changed.facts
    facts.extend(scanned_differently(delta.baseline, delta.after))
    if not before and not changed.proven:
        facts.append(fact("hosts scanned for the baseline", "at least 1", 0, False))
    notes = (
        *_closed_with_their_host(delta),
        *reconstructed(delta),
        *partly_scanned(delta.baseline, delta.after),
        *vanished_unchanged(delta.after, (row.host for row in delta.rows(DeltaClass.NOT_COMPARABLE))),
        *changed.notes,
    )
    if checked & unchecked and cis is not CisScans.REQUIRE:
        notes = (
            *notes,
            f"{_NO_LONGER_CHECKED}, as the policy allows: {naming(sorted(checked & unchecked))}; {_SETTINGS}",
        )
    if changed.allowed and not before & after and not (changed.proven or changed.left or changed.unfixed):
        return Judgement(False, _NOTHING_PROVABLE, tuple(facts), notes, checked=False)
    judgement = found_wrong("hosts of baseline and run", facts, _covered(before, changed), notes)
    if (gone or new) and not changed.allowed and not delta.after.by_rows:
        return replace(judgement, reason=f"{judgement.reason}. {_MAY_CHANGE}")
    return judgement


def _covered(before: set[str], changed: ChangedHosts) -> str:
    if not changed.terminated and not changed.new:
        return f"baseline and run cover the same {count(len(before), 'host')}"
    kept, new = count(len(before - changed.terminated), "host"), count(len(changed.new), "new host")
    return f"baseline and run cover the same {kept}; {new} proven without it, {len(changed.terminated)} terminated"


def _closed_with_their_host(delta: Delta) -> tuple[str, ...]:
    if not delta.closed:
        return ()
    return (
        f"every finding is CLOSED on {naming(sorted(delta.closed))}, also such as no patch removes: Inspector closes "
        "all of them when a host is terminated or no longer scanned",
    )


def reconstructed(delta: Delta) -> tuple[str, ...]:
    """Return a note with the limits of a reconstructed baseline; nothing for any other baseline."""
    if not delta.baseline.limits or delta.baseline.by_rows:
        return ()
    return (f"the baseline was reconstructed: {'; '.join(delta.baseline.limits)}",)


def _wanted(scan: HostScan | None) -> str:
    return f"scanned after {scan.after:%Y-%m-%d %H:%M:%S} UTC" if scan else "scanned after it was patched"


def _behind(scan: HostScan, findings: Collection[str]) -> str:
    if not findings:
        return f"{_found(replace(scan, proof=''))}, and no finding shows that Inspector knows what was installed since"
    return (
        f"{_found(scan)} contradicts {count(len(findings), 'finding')} ({naming(sorted(findings))}): Inspector has not "
        "read what is installed, or stopped scanning the host meanwhile"
    )


def _found(scan: HostScan | None) -> str:
    if scan is None or not scan.status:
        return "Inspector has no record of the host"
    if scan.by_inventory:
        return f"inventory captured {scan.inventory_at:%Y-%m-%d %H:%M:%S} UTC"
    when = f"last scanned {scan.scanned_at:%Y-%m-%d %H:%M:%S} UTC" if scan.scanned_at else "never scanned"
    if scan.proof:
        return when
    if scan.clock_off:
        dated = f", and its inventory is dated {scan.inventory_at:%Y-%m-%d %H:%M:%S} UTC" if scan.inventory_at else ""
        return f"correct its clock, which is {off_in_words(scan.clock_off)}, and verify again: {when}{dated}"
    if scan.inventory_at and scan.status == "ACTIVE":
        captured = f"{scan.inventory_at:%Y-%m-%d %H:%M:%S} UTC"
        return f"{when}, and the inventory captured {captured} lists something installed since"
    agentless = ", agentless: Inspector scans it every 24 hours" if scan.mode == "EC2_AGENTLESS" else ""
    reason = f", {_REASONS.get(scan.reason, scan.reason)}" if scan.status != "ACTIVE" else ""
    return f"{when}{reason}{agentless}"
