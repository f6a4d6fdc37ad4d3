"""The operations of ssm-quicksetup."""

from typing import Any

from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .patch_policies import Manager, PatchPolicies


class QuickSetupOperations:
    """Answer what callers ask about configuration managers and configurations."""

    def __init__(self, policies: PatchPolicies, pages: Pages, account: str, region: str) -> None:
        self._policies, self._pages, self._account, self._region = policies, pages, account, region

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "CreateConfigurationManager": self.create,
            "DeleteConfigurationManager": self.delete,
            "GetConfigurationManager": self.get,
            "ListConfigurationManagers": self.list_managers,
            "GetConfiguration": self.get_configuration,
            "ListConfigurations": self.list_configurations,
        }

    def create(self, params: Params) -> dict[str, Any]:
        """Create a configuration manager; a patch policy is deployed in this account and Region."""
        made = self._policies.create(
            params.get("Name", ""),
            params.get("Description", ""),
            params["ConfigurationDefinitions"],
            params.get("Tags", {}),
        )
        return {"ManagerArn": made.arn}

    def delete(self, params: Params) -> dict[str, Any]:
        """Delete a configuration manager, with its associations."""
        self._policies.delete(self._find(params["ManagerArn"]))
        return {}

    def get(self, params: Params) -> dict[str, Any]:
        """Tell one configuration manager with its definitions and their parameters."""
        manager = self._find(params["ManagerArn"])
        return {
            **_named(manager),
            "ConfigurationDefinitions": manager.definitions,
            "CreatedAt": manager.created_at,
            "LastModifiedAt": manager.created_at,
            "StatusSummaries": _succeeded(manager),
            "Tags": manager.tags,
        }

    def list_managers(self, params: Params) -> dict[str, Any]:
        """List configuration managers with summaries of their definitions."""
        rows = [
            {
                **_named(manager),
                "ConfigurationDefinitionSummaries": [
                    {"Id": definition["Id"], "Type": definition["Type"], "FirstClassParameters": {}}
                    for definition in manager.definitions
                ],
                "StatusSummaries": _succeeded(manager),
            }
            for manager in self._policies.managers.values()
        ]
        found, token = self._cut("ListConfigurationManagers", params, rows)
        return {"ConfigurationManagersList": found, "NextToken": token}

    def list_configurations(self, params: Params) -> dict[str, Any]:
        """List the configurations that were deployed, of one manager or of all."""
        wanted = params.get("ManagerArn")
        if wanted is not None:
            self._find(wanted)
        rows = [
            self._configuration(manager, one)
            for manager in self._policies.managers.values()
            if wanted in (None, manager.arn)
            for one in manager.configurations
        ]
        found, token = self._cut("ListConfigurations", params, rows)
        return {"ConfigurationsList": found, "NextToken": token}

    def get_configuration(self, params: Params) -> dict[str, Any]:
        """Tell one deployed configuration with its parameters."""
        wanted = params["ConfigurationId"]
        for manager in self._policies.managers.values():
            if wanted in manager.configurations:
                told = self._configuration(manager, wanted)
                return told | {
                    "LastModifiedAt": manager.created_at,
                    "Parameters": manager.configurations[wanted]["Parameters"],
                }
        raise AwsError("ResourceNotFoundException", f"The configuration {wanted} does not exist", status=404)

    def _configuration(self, manager: Manager, wanted: str) -> dict[str, Any]:
        definition = manager.configurations[wanted]
        return {
            "Id": wanted,
            "ManagerArn": manager.arn,
            "ConfigurationDefinitionId": definition["Id"],
            "Type": definition["Type"],
            "Account": self._account,
            "Region": self._region,
            "CreatedAt": manager.created_at,
            "StatusSummaries": _succeeded(manager),
        }

    def _find(self, arn: str) -> Manager:
        if arn not in self._policies.managers:
            raise AwsError("ResourceNotFoundException", f"The configuration manager {arn} does not exist", status=404)
        return self._policies.managers[arn]

    def _cut(self, operation: str, params: Params, rows: list[dict[str, Any]]) -> tuple[list[Any], str | None]:
        paging = {"MaxResults": params.get("MaxItems"), "NextToken": params.get("StartingToken")}
        return self._pages.cut(
            operation,
            {"ManagerArn": params.get("ManagerArn"), **paging},
            lambda: rows,
            default=100,
            refuse=lambda message: AwsError("ValidationException", message),
        )


def _named(manager: Manager) -> dict[str, Any]:
    return {"ManagerArn": manager.arn, "Name": manager.name or None, "Description": manager.description or None}


def _succeeded(manager: Manager) -> list[dict[str, Any]]:
    at = manager.created_at
    return [{"StatusType": "Deployment", "Status": "SUCCEEDED", "LastUpdatedAt": at}]
