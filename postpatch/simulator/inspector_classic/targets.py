"""Resource groups and assessment targets."""

from typing import Any

from ..clock import Clock
from ..wire.front import Operations
from ..wire.reading import Params
from .arns import RESOURCE_GROUP, TARGET
from .errors import invalid_input, limit_exceeded
from .listing import Lists, describe, named_like
from .records import Records, ResourceGroup, Target

TARGET_QUOTA = 50  # Amazon Inspector service limits: assessment targets per account and Region


class TargetOperations:
    """Answer what callers ask about resource groups and assessment targets."""

    def __init__(self, records: Records, clock: Clock, lists: Lists) -> None:
        self._records, self._clock, self._lists = records, clock, lists

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "CreateResourceGroup": self.create_group,
            "DescribeResourceGroups": self.describe_groups,
            "CreateAssessmentTarget": self.create,
            "UpdateAssessmentTarget": self.update,
            "DeleteAssessmentTarget": self.delete,
            "DescribeAssessmentTargets": self.describe,
            "ListAssessmentTargets": self.list,
        }

    def create_group(self, params: Params) -> dict[str, Any]:
        """Create a resource group from tags."""
        tags = tuple((tag["key"], tag.get("value")) for tag in params["resourceGroupTags"])
        group = ResourceGroup(self._records.arns.make("resourcegroup"), tags, self._clock.now())
        self._records.groups[group.arn] = group
        return {"resourceGroupArn": group.arn}

    def describe_groups(self, params: Params) -> dict[str, Any]:
        """Describe up to ten resource groups."""
        records = self._records
        found, failed = describe(records.arns, RESOURCE_GROUP, params["resourceGroupArns"], records.groups)
        rows = [
            {
                "arn": group.arn,
                "tags": [{"key": key, "value": value} for key, value in group.tags],
                "createdAt": group.created_at,
            }
            for group in found
        ]
        return {"resourceGroups": rows, "failedItems": failed}

    def create(self, params: Params) -> dict[str, Any]:
        """Create a target of a resource group's hosts, or of all."""
        name = params["assessmentTargetName"]
        group = self._group(params)
        self._refuse_taken(name)
        if len(self._records.targets) >= TARGET_QUOTA:
            message = f"The limit of {TARGET_QUOTA} assessment targets is reached"
            raise limit_exceeded("ASSESSMENT_TARGET_LIMIT_EXCEEDED", message)
        now = self._clock.now()
        target = Target(self._records.arns.make("target"), name, group, now, now)
        self._records.targets[target.arn] = target
        return {"assessmentTargetArn": target.arn}

    def update(self, params: Params) -> dict[str, Any]:
        """Rename a target and give it another group; without one it is all hosts from now on."""
        target = self._records.target(params["assessmentTargetArn"])
        group = self._group(params)
        if params["assessmentTargetName"] != target.name:
            self._refuse_taken(params["assessmentTargetName"])
        target.name, target.group, target.updated_at = params["assessmentTargetName"], group, self._clock.now()
        return {}

    def delete(self, params: Params) -> dict[str, Any]:
        """Delete a target with its templates, their runs and findings, unless a run goes on."""
        self._records.delete(self._records.target(params["assessmentTargetArn"]).arn)
        return {}

    def describe(self, params: Params) -> dict[str, Any]:
        """Describe up to ten targets."""
        records = self._records
        found, failed = describe(records.arns, TARGET, params["assessmentTargetArns"], records.targets)
        rows = [
            {
                "arn": target.arn,
                "name": target.name,
                "resourceGroupArn": target.group.arn if target.group else None,
                "createdAt": target.created_at,
                "updatedAt": target.updated_at,
            }
            for target in found
        ]
        return {"assessmentTargets": rows, "failedItems": failed}

    def list(self, params: Params) -> dict[str, Any]:
        """List the ARNs of targets by name."""
        pattern = params.get("filter", {}).get("assessmentTargetNamePattern")
        rows, token = self._lists.cut(
            "ListAssessmentTargets",
            params,
            lambda: [arn for arn, target in self._records.targets.items() if named_like(pattern, target.name)],
        )
        return {"assessmentTargetArns": rows, "nextToken": token}

    def _group(self, params: Params) -> ResourceGroup | None:
        arn = params.get("resourceGroupArn")
        return self._records.find(RESOURCE_GROUP, arn, self._records.groups) if arn else None

    def _refuse_taken(self, name: str) -> None:
        if any(target.name == name for target in self._records.targets.values()):
            message = f"There is an assessment target {name} already"
            raise invalid_input("ASSESSMENT_TARGET_NAME_ALREADY_TAKEN", message)
