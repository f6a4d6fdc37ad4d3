"""Deep inspection: whether Inspector looks for packages of programming languages, and in which folders.

Source: Inspector user guide, "Amazon Inspector deep inspection": four default paths, up to five custom ones an account,
five more of the organization's.
"""

from typing import Any

from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.reading import Params

DEFAULT_PATHS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64")


class DeepInspection:
    """Keep the account's settings of deep inspection; it is on in an account that changed nothing."""

    def __init__(self) -> None:
        self.activated = True
        self.package_paths: list[str] = []
        self.org_package_paths: list[str] = []

    @property
    def status(self) -> str:
        """Name the status as the API does."""
        return "ACTIVATED" if self.activated else "DEACTIVATED"

    def sees(self, path: str, defaults: tuple[str, ...] = DEFAULT_PATHS) -> bool:
        """Tell whether a file lies in a folder that is inspected; `defaults` are the engine's own folders."""
        file = "/" + path.lstrip("/")
        folders = (*defaults, *self.package_paths, *self.org_package_paths)
        return any(file.startswith(f"{folder.rstrip('/')}/") for folder in folders)


class DeepInspectionOperations:
    """Answer what callers ask about deep inspection."""

    def __init__(self, deep: DeepInspection, account: str) -> None:
        self._deep, self._account = deep, account

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "GetEc2DeepInspectionConfiguration": self.get,
            "UpdateEc2DeepInspectionConfiguration": self.update,
            "UpdateOrgEc2DeepInspectionConfiguration": self.update_org,
            "BatchGetMemberEc2DeepInspectionStatus": self.batch_get,
        }

    def get(self, _: Params) -> dict[str, Any]:
        """Return the status of deep inspection with the account's and the organization's paths."""
        return {
            "status": self._deep.status,
            "packagePaths": list(self._deep.package_paths),
            "orgPackagePaths": list(self._deep.org_package_paths),
        }

    def update(self, params: Params) -> dict[str, Any]:
        """Switch deep inspection on or off, or replace the account's paths; what is not given stays."""
        self._deep.activated = params.get("activateDeepInspection", self._deep.activated)
        self._deep.package_paths = list(params.get("packagePaths", self._deep.package_paths))
        return self.get(params)

    def update_org(self, _: Params) -> dict[str, Any]:
        """Refuse: only a delegated administrator may, and this account is none."""
        raise AwsError("AccessDeniedException", "The caller is not a delegated administrator", status=403)

    def batch_get(self, params: Params) -> dict[str, Any]:
        """Return the status of the caller's account; another one has failed, as no account is a member here."""
        asked = params.get("accountIds") or [self._account]
        foreign = [account for account in asked if account != self._account]
        return {
            "accountIds": [
                {"accountId": account, "status": self._deep.status} for account in asked if account not in foreign
            ],
            "failedAccountIds": [
                {"accountId": account, "errorMessage": "The account is not a member"} for account in foreign
            ],
        }
