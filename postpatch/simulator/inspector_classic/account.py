"""The role by which Inspector Classic describes the account's hosts."""

import re
from typing import Any

from ..clock import Clock
from ..wire.front import Operations
from ..wire.reading import Params
from .errors import invalid_input, invalid_role

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/[\w+=,.@/-]+")


class AccountOperations:
    """Keep the registered role; until one is registered, it is the service-linked one (user guide, inspector_slr)."""

    def __init__(self, account: str, clock: Clock) -> None:
        self._account, self._clock = account, clock
        self._role = (
            f"arn:aws:iam::{account}:role/aws-service-role/inspector.amazonaws.com/AWSServiceRoleForAmazonInspector"
        )
        self._registered_at = clock.now()

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "DescribeCrossAccountAccessRole": self.describe,
            "RegisterCrossAccountAccessRole": self.register,
        }

    def describe(self, _: Params) -> dict[str, Any]:
        """Tell which role is registered."""
        return {"roleArn": self._role, "valid": True, "registeredAt": self._registered_at}

    def register(self, params: Params) -> dict[str, Any]:
        """Register a role of this account; whether IAM has it is not looked up."""
        arn = params["roleArn"]
        found = _ROLE.fullmatch(arn)
        if not found:
            raise invalid_input("INVALID_IAM_ROLE_ARN", f"{arn} is not the ARN of an IAM role")
        if found[1] != self._account:
            message = f"{arn} is not a role that Inspector can assume for account {self._account}"
            raise invalid_role("ROLE_DOES_NOT_EXIST_OR_INVALID_TRUST_RELATIONSHIP", message)
        self._role, self._registered_at = arn, self._clock.now()
        return {}
