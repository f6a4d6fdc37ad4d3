"""The Inspector VM Scanner: its own engine on a host, which needs neither Systems Manager nor its inventory.

Source: Inspector user guide, "Enhanced EC2 Scanning" and "Manual installation and configuration": activated for an
account, it is installed by Systems Manager; a timer runs it at boot and every three hours; it sends an SBOM over
`inspector2-telemetry`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from ..clock import Clock
from ..hosts.fleet import Fleet
from ..hosts.host import Host, Inventory

RUNS_EVERY = timedelta(hours=3)
# AWS documents no time for the installation.
INSTALLED_AFTER = timedelta(minutes=10)


class VmScanner:
    """Install the VM Scanner where it is activated, run it on its timer, and hand over what it sends."""

    def __init__(self, fleet: Fleet, clock: Clock, sent: Callable[[Host, Inventory], None]) -> None:
        self.activated = False
        self.activated_at: datetime | None = None
        self._fleet, self._clock, self._sent = fleet, clock, sent
        fleet.on_launch(lambda host: clock.after(INSTALLED_AFTER, lambda: self._install(host)))

    def activate(self, activated: bool) -> None:
        """Activate or deactivate the VM Scanner for the account; deactivated, it is uninstalled."""
        if activated == self.activated:
            return
        self.activated = activated
        if not activated:
            for host in self._fleet.hosts():
                host.vm_scanner = False
            return
        self.activated_at = self._clock.now()
        self._clock.after(INSTALLED_AFTER, self._install_everywhere)

    def run(self, host: Host) -> bool:
        """Run the scanner of a host now, beside its timer; return whether the host has one."""
        if host.vm_scanner:
            self._sent(host, host.look(self._clock.now()))
        return host.vm_scanner

    def _install_everywhere(self) -> None:
        for host in self._fleet.hosts():
            self._install(host)

    def _install(self, host: Host) -> None:
        if self.activated and not host.vm_scanner and self._fleet.reachable_by_agent(host):
            host.vm_scanner = True
            self._on_timer(host)

    def _on_timer(self, host: Host) -> None:
        if not host.vm_scanner:
            return
        if self._fleet.running(host):
            self._sent(host, host.look(self._clock.now()))
        self._clock.after(RUNS_EVERY, lambda: self._on_timer(host))
