"""The Run Command operations of ssm."""

from datetime import datetime, timedelta
from typing import Any

from ..hosts.fleet import Fleet
from ..hosts.host import Host
from ..wire.dates import moment
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.pages import Pages
from ..wire.reading import Params
from .commands import DEFAULT_DELIVERY, Command, Commands, Invocation
from .documents import find_document, read_order
from .paging import cut_page
from .scripts import read_script

# The documents that patch have a step for each kind of system, of which one does something on a host.
_STEPS = ("PatchLinux", "PatchWindows", "PatchMacOS")
_MOMENTS = ("InvokedAfter", "InvokedBefore")
# What is told of a command that was sent without any of this (AWS CLI examples).
_NO_URLS: Params = {"StandardOutputUrl": "", "StandardErrorUrl": ""}
_NO_BUCKET: Params = {"OutputS3BucketName": "", "OutputS3KeyPrefix": ""}
_NO_LOGS: Params = {"CloudWatchOutputConfig": {"CloudWatchLogGroupName": "", "CloudWatchOutputEnabled": False}}
_NO_NOTICE: Params = {
    "ServiceRole": "",
    "NotificationConfig": {"NotificationArn": "", "NotificationEvents": [], "NotificationType": ""},
}


class CommandOperations:
    """Answer what callers ask about commands."""

    def __init__(self, commands: Commands, fleet: Fleet, pages: Pages, account: str, region: str) -> None:
        self._commands, self._fleet, self._pages = commands, fleet, pages
        self._account, self._region = account, region

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "SendCommand": self.send,
            "ListCommands": self.list_commands,
            "ListCommandInvocations": self.list_invocations,
            "GetCommandInvocation": self.get_invocation,
            "CancelCommand": self.cancel,
        }

    def send(self, params: Params) -> dict[str, Any]:
        """Send a document that patches, or a script, to nodes, named by id or selected by tag."""
        name, given = params["DocumentName"], params.get("Parameters", {})
        order = read_script(name, given) or read_order(find_document(name, self._region), given)
        return {"Command": _told(self._commands.send(params, order, self._hosts(params)))}

    def cancel(self, params: Params) -> dict[str, Any]:
        """Cancel a command where it has not ended, on the named nodes or on all."""
        self._check(params)
        self._commands.cancel(self._commands.all[params["CommandId"]], params.get("InstanceIds", []))
        return {}

    def list_commands(self, params: Params) -> dict[str, Any]:
        """List commands, newest first, by id, node and filter."""

        def rows() -> list[dict[str, Any]]:
            found = [command for command in reversed(self._commands.all.values()) if _asked(command, params)]
            return [_told(command) for command in found]

        self._check(params)
        found, token = cut_page(self._pages, "ListCommands", params, rows)
        return {"Commands": found, "NextToken": token}

    def list_invocations(self, params: Params) -> dict[str, Any]:
        """List what commands did on each node; with Details, each step too."""

        def rows() -> list[dict[str, Any]]:
            return [
                _invocation(command, invocation, bool(params.get("Details")))
                for command in reversed(self._commands.all.values())
                if _asked(command, params)
                for invocation in command.invocations
                if params.get("InstanceId") in (None, invocation.host.instance_id)
            ]

        self._check(params)
        found, token = cut_page(self._pages, "ListCommandInvocations", params, rows)
        return {"CommandInvocations": found, "NextToken": token}

    def get_invocation(self, params: Params) -> dict[str, Any]:
        """Tell what one command did on one node."""
        command = self._commands.all.get(params["CommandId"])
        for invocation in command.invocations if command else []:
            if command and invocation.host.instance_id == params["InstanceId"]:
                own = _step_name(command, invocation)
                if params.get("PluginName", own) not in (own, *_STEPS):
                    raise AwsError("InvalidPluginName", f"There is no step {params['PluginName']}")
                return _full(command, invocation)
        raise AwsError("InvocationDoesNotExist", "The command was not sent to this node")

    def _hosts(self, params: Params) -> list[Host]:
        ids, targets = params.get("InstanceIds", []), params.get("Targets", [])
        if bool(ids) == bool(targets):
            raise AwsError("ValidationException", "Give either InstanceIds or Targets")
        if len(set(ids)) < len(ids):
            raise AwsError("DuplicateInstanceId", "InstanceIds holds an id twice")
        if targets:
            return [h for h in self._fleet.select_nodes([(t["Key"], t["Values"]) for t in targets]) if h.managed]
        hosts = [self._fleet.host(wanted) for wanted in ids]
        unfit = [i for i, host in zip(ids, hosts, strict=True) if not host or not self._fleet.reachable_by_agent(host)]
        if unfit:
            told = ", ".join(unfit)
            raise AwsError(
                "InvalidInstanceId", f"Instances [[{told}]] not in a valid state for account {self._account}"
            )
        return [host for host in hosts if host]

    def _check(self, params: Params) -> None:
        wanted = params.get("CommandId")
        if wanted is not None and wanted not in self._commands.all:
            raise AwsError("InvalidCommandId", f"There is no command {wanted}")
        for entry in params.get("Filters", []):
            if entry["key"] in _MOMENTS:
                moment(entry["value"])


