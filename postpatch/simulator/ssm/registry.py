"""The registry of a Windows host, as far as it is simulated, and what an inventory association captures of it.

Source: aws/amazon-ssm-agent, agent/plugins/inventory/gatherers/registry: `windowsRegistry` is JSON with a Path, whether
it is Recursive, and ValueNames; what is not there is left out. "Each instance can be associated with just one inventory
configuration": a site names its values in the association that Inspector uses.
"""

import json
from datetime import datetime

from ..facts import Facts
from ..hosts.host import Host, Registry
from ..wire.reading import Params

_CURRENT_VERSION = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion"


def capture_registry(host: Host, facts: Facts, association: Params, now: datetime) -> None:
    """Capture the registry values of a Windows host that an association names; without any, nothing changes."""
    named = [text for text in (association.get("Parameters") or {}).get("windowsRegistry", []) if text]
    if not host.windows or not named:
        return
    # The agent reads backslashes as slashes, so that a path may have one or two.
    wanted = [entry for text in named for entry in json.loads(text.replace("\\\\", "\\").replace("\\", "/"))]
    chosen = {(entry["Path"].lower(), name.lower()) for entry in wanted for name in entry.get("ValueNames", [])}
    values = (
        (_CURRENT_VERSION, name, kind, value)
        for name, kind, value in _current_version(host, facts)
        if (_CURRENT_VERSION.replace("\\", "/").lower(), name.lower()) in chosen
    )
    host.registry = Registry(now, tuple(values))


def _current_version(host: Host, facts: Facts) -> list[tuple[str, str, str]]:
    """List values of the key that names the build: those of the newest update that the host has booted with."""
    booted = {one.kb for one in host.updates if host.booted_at is None or one.installed_at <= host.booted_at}
    builds = [update.build for update in facts.updates if update.kb in booted and update.build]
    newest = max((tuple(map(int, build.split("."))) for build in builds), default=())
    if not newest:
        return []
    return [("CurrentBuild", "REG_SZ", str(newest[2])), ("UBR", "REG_DWORD", str(newest[3]))]
