"""A baseline for whoever patched without taking one: put together from what AWS still tells of the time before."""

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
    """Keep at `path` what was active before the last patch round of `hosts`, and of hosts that went since.

    CouldNotCheck if no round is known, or if it is longer ago than Inspector keeps what closed.
    """
    connection, now = session.connection, session.connection.clock()
    patched = patching(connection, hosts, now - KEPT)
    moment = before_the_round(patched, [host.id for host in hosts], now, session.settings.remedy)
    session.progress.say(f"reconstructing the findings of {moment:%Y-%m-%d %H:%M:%S} UTC, before the last patch round")
    everyone = (*hosts, *_gone_since(session, hosts, moment))
    stood = Reconstruction(findings(connection, everyone), moment)

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
            hosts=stood.known_hosts(everyone),
        )

    return write_snapshot(path, stood, describe)


def _gone_since(session: Session, hosts: tuple[Host, ...], moment: datetime) -> tuple[Host, ...]:
    # A host with the scope's tag that still exists is another's: it was never in scope, or left it.
    tagged = hosts_closed_since(session.connection, scope_tags(session.settings.policy.scope.scope), moment)
    unknown = tagged - {host.id for host in hosts}
    with asking("which hosts went since the patch round"):
        existing = {host.id for host in hosts_by_id(session.connection, unknown) if host.state in PRESENT}
    return tuple(Host(host) for host in sorted(unknown - existing))
