"""Whether Inspector is switched on: BatchGetAccountStatus, Enable, Disable."""

from collections.abc import Iterator
from typing import Any

from ..ssm.associations import Associations
from ..wire.front import Operations
from ..wire.reading import Params
from .scanner import Scanner
from .suppression import Suppression

# How the answers spell the types of scans (botocore: shapes ResourceScanType, ResourceState).
_SPELLED = {
    "EC2": "ec2",
    "ECR": "ecr",
    "LAMBDA": "lambda",
    "LAMBDA_CODE": "lambdaCode",
    "CODE_REPOSITORY": "codeRepository",
}


class AccountOperations:
    """Answer what callers ask about the account's activation; of the types of scans, only EC2's finds anything."""

    def __init__(self, scanner: Scanner, associations: Associations, suppression: Suppression, account: str) -> None:
        self._scanner, self._associations, self._suppression = scanner, associations, suppression
        self._account = account
        self._others: set[str] = set()

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "BatchGetAccountStatus": self.batch_get_account_status,
            "Enable": self.enable,
            "Disable": self.disable,
        }

    def batch_get_account_status(self, params: Params) -> dict[str, Any]:
        """Tell the status of the caller's account, or of the accounts asked for; a foreign one has failed."""

        def state(status: str) -> dict[str, str]:
            # The model requires errorCode and errorMessage always; AWS sends ALREADY_ENABLED for what is on.
            return {"status": status, "errorCode": "ALREADY_ENABLED", "errorMessage": status.capitalize()}

        own = {
            "accountId": self._account,
            "state": state(self._status()),
            "resourceState": {_SPELLED[kind]: state(self._status(kind)) for kind in _SPELLED},
        }
        return {"accounts": [own] * self._asks_for_own(params), "failedAccounts": [*self._failed(params)]}

    def enable(self, params: Params) -> dict[str, Any]:
        """Switch types of scans on; EC2's makes Inspector's associations, and every host is scanned anew."""
        if self._asks_for_own(params):
            self._others |= {*params["resourceTypes"]} - {"EC2"}
            if "EC2" in params["resourceTypes"] and not self._scanner.enabled:
                self._scanner.enabled = True
                self._associations.make_inspectors_own()
                for host in self._scanner.fleet.hosts():
                    self._associations.first_inventory(host)
                    self._scanner.scan_network(host)
        return self._changed(params)

    def disable(self, params: Params) -> dict[str, Any]:
        """Switch types of scans off, or all: its findings and associations go with EC2's, filters with the last."""
        if self._asks_for_own(params):
            off = {*(params.get("resourceTypes") or _SPELLED)}
            self._others -= off
            if "EC2" in off:
                # Inspector user guide, "Deactivating a scan type".
                self._scanner.enabled = False
                self._scanner.forget()
                self._associations.delete_inspectors_own()
            if self._status() == "DISABLED":
                # Inspector user guide, "Deactivating Amazon Inspector".
                self._suppression.filters.clear()
        return self._changed(params)

    def _changed(self, params: Params) -> dict[str, Any]:
        own = {
            "accountId": self._account,
            "status": self._status(),
            "resourceStatus": {_SPELLED[kind]: self._status(kind) for kind in _SPELLED},
        }
        return {"accounts": [own] * self._asks_for_own(params), "failedAccounts": [*self._failed(params)]}

    def _status(self, kind: str = "") -> str:
        """Tell whether a type of scans is on; without one, whether any is, since Inspector is on then."""
        on = self._others | ({"EC2"} if self._scanner.enabled else set())
        return "ENABLED" if (kind in on if kind else on) else "DISABLED"

    def _asks_for_own(self, params: Params) -> bool:
        return self._account in (params.get("accountIds") or [self._account])

    def _failed(self, params: Params) -> Iterator[dict[str, str]]:
        for account in params.get("accountIds") or []:
            if account != self._account:
                told = "The account is not a member"
                yield {"accountId": account, "errorCode": "ACCESS_DENIED", "errorMessage": told}
