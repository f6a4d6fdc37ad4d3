"""Reconstruct a baseline from the data that AWS still has, for hosts that were patched without one."""

from datetime import datetime
from pathlib import Path

from postpatch import __version__
from postpatch.aws.hosts import PRESENT, hosts_by_id
from postpatch.aws.inspector_v2 import findings, hosts_closed_since
from postpatch.aws.patch_manager import patching
from postpatch.aws.session import asking
from postpatch.evidence.reconstruction import KEPT, LIMITS, Reconstruction, before_the_round
from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import Caller, Engine, Host, Manifest, Snapshot
from postpatch.run.scope_tags import scope_tags
from postpatch.run.session import Session


def reconstruct(session: Session, caller: Caller, hosts: tuple[Host, ...], path: Path) -> Snapshot:
    """Save at `path` the findings that were active before the last patching of `hosts`, and of hosts that are gone.

    CouldNotCheck if no patching is known, or if it is longer ago than Inspector keeps closed findings.
    """
    connection, now = session.connection, session.connection.clock()
    patched = patching(connection, hosts, now - KEPT)
    moment = before_the_round(patched, [host.id for host in hosts], now, session.settings.remedy)
    session.progress.say(f"reconstructing the findings of {moment:%Y-%m-%d %H:%M:%S} UTC, before the last patching")
    everyone = (*hosts, *_gone_since(session, caller, hosts, moment))
    past = Reconstruction((one.finding() for one in findings(connection, caller.account, everyone)), moment)

    def describe() -> Manifest:
        return Manifest(
            mode=session.settings.mode,
            engine=Engine.V2.service,
            account=caller.account,
            region=caller.region,
            scope=session.settings.policy.scope.scope,
            caller=caller.arn,
            started_at=moment,
            taken_at=moment,
            tool=f"postpatch {__version__}",
            stage=session.settings.stage,
            reconstructed=True,
            limits=LIMITS,
            hosts=past.known_hosts(everyone),
        )

    return write_snapshot(path, past, describe)


def _gone_since(session: Session, caller: Caller, hosts: tuple[Host, ...], moment: datetime) -> tuple[Host, ...]:
    # A host with the scope's tag that still exists is not in scope: it never was, or it left the scope.
    tags = scope_tags(session.settings.policy.scope.scope)
    tagged = hosts_closed_since(session.connection, caller.account, tags, moment)
    unknown = tagged - {host.id for host in hosts}
    with asking("which hosts are gone since patching"):
        existing = {host.id for host in hosts_by_id(session.connection, unknown) if host.state in PRESENT}
    return tuple(Host(host) for host in sorted(unknown - existing))
