"""GetConfiguration and UpdateConfiguration: in which mode EC2 is scanned."""

from typing import Any

from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.reading import Params
from .scanner import Scanner

# Images are not simulated; these are the settings of an account that changed none.
_RESCANS = {"rescanDuration": "LIFETIME", "pullDateRescanDuration": "DAYS_90", "status": "SUCCESS"}


class ConfigurationOperations:
    """Answer what callers ask about the account's scan settings; those of EC2 only."""

    def __init__(self, scanner: Scanner, account: str) -> None:
        self._scanner, self._account = scanner, account

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {"GetConfiguration": self.get, "UpdateConfiguration": self.update}

    def get(self, params: Params) -> dict[str, Any]:
        """Tell the mode in which EC2 is scanned, and whether the VM Scanner is activated."""
        self._own(params)
        mode = "EC2_HYBRID" if self._scanner.hybrid else "EC2_SSM_AGENT_BASED"
        vm_scanner = self._scanner.vm_scanner
        return {
            "ec2Configuration": {
                "scanModeState": {"scanMode": mode, "scanModeStatus": "SUCCESS"},
                "vmScannerState": {
                    "activated": vm_scanner.activated,
                    "activatedAt": vm_scanner.activated_at,
                    "status": "SUCCESS",
                },
            },
            "ecrConfiguration": {"rescanDurationState": _RESCANS},
        }

    def update(self, params: Params) -> dict[str, Any]:
        """Change the mode in which EC2 is scanned, or activate the VM Scanner; other settings are not simulated."""
        self._own(params)
        ec2 = params.get("ec2Configuration", {})
        foreign = sorted(
            params.keys() - {"accountId", "ec2Configuration"} | ec2.keys() - {"scanMode", "activateVMScanner"}
        )
        if foreign:
            message = f"the simulation does not carry out {', '.join(foreign)}"
            raise AwsError("ValidationException", message, reason="OTHER")
        if ec2:
            self._scanner.hybrid = ec2["scanMode"] == "EC2_HYBRID"
        if "activateVMScanner" in ec2:
            self._scanner.vm_scanner.activate(ec2["activateVMScanner"])
        return {}

    def _own(self, params: Params) -> None:
        if params.get("accountId", self._account) != self._account:
            raise AwsError("AccessDeniedException", "The account is not a member", status=403)
