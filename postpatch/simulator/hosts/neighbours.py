"""What Systems Manager asks of its neighbours in the account: IAM's roles, CloudWatch's alarms, resource groups.

moto keeps all three; a service asks them for itself, so that no caller's permissions play a part.
"""

import json
from typing import Any

LINKED_ROLE = "AWSServiceRoleForAmazonSSM"
_SERVICE = "ssm.amazonaws.com"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": _SERVICE}, "Action": "sts:AssumeRole"}],
}


class Neighbours:
    """Look at one account's roles, alarms and resource groups in moto."""

    def __init__(self, account: str, region: str) -> None:
        from moto.cloudwatch.models import cloudwatch_backends
        from moto.iam.models import iam_backends
        from moto.resourcegroups.models import resourcegroups_backends

        self._iam: Any = iam_backends[account]["aws"]
        self._alarms: Any = cloudwatch_backends[account][region]
        self._groups: Any = resourcegroups_backends[account][region]

    def has_role(self, arn: str) -> bool:
        """Tell whether a role exists, by its ARN."""
        return any(role.arn == arn for role in self._iam.get_roles())

    def make_service_linked_role(self) -> None:
        """Create Systems Manager's service-linked role if it is missing.

        botocore: RegisterTaskWithMaintenanceWindow, ServiceRoleArn: without one, the linked role is created and used.
        """
        if not any(role.name == LINKED_ROLE for role in self._iam.get_roles()):
            self._iam.create_role(
                LINKED_ROLE,
                json.dumps(_TRUST),
                f"/aws-service-role/{_SERVICE}/",
                permissions_boundary=None,
                description="",
                tags=[],
                max_session_duration="3600",
                linked_service=_SERVICE,
            )

    def alarm_state(self, name: str) -> str | None:
        """Tell an alarm's state (`OK`, `ALARM`, `INSUFFICIENT_DATA`), or nothing where there is no such alarm."""
        alarm = self._alarms.alarms.get(name)
        return str(alarm.state_value) if alarm else None

    def group_filters(self, name: str) -> list[tuple[str, list[str]]] | None:
        """Tell by which tags a resource group selects instances; nothing if there is no such group.

        Source: Resource Groups user guide, query types TAG_FILTERS_1_0 and CLOUDFORMATION_STACK_1_0.
        """
        group = self._groups.list_groups().get(name)
        if group is None:
            return None
        query = json.loads(group.resource_query["Query"])
        if "StackIdentifier" in query:
            return [("tag:aws:cloudformation:stack-id", [query["StackIdentifier"]])]
        return [
            (f"tag:{entry['Key']}", entry["Values"]) if entry.get("Values") else ("tag-key", [entry["Key"]])
            for entry in query["TagFilters"]
        ]
