"""Judge the scan itself: SCAN-1 to SCAN-3. Without a valid scan, no count of findings means anything."""

from collections.abc import Collection, Iterable, Mapping

from postpatch.model import Host, HostScan, Judgement, ScanRun
from postpatch.model.scan import INVENTORY, VERSIONS
from postpatch.verdict.comparability import partly_scanned, scanned_differently
from postpatch.verdict.delta import Delta
from postpatch.verdict.facts import count, fact, found_wrong, judged, naming

_SINCE = "since the baseline and any patching"
_PROOFS = {
    INVENTORY: "proved by an inventory that lists nothing installed since Inspector's last scan",
    VERSIONS: "proved by a newer inventory with the versions of the findings' packages, which has no times of "
    "installation and shows no new finding",
}
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


def run_completed(run: ScanRun) -> Judgement:
    """Judge SCAN-1: the assessment completed before the timeout; with Inspector v2 that includes the CIS scan.

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
        facts = [fact("newest CIS scan since patching", "COMPLETED", run.cis_state)]
        return judged("Inspector run (read-only, none was started)", facts)
    facts = [
        fact("CIS scan", "COMPLETED", run.cis_state),
        fact("wait timed out", False, run.timed_out),
    ]
    notes = []
    if not run.launch.association:
        notes.append("no inventory association was found, so the run waited for Inspector's own schedule")
    elif run.inventory_state != "Success":
        # The association covers every managed host of the account; SCAN-2 has a proof for each host in scope.
        notes.append(f"the inventory association ended with {run.inventory_state} on some host of this account")
    return judged("Inspector run", facts, notes)


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
    stale = [one.name for one in facts if not one.holds]
    if stale:
        first = next(one for one in facts if not one.holds)
        reason = f"{count(len(stale), 'host')} of {len(ids)} not scanned {_SINCE}: {naming(stale)}; {first.found}"
        return Judgement(False, reason, tuple(facts), notes)
    proved = {proof: [host for host in ids if scans[host].proof == proof] for proof in _PROOFS}
    notes = (*(f"{_PROOFS[proof]}: {naming(named)}" for proof, named in proved.items() if named), *notes)
    return Judgement(True, f"all {count(len(ids), 'host')} in scope were scanned {_SINCE}", tuple(facts), notes)


def same_hosts(delta: Delta) -> Judgement:
    """Judge SCAN-3: baseline and run cover the same hosts; replaced and vanished hosts are listed.

    The list includes hosts whose settings the CIS scan checked for the baseline and not now: the state of what it
    found there, such as root login over SSH, is unknown. SCAN-2 covers hosts that were not scanned at all.
    """
    before = {host.id for host in delta.baseline.hosts if host.present and host.scanned}
    unscanned = {host.id for host in delta.baseline.hosts if host.present and not host.scanned}
    after = {host.id for host in delta.after.hosts if host.present}
    checked = {host.id for host in delta.baseline.hosts if host.cis_scanned}
    unchecked = {host.id for host in delta.after.hosts if host.present and host.scanned and not host.cis_scanned}
    sets = (
        (before - after, "in the baseline, gone now"),
        (after - before - unscanned, "present now, not in the baseline"),
        (unscanned, "in the baseline without a scan"),
        (checked & unchecked, "covered by the CIS scan for the baseline, but not now"),
    )
    facts = [fact(f"hosts {words}", "none", naming(sorted(hosts)) or "none", not hosts) for hosts, words in sets]
    if delta.after.by_rows:
        # Files hold no coverage that could prove a scan, and SCAN-2 is not assessed: a host without a row is unseen.
        unseen = before & {host.id for host in delta.after.hosts if host.present and not host.scanned}
        facts.append(fact("hosts without any row now", "none", naming(sorted(unseen)) or "none", not unseen))
    if delta.baseline.covers != delta.after.covers:
        covers = ", ".join(delta.baseline.covers), ", ".join(delta.after.covers)
        facts.append(fact("different rules packages", covers[0], covers[1]))
    facts.extend(scanned_differently(delta.baseline, delta.after))
    if not before:
        facts.append(fact("hosts scanned for the baseline", "at least 1", 0, False))
    right = f"baseline and run cover the same {count(len(before), 'host')}"
    notes = (*_closed_with_their_host(delta), *reconstructed(delta), *partly_scanned(delta.baseline, delta.after))
    return found_wrong("hosts of baseline and run", facts, right, notes)


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
    if scan.inventory_at and scan.status == "ACTIVE":
        captured = f"{scan.inventory_at:%Y-%m-%d %H:%M:%S} UTC"
        return f"{when}, and the inventory captured {captured} lists something installed since"
    agentless = ", agentless: Inspector scans it every 24 hours" if scan.mode == "EC2_AGENTLESS" else ""
    reason = f", {_REASONS.get(scan.reason, scan.reason)}" if scan.status != "ACTIVE" else ""
    return f"{when}{reason}{agentless}"
