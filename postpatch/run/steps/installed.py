"""The step about hosts that another tool may have patched: what their inventories list, captured after the launch."""

from collections.abc import Mapping
from typing import Any

from postpatch.aws.inventory import inventory_of
from postpatch.aws.session import Connection
from postpatch.aws.waiting import attempts_in, wait
from postpatch.model import Host, HostInventory, Launch, Patching, Snapshot
from postpatch.run.collection import Collection
from postpatch.verdict.facts import count
from postpatch.verdict.installed_versions import names_to_ask, patched_otherwise


def installed(collection: Collection) -> tuple[HostInventory, ...]:
    """Return the inventories of hosts without an Install since the baseline; none unless the policy lets them count.

    Each is asked for the packages whose findings vanished. A run that launched the inventory waits until it was
    captured on each of these hosts, at most as long as the policy allows; a host without one is left out.
    """
    session = collection.session
    if not session.settings.policy.patching.by_versions:
        return ()
    patching: Patching = collection.value("patching")
    baseline: Snapshot = collection.value("baseline")
    hosts: tuple[Host, ...] = collection.value("hosts")
    launch: Launch = collection.value("launch")
    collection.value("after")
    online = {host.host for host in patching.managed if host.ping == "Online"}
    otherwise = patched_otherwise(patching, (host.id for host in hosts), baseline.manifest.taken_at)
    wanted = {host: names for host, names in names_to_ask(collection.case.delta, otherwise).items() if names}
    wanted = {host: names for host, names in wanted.items() if host in online}
    found: dict[str, HostInventory] = {}

    def poll() -> dict[str, Any]:
        found.update(
            _captured(session.connection, launch, {host: wanted[host] for host in wanted.keys() - found.keys()})
        )
        left = len(wanted) - len(found)
        session.progress.say(f"waiting for the inventory of {count(left, 'host')}") if left else None
        return {"state": "PENDING" if left else "DONE"}

    delay, minutes = session.connection.poll_seconds, session.settings.policy.wait.minutes
    wait("InventoriesCaptured", poll, delay=delay, attempts=attempts_in(minutes, delay) if launch.started else 1)
    return tuple(found[host] for host in sorted(found))


def _captured(connection: Connection, launch: Launch, wanted: Mapping[str, set[str]]) -> dict[str, HostInventory]:
    asked = ((host, inventory_of(connection, host, names)) for host, names in sorted(wanted.items()))
    return {host: one for host, one in asked if one and one.captured_at > launch.launched_at}
