"""BatchGetAccountStatus: is Inspector switched on."""

from typing import Any

from ..wire.front import Operations
from ..wire.reading import Params
from .scanner import Scanner


class AccountOperations:
    """Answer what callers ask about the account's activation; EC2 is scanned unless a world switches it off."""

    def __init__(self, scanner: Scanner, account: str) -> None:
        self._scanner, self._account = scanner, account

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {"BatchGetAccountStatus": self.batch_get_account_status}

    def batch_get_account_status(self, params: Params) -> dict[str, Any]:
        """Tell the status of the caller's account, or of the accounts asked for; a foreign one has failed."""
        asked = params.get("accountIds") or [self._account]
        accounts = [self._own() for account in asked if account == self._account]
        failed = [
            {"accountId": account, "errorCode": "ACCESS_DENIED", "errorMessage": "The account is not a member"}
            for account in asked
            if account != self._account
        ]
        return {"accounts": accounts, "failedAccounts": failed}

    def _own(self) -> dict[str, Any]:
        def state(status: str) -> dict[str, str]:
            # The model requires errorCode and errorMessage always; AWS sends ALREADY_ENABLED for what is on.
            return {"status": status, "errorCode": "ALREADY_ENABLED", "errorMessage": status.capitalize()}

        # The account is enabled as long as one kind of resource is scanned.
        ec2 = "ENABLED" if self._scanner.enabled else "DISABLED"
        return {
            "accountId": self._account,
            "state": state(ec2),
            "resourceState": {
                "ec2": state(ec2),
                "ecr": state("DISABLED"),
                "lambda": state("DISABLED"),
                "lambdaCode": state("DISABLED"),
            },
        }
