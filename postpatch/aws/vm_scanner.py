"""Start the Inspector VM Scanner on hosts by Run Command, as its own schedule does, and so with the same settings.

Its unit and its task are named in the Inspector user guide, "Advanced configuration" (VM Scanner). The program itself
is not run by hand: the folders that a site had its schedule scan would be left out, and their findings closed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from postpatch.aws.coverage import VM_SCANNER, WINDOWS, Coverage
from postpatch.aws.hosts import batches
from postpatch.aws.patch_manager import managed_hosts
from postpatch.aws.session import Connection, asking

_LINUX, _MACOS = "LINUX", "MACOS"
_SHELL, _POWERSHELL = "AWS-RunShellScript", "AWS-RunPowerShellScript"
# The only commands that are sent, by Inspector's name of the platform; of another one nothing is started.
START_COMMANDS: Mapping[str, Mapping[str, Any]] = {
    _LINUX: {"DocumentName": _SHELL, "Parameters": {"commands": ["systemctl start inspector-vm-scanner"]}},
    _MACOS: {"DocumentName": _SHELL, "Parameters": {"commands": ["launchctl start com.amazon.inspector.vm-scanner"]}},
    WINDOWS: {
        "DocumentName": _POWERSHELL,
        "Parameters": {"commands": ['Start-ScheduledTask -TaskName "Inspector VM Scanner" -ErrorAction Stop']},
    },
}
_HOSTS_A_COMMAND = 50  # botocore shape InstanceIdList
_COMMENT = "postpatch: have Inspector scan the host again"


def startable(connection: Connection, covered: Iterable[Coverage]) -> Mapping[str, tuple[str, ...]]:
    """Return the hosts whose VM scanner Run Command can start, by platform: those that Systems Manager reaches."""
    by_vm_scanner = {row.host: row.platform for row in covered if row.mode == VM_SCANNER}
    if not by_vm_scanner:
        return {}
    online = [one.host for one in managed_hosts(connection, by_vm_scanner) if one.ping == "Online"]
    found: dict[str, tuple[str, ...]] = {}
    for host in online:
        platform = by_vm_scanner[host]
        if platform in START_COMMANDS:
            found[platform] = (*found.get(platform, ()), host)
    return found


def start_vm_scanners(connection: Connection, hosts: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Start the VM scanner of `hosts`, which are by platform; return the ids of the commands.

    That a command succeeded proves nothing: only a scan that Inspector dates after the launch does.
    """
    sent = []
    for platform, ids in hosts.items():
        for batch in batches(ids, _HOSTS_A_COMMAND):
            with asking(f"to start the VM scanner of {len(batch)} hosts, beginning with {batch[0]}"):
                command = connection.client("ssm").send_command(
                    **START_COMMANDS[platform], InstanceIds=batch, MaxErrors="100%", Comment=_COMMENT
                )["Command"]
            sent.append(str(command["CommandId"]))
    return tuple(sent)
