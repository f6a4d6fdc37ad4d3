"""What the static server answers of Systems Manager: the patching of the fleet, the association, and the window."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from bench.fleet_state import FleetState
from bench.rows import ACCOUNT, FINDINGS, FIXED, SOME, TAG, number_of

WINDOW = "mw-00000000000000001"
TARGET, TASK = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
_ASSOCIATION = "00000000-0000-4000-8000-00000000000c"
_COMMAND = "00000000-0000-4000-8000-00000000000d"
_BASELINE = "pb-00000000000000001"
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"

Asked = dict[str, Any]


class SystemsManager(FleetState):
    """The answers of Systems Manager."""

    def DescribeInstanceInformation(self, asked: Asked) -> str:
        """Return what Systems Manager knows of the hosts of the filter."""
        named = next((one["Values"] for one in asked.get("Filters", ()) if one["Key"] == "InstanceIds"), None)
        page, rest = self.page(asked, 50, named)
        rows = [
            {
                "InstanceId": host,
                "PingStatus": "Online",
                "PlatformName": "Amazon Linux",
                "PlatformVersion": "2023",
                "AgentVersion": "3.3.1",
            }
            for host in page
        ]
        return json.dumps({"InstanceInformationList": rows, **rest})

    def DescribeInstancePatchStates(self, asked: Asked) -> str:
        """Return the patch states of the hosts asked for, once the fleet was patched."""
        rows = [
            {
                "InstanceId": host,
                "PatchGroup": "",
                "BaselineId": _BASELINE,
                "Operation": "Install",
                "OperationStartTime": self.patched_at - 1,
                "OperationEndTime": self.patched_at,
                "InstalledCount": 300,
                "MissingCount": 0 if number_of(host) % SOME else 5,
                "FailedCount": 0,
                "RebootOption": "RebootIfNeeded",
            }
            for host in asked["InstanceIds"]
        ]
        return json.dumps({"InstancePatchStates": rows if self.patched_at else []})

    def ListCommands(self, asked: Asked) -> str:
        """Return the command that patched."""
        name = next((one["value"] for one in asked.get("Filters", ()) if one["key"] == "DocumentName"), "")
        if name != "AWS-RunPatchBaseline" or not self.patched_at:
            return json.dumps({"Commands": []})
        row = {
            "CommandId": _COMMAND,
            "DocumentName": name,
            "RequestedDateTime": self.patched_at - 2,
            "Parameters": {"Operation": ["Install"]},
            "Status": "Success",
        }
        return json.dumps({"Commands": [row]})

    def ListCommandInvocations(self, asked: Asked) -> str:
        """Return a page of the command's invocations."""
        page, rest = self.page(asked, 50)
        rows = [
            {
                "CommandId": _COMMAND,
                "InstanceId": host,
                "Status": "Success",
                "StatusDetails": "Success",
                "RequestedDateTime": self.patched_at - 2,
                "CommandPlugins": [
                    {"ResponseStartDateTime": self.patched_at - 1, "ResponseFinishDateTime": self.patched_at}
                ],
            }
            for host in page
        ]
        return json.dumps({"CommandInvocations": rows, **rest})

    def DescribeInstancePatches(self, asked: Asked) -> str:
        """Return the patches of a host: five are missing on every tenth."""
        missing = 0 if number_of(asked["InstanceId"]) % SOME else 5
        rows = [
            {
                "Title": f"package{number}",
                "KBId": f"package{number}.x86_64",
                "Classification": "Security",
                "Severity": "Important",
                "State": "Missing" if number >= FIXED - missing else "Installed",
                "InstalledTime": 0 if number >= FIXED - missing else self.patched_at,
                "CVEIds": f"CVE-2026-{10000 + number}",
            }
            for number in range(FINDINGS)
        ]
        return json.dumps({"Patches": rows})

    def GetPatchBaseline(self, _: Asked) -> str:
        """Return a baseline that approves every security fix."""
        group = {"PatchFilters": [{"Key": "CLASSIFICATION", "Values": ["*"]}]}
        rules = {"PatchRules": [{"PatchFilterGroup": group, "ApproveAfterDays": 0}]}
        return json.dumps(
            {"BaselineId": _BASELINE, "Name": "all", "OperatingSystem": "AMAZON_LINUX_2023", "ApprovalRules": rules}
        )

    def ListInventoryEntries(self, asked: Asked) -> str:
        """Return the packages that the filter names."""
        filters = asked.get("Filters", ())
        named: list[str] = next((one["Values"] for one in filters if one["Key"].endswith(".Name")), [])
        captured = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        rows = [
            {"Name": name, "Version": "2.0.0", "Release": "1.amzn2023", "Epoch": "0", "Architecture": "x86_64"}
            for name in named
        ]
        return json.dumps(
            {"TypeName": "AWS:Application", "InstanceId": asked["InstanceId"], "CaptureTime": captured, "Entries": rows}
        )

    def ListAssociations(self, asked: Asked) -> str:
        """Return Inspector's inventory association; nothing patches by one."""
        key = asked["AssociationFilterList"][0]
        row = {
            "AssociationId": _ASSOCIATION,
            "Name": "AWS-GatherSoftwareInventory",
            "Targets": [{"Key": "InstanceIds", "Values": ["*"]}],
        }
        return json.dumps({"Associations": [row] if key["key"] == "AssociationName" else []})

    def StartAssociationsOnce(self, _: Asked) -> str:
        """Start the association, which ends at once."""
        self.started_at = time.time() + 1
        return "{}"

    def DescribeAssociationExecutions(self, _: Asked) -> str:
        """Return its execution."""
        row = {
            "AssociationId": _ASSOCIATION,
            "ExecutionId": _COMMAND,
            "Status": "Success",
            "CreatedTime": self.started_at,
            "ResourceCountByStatus": f"{{Success={len(self.hosts)}}}",
        }
        return json.dumps({"AssociationExecutions": [row]})

    def DescribeAssociationExecutionTargets(self, asked: Asked) -> str:
        """Return a page of the execution's hosts."""
        page, rest = self.page(asked, 50)
        rows = [{"ResourceId": host, "ResourceType": "ManagedInstance", "Status": "Success"} for host in page]
        return json.dumps({"AssociationExecutionTargets": rows, **rest})

    def DescribeMaintenanceWindows(self, _: Asked) -> str:
        """Return the window."""
        return json.dumps({"WindowIdentities": [{"WindowId": WINDOW, "Name": "weekly", "Enabled": True}]})

    def GetMaintenanceWindow(self, _: Asked) -> str:
        """Return the window as the policy of the bench wants it."""
        return json.dumps(
            {
                "WindowId": WINDOW,
                "Name": "weekly",
                "Schedule": "rate(12 hours)",
                "StartDate": "2099-12-01T00:00:00Z",
                "ScheduleTimezone": "Etc/UTC",
                "Duration": 1,
                "Cutoff": 0,
                "AllowUnassociatedTargets": True,
                "Enabled": True,
                "CreatedDate": self.began,
                "ModifiedDate": self.began,
                "NextExecutionTime": "2099-12-01T00:00Z",
            }
        )

    def DescribeMaintenanceWindowTargets(self, _: Asked) -> str:
        """Return its target, the tag of the hosts."""
        row = {
            "WindowId": WINDOW,
            "WindowTargetId": TARGET,
            "ResourceType": "INSTANCE",
            "Name": "weekly",
            "Targets": [{"Key": f"tag:{TAG[0]}", "Values": [TAG[1]]}],
        }
        return json.dumps({"Targets": [row]})

    def DescribeMaintenanceWindowTasks(self, _: Asked) -> str:
        """Return its task."""
        return json.dumps(
            {
                "Tasks": [
                    {"WindowId": WINDOW, "WindowTaskId": TASK, "TaskArn": "AWS-RunPatchBaseline", "Type": "RUN_COMMAND"}
                ]
            }
        )

    def GetMaintenanceWindowTask(self, _: Asked) -> str:
        """Return the task as the policy of the bench wants it."""
        return json.dumps(
            {
                "WindowId": WINDOW,
                "WindowTaskId": TASK,
                "Name": "weekly",
                "Targets": [{"Key": "WindowTargetIds", "Values": [TARGET]}],
                "TaskArn": "AWS-RunPatchBaseline",
                "ServiceRoleArn": _ROLE,
                "TaskType": "RUN_COMMAND",
                "TaskInvocationParameters": {
                    "RunCommand": {"Parameters": {"Operation": ["Install"]}, "TimeoutSeconds": 600}
                },
                "Priority": 1,
                "MaxConcurrency": "1",
                "MaxErrors": "1",
                "CutoffBehavior": "CONTINUE_TASK",
            }
        )

    def DescribeMaintenanceWindowSchedule(self, _: Asked) -> str:
        """Return its next executions."""
        rows = [
            {"WindowId": WINDOW, "Name": "weekly", "ExecutionTime": f"2099-12-0{day}T00:00Z"} for day in range(1, 5)
        ]
        return json.dumps({"ScheduledWindowExecutions": rows})

    def DescribeMaintenanceWindowExecutions(self, _: Asked) -> str:
        """Return that it never ran."""
        return json.dumps({"WindowExecutions": []})