def _asked(command: Command, params: Params) -> bool:
    if params.get("CommandId") not in (None, command.id):
        return False
    wanted = params.get("InstanceId")
    if wanted and all(invocation.host.instance_id != wanted for invocation in command.invocations):
        return False
    return all(_passes(command, entry["key"], entry["value"]) for entry in params.get("Filters", []))


def _passes(command: Command, key: str, value: str) -> bool:
    if key in _MOMENTS:
        asked = moment(value)
        return command.sent_at > asked if key == "InvokedAfter" else command.sent_at < asked
    if key == "Status":
        return command.status == value
    if key == "DocumentName":
        return value in (command.order.document.name, command.params["DocumentName"])
    return (command.status in ("Pending", "InProgress")) == (value == "Executing")


def _told(command: Command) -> dict[str, Any]:
    params = command.params
    seconds = params.get("TimeoutSeconds", DEFAULT_DELIVERY)
    return {
        **_NO_BUCKET,
        **_NO_LOGS,
        **_NO_NOTICE,
        "CommandId": command.id,
        "DocumentName": command.order.document.name,
        "DocumentVersion": params.get("DocumentVersion", "$DEFAULT"),
        "Comment": params.get("Comment", ""),
        "ExpiresAfter": command.sent_at + timedelta(seconds=seconds),
        "Parameters": params.get("Parameters", {}),
        "InstanceIds": params.get("InstanceIds", []),
        "Targets": params.get("Targets", []),
        "RequestedDateTime": command.sent_at,
        "Status": command.status,
        "StatusDetails": command.detail,
        "MaxConcurrency": params.get("MaxConcurrency", "50"),
        "MaxErrors": params.get("MaxErrors", "0"),
        "TargetCount": len(command.invocations),
        "CompletedCount": command.count("Success", "Failed", "TimedOut", "Cancelled"),
        "ErrorCount": command.count("Failed", "TimedOut"),
        "DeliveryTimedOutCount": command.count("TimedOut"),
        "TimeoutSeconds": seconds,
    }


def _invocation(command: Command, invocation: Invocation, details: bool) -> dict[str, Any]:
    row = {
        **_NO_URLS,
        **_NO_LOGS,
        **_NO_NOTICE,
        "CommandId": command.id,
        "InstanceId": invocation.host.instance_id,
        "InstanceName": "",
        "Comment": command.params.get("Comment", ""),
        "DocumentName": command.order.document.name,
        "DocumentVersion": command.params.get("DocumentVersion", "$DEFAULT"),
        "RequestedDateTime": command.sent_at,
        "Status": invocation.status,
        "StatusDetails": invocation.detail,
        "CommandPlugins": [],
    }
    if details and invocation.started_at:
        row["CommandPlugins"] = [_step(command, invocation)]
    return row


def _step(command: Command, invocation: Invocation) -> dict[str, Any]:
    return {
        **_NO_URLS,
        **_NO_BUCKET,
        "OutputS3Region": "us-east-1",
        "Name": _step_name(command, invocation),
        "Status": invocation.status,
        "StatusDetails": invocation.detail,
        "ResponseCode": invocation.response_code,
        "ResponseStartDateTime": _by_the_host(invocation, invocation.started_at),
        "ResponseFinishDateTime": _by_the_host(invocation, invocation.ended_at),
        "Output": invocation.output,
    }


def _step_name(command: Command, invocation: Invocation) -> str:
    return command.order.step(invocation.host.system.kind)


def _by_the_host(invocation: Invocation, moment: datetime | None) -> datetime | None:
    """Date what the agent told with the host's own clock."""
    return moment + invocation.host.clock_ahead if moment else None


def _written(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z" if moment else ""


def _full(command: Command, invocation: Invocation) -> dict[str, Any]:
    began = _by_the_host(invocation, invocation.started_at)
    ended = _by_the_host(invocation, invocation.ended_at)
    elapsed = f"PT{(ended - began).total_seconds():g}S" if began and ended else ""
    return {
        **_NO_URLS,
        **_NO_LOGS,
        "CommandId": command.id,
        "InstanceId": invocation.host.instance_id,
        "Comment": command.params.get("Comment", ""),
        "DocumentName": command.order.document.name,
        "DocumentVersion": command.params.get("DocumentVersion", "$DEFAULT"),
        "PluginName": _step_name(command, invocation),
        "ResponseCode": invocation.response_code,
        "ExecutionStartDateTime": _written(began),
        "ExecutionElapsedTime": elapsed,
        "ExecutionEndDateTime": _written(ended),
        "Status": invocation.status,
        "StatusDetails": invocation.detail,
        "StandardOutputContent": invocation.output,
        "StandardErrorContent": invocation.error,
    }
