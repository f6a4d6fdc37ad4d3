"""The step that asks Patch Manager for fresh lists: `[patching] rescan`, off unless the policy switches it on."""

from postpatch.aws.patch_manager import patching as read_patching
from postpatch.aws.rescan import scan_patches
from postpatch.model import Rescan, Snapshot
from postpatch.run.collection import Collection
from postpatch.run.steps.hosts import fixable_packages, leftovers_of
from postpatch.verdict.facts import count, naming
from postpatch.verdict.suppression import unsettled_by_lists


def rescan(collection: Collection) -> Rescan:
    """Return what Patch Manager reports after a Scan of the hosts on which its older list settles no cause.

    Nothing is scanned unless the policy allows it, and never by a run that only reads.
    """
    session, policy = collection.session, collection.session.settings.policy
    if not policy.patching.rescan or session.connection.read_only:
        return Rescan()
    collection.value("leftovers")
    baseline: Snapshot = collection.value("baseline")
    case = collection.case
    every = unsettled_by_lists(case.delta, case.stories_before_rescan)
    ids = sorted(every & {one.host for one in collection.value("patching").managed if one.ping == "Online"})
    if not ids:
        return Rescan()
    session.progress.say(f"running AWS-RunPatchBaseline, Operation Scan, on {count(len(ids), 'host')}: {naming(ids)}")
    in_time = scan_patches(session.connection, ids, policy.wait.minutes)
    hosts = [host for host in collection.value("hosts") if host.id in ids]
    patching = read_patching(session.connection, hosts, baseline.manifest.taken_at, policy.task.command)
    fixable = {host: names for host, names in fixable_packages(case.delta).items() if host in ids}
    return Rescan(tuple(ids), patching, leftovers_of(collection, fixable, patching, ids), in_time)
