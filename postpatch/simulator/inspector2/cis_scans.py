"""CIS scan configurations and the scans that they start."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..clock import Clock
from ..hosts.fleet import Fleet
from ..hosts.host import Host
from ..ids import Ids
from ..wire.errors import AwsError
from ..wire.reading import Params
from .cis_benchmark import Check, checks_of

CONFIGURATION_QUOTA = 500  # Inspector user guide, quotas: CIS scan configurations per account
SCAN_TAKES = timedelta(minutes=4)


@dataclass(frozen=True)
class CheckResult:
    """What one check said about one host; `arn` is the finding's."""

    arn: str
    check: Check
    status: str


@dataclass
class TargetResult:
    """What a scan found on one host; `status` and `reason` say why it could not look, where it has no results."""

    host: Host
    tags: dict[str, str]
    results: tuple[CheckResult, ...] = ()
    status: str = "COMPLETED"
    reason: str | None = None

    def count(self, status: str) -> int:
        """Count the checks with a status."""
        return sum(result.status == status for result in self.results)


@dataclass
class CisScan:
    """One scan; `targets` fills when it completes."""

    arn: str
    configuration_arn: str
    name: str
    level: str
    tags: dict[str, list[str]]
    started_at: datetime
    targets: list[TargetResult] = field(default_factory=list)
    status: str = "IN_PROGRESS"

    def failed_checks(self) -> int:
        """Count the failed checks over all hosts."""
        return sum(target.count("FAILED") for target in self.targets)

    def total_checks(self) -> int:
        """Count all checks over all hosts."""
        return sum(len(target.results) for target in self.targets)


@dataclass
class CisConfiguration:
    """One scan configuration, as it was created."""

    arn: str
    params: Params
    tags: dict[str, str]


class CisScans:
    """Keep configurations and run their scans.

    A one-time configuration scans at once; daily, weekly and monthly ones are kept, and scan not in this simulation.
    While there is an `outage`, every scan ends as FAILED, with no host looked at.
    """

    def __init__(self, fleet: Fleet, clock: Clock, account: str, region: str) -> None:
        self.configurations: dict[str, CisConfiguration] = {}
        self.scans: list[CisScan] = []
        self.outage = False
        self._fleet, self._clock, self._account = fleet, clock, account
        self._owner = f"arn:aws:inspector2:{region}:{account}:owner/{account}"
        self._ids = Ids("cis")

    def create(self, params: Params) -> CisConfiguration:
        """Create a configuration; start its scan if it is a one-time one."""
        foreign = [a for a in params["targets"]["accountIds"] if a not in ("SELF", "ALL_ACCOUNTS", self._account)]
        if foreign:
            message = f"{', '.join(foreign)} is no member of this account's organization"
            raise AwsError("ValidationException", message, reason="OTHER")
        if len(self.configurations) >= CONFIGURATION_QUOTA:
            message = f"The quota of {CONFIGURATION_QUOTA} CIS scan configurations is reached"
            raise AwsError("ValidationException", message, reason="OTHER")
        arn = f"{self._owner}/cis-configuration/{self._ids.uuid()}"
        configuration = CisConfiguration(arn, params, dict(params.get("tags", {})))
        self.configurations[arn] = configuration
        if "oneTime" in params["schedule"]:
            self._start(configuration)
        return configuration

    def scan(self, arn: str) -> CisScan:
        """Find a scan."""
        for scan in self.scans:
            if scan.arn == arn:
                return scan
        raise AwsError("ValidationException", f"There is no CIS scan {arn}", reason="OTHER")

    def _start(self, configuration: CisConfiguration) -> None:
        params = configuration.params
        scan = CisScan(
            arn=f"{self._owner}/cis-scan/{self._ids.uuid()}",
            configuration_arn=configuration.arn,
            name=params["scanName"],
            level=params["securityLevel"],
            tags=params["targets"]["targetResourceTags"],
            started_at=self._clock.now(),
        )
        self.scans.append(scan)
        self._clock.after(SCAN_TAKES, lambda: self._complete(scan))

    def _complete(self, scan: CisScan) -> None:
        if self.outage:
            scan.status = "FAILED"
            return
        targets = [(f"tag:{key}", values) for key, values in scan.tags.items()]
        # Several tag keys widen the selection: a resource with any of them is scanned.
        chosen = {host.instance_id: host for target in targets for host in self._fleet.select([target])}
        scan.targets = [self._look(scan, host) for host in chosen.values()]
        scan.status = "COMPLETED"

    def _look(self, scan: CisScan, host: Host) -> TargetResult:
        # Those that the scan was for: an answer holds five at most (botocore: shape TargetResourceTags).
        tags = {key: value for key, value in self._fleet.instance(host).tags.items() if key in scan.tags}
        if not host.system.benchmark:
            return TargetResult(host, tags, status="CANCELLED", reason="UNSUPPORTED_OS")
        if not self._fleet.reachable_by_agent(host):
            return TargetResult(host, tags, status="CANCELLED", reason="SSM_UNMANAGED")
        if not host.inspector_plugin:
            return TargetResult(host, tags, status="TIMED_OUT")
        # The finding's owner is always an account: its ARN pattern has no organization.
        results = tuple(
            CheckResult(f"{self._owner}/cis-finding/{self._ids.uuid()}", check, check.judge(host))
            for check in checks_of(scan.level, windows=host.windows)
        )
        return TargetResult(host, tags, results)
