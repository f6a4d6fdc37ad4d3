"""Findings and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Severity(StrEnum):
    """Inspector's severities, worst first; UNTRIAGED is what the vendor has not rated yet."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    INFORMATIONAL = "INFORMATIONAL"
    UNTRIAGED = "UNTRIAGED"


class FindingType(StrEnum):
    """Inspector's finding types, and two of ours.

    CONFIGURATION is a check of a CIS scan, RULE a rule of Inspector Classic that is not about packages, such as those
    of Security Best Practices.
    """

    PACKAGE = "PACKAGE_VULNERABILITY"
    NETWORK = "NETWORK_REACHABILITY"
    CODE = "CODE_VULNERABILITY"
    RULE = "SECURITY_RULE"
    CONFIGURATION = "CONFIGURATION"


class DeltaClass(StrEnum):
    """What became of a finding; only FIXED is a fix.

    RESURFACED is new, and an earlier run whose pack is kept saw it fixed.
    RENAMED is active now under a name that the baseline did not have, and of a flaw that it had: it counts as remaining
    under its earlier name. NOT_COMPARABLE vanished, and what found it before was not scanned in the same way again, or
    the later of two files shows no finding of its kind.
    """

    FIXED = "fixed"
    REMAINING = "remaining"
    NEW = "new"
    RESURFACED = "resurfaced"
    HOST_GONE = "host_gone"
    NOT_SCANNED = "not_scanned"
    SUPPRESSED = "suppressed"
    NOT_COMPARABLE = "not_comparable"
    RENAMED = "renamed"


# Active now, and not in the baseline; both are judged in the same way.
APPEARED = (DeltaClass.NEW, DeltaClass.RESURFACED)


@dataclass(frozen=True)
class Package:
    """A vulnerable package of a finding; `fixed_in` is None where Inspector names no fixed version."""

    name: str
    version: str = ""
    epoch: int = 0
    release: str = ""
    arch: str = ""
    manager: str = ""
    file_path: str = ""
    fixed_in: str | None = None
    remediation: str = ""

    @property
    def installed(self) -> str:
        """Return the installed version as a package manager writes it: `epoch:version-release`, parts only if set."""
        epoch = f"{self.epoch}:" if self.epoch else ""
        release = f"-{self.release}" if self.release else ""
        return f"{epoch}{self.version}{release}"


@dataclass(frozen=True)
class Finding:
    """One finding on one host: a row of a snapshot.

    Its identity is account, region, host, type, vulnerability, protocol and ports, and with Inspector Classic the
    package, since only v2 groups a vulnerability's packages; never ARN, title, score or time.
    `related` are the ids of other vulnerabilities and advisories that Inspector names with it: of a Windows update (KB)
    those that it fixes. `status` is ACTIVE, SUPPRESSED or CLOSED, and SKIPPED for a CIS check that was not evaluated.
    """

    account: str
    region: str
    host: str
    type: str
    vulnerability: str
    status: str
    severity: str
    title: str
    protocol: str = ""
    port_begin: int = -1
    port_end: int = -1
    package: str = ""
    score: float | None = None
    fix_available: str | None = None
    exploit_available: str | None = None
    epss: float | None = None
    disclosed_at: datetime | None = None
    first_observed_at: datetime | None = None
    last_observed_at: datetime | None = None
    updated_at: datetime | None = None
    remediation: str = ""
    packages: tuple[Package, ...] = ()
    arn: str = ""
    related: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        """Return `language` where it names packages and none is the operating system's, else `system`."""
        of_system = not self.packages or any(package.manager in ("OS", "") for package in self.packages)
        return "system" if of_system else "language"

    @property
    def port(self) -> str:
        """Return `TCP 22` or `UDP 0-65535`, or nothing for a finding without ports."""
        return port_in_words(self.protocol, self.port_begin, self.port_end)

    def __str__(self) -> str:
        return f"{self.vulnerability or self.port or self.type} on {self.host}"


def port_in_words(protocol: str, begin: int, end: int) -> str:
    """Return `TCP 22`, `UDP 0-65535`, or nothing for a finding without ports."""
    if begin < 0:
        return ""
    return f"{protocol} {begin}" if begin == end else f"{protocol} {begin}-{end}"


@dataclass(frozen=True)
class Exploits:
    """What `inspector2:BatchGetFindingDetails` told of exploits.

    `catalogued` has the id of each vulnerability that was asked about, and whether CISA's catalogue of known exploited
    vulnerabilities holds it; `due` the day by which CISA wants it gone, where AWS gives one.
    """

    catalogued: Mapping[str, bool] = field(default_factory=dict)
    due: Mapping[str, date] = field(default_factory=dict)
