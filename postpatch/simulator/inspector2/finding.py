"""One finding and its life: first seen, last seen, closed, reopened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..facts import WindowsUpdate
from ..hosts.ec2 import Reachable
from .vulnerabilities import VulnerablePackage

# Retention: Inspector user guide, "Understanding findings": closed ones go after 30 days, 3 if the resource went,
# and a finding that comes back within 7 days is the same finding, reopened.
KEPT_AFTER_FIX = timedelta(days=30)
KEPT_AFTER_TERMINATION = timedelta(days=3)
REOPENED_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Seen:
    """What a scan saw: vulnerable packages, an open port range, or an update of Windows that is not installed.

    Of an update the finding is about all its CVEs, or, where `cve` names one, about that one alone.
    """

    packages: tuple[VulnerablePackage, ...] = ()
    port: Reachable | None = None
    update: WindowsUpdate | None = None
    cve: str = ""


@dataclass
class Finding:
    """What Inspector keeps about one vulnerability, or one open port range, of one host."""

    arn: str
    host_id: str
    key: str
    of: Seen
    first_observed_at: datetime
    last_observed_at: datetime
    updated_at: datetime
    status: str = "ACTIVE"
    suppressed: bool = False
    host_terminated: bool = False

    @property
    def packages(self) -> tuple[VulnerablePackage, ...]:
        """List the vulnerable packages."""
        return self.of.packages

    @property
    def port(self) -> Reachable | None:
        """Find the open port range, if the finding is about one."""
        return self.of.port

    @property
    def type(self) -> str:
        """Name the type as the API does."""
        return "NETWORK_REACHABILITY" if self.port else "PACKAGE_VULNERABILITY"

    @property
    def fix_available(self) -> str:
        """Say YES when every package has a fix, NO when none has, else PARTIAL; an update is a fix itself."""
        if self.of.update:
            return "YES"
        fixable = {package.fixable for package in self.packages}
        return "PARTIAL" if len(fixable) > 1 else "YES" if True in fixable else "NO"

    @property
    def shown(self) -> str:
        """Name the status that callers see."""
        return "SUPPRESSED" if self.suppressed else self.status

    def suppress(self, hidden: bool, now: datetime) -> None:
        """Hide it or show it again; `updated_at` moves."""
        self.suppressed, self.updated_at = hidden, now

    def seen(self, now: datetime, of: Seen) -> None:
        """Note that a scan saw it (again)."""
        if self.status == "CLOSED" or of != self.of:
            self.updated_at = now
        self.of = of
        self.status = "ACTIVE"
        self.last_observed_at = now

    def close(self, now: datetime, *, terminated: bool = False) -> None:
        """Close it: `last_observed_at` stays, `updated_at` moves."""
        self.status, self.suppressed = "CLOSED", False
        self.updated_at = now
        self.host_terminated = terminated

    def expired(self, now: datetime) -> bool:
        """Tell whether Inspector has deleted it by now."""
        kept = KEPT_AFTER_TERMINATION if self.host_terminated else KEPT_AFTER_FIX
        return self.status == "CLOSED" and now - self.updated_at > kept

    def may_reopen(self, now: datetime) -> bool:
        """Tell whether a recurrence now is this very finding."""
        return self.status != "CLOSED" or now - self.updated_at <= REOPENED_WITHIN


Wire = dict[str, Any]
