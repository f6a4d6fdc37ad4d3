"""Scripts on simulated hosts: they start the VM Scanner, and do nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from postpatch.simulator import Simulator
from tests.simulator.asking import Make, code_of, package_rows, stack_hosts

START = "systemctl start inspector-vm-scanner"
BY_HAND = "/opt/aws/inspector/bin/inspector-vm-scanner sbom --send-results telemetry"
TASK = 'Start-ScheduledTask -TaskName "Inspector VM Scanner" -ErrorAction Stop'


def run(aws: Simulator, host: str, line: str, document: str = "AWS-RunShellScript") -> dict[str, Any]:
    """Run a line on a host, and tell what came of it."""
    ssm = aws.client("ssm")
    sent = ssm.send_command(DocumentName=document, InstanceIds=[host], Parameters={"commands": [line]})["Command"]
    aws.clock.advance(timedelta(minutes=1))
    return dict(ssm.get_command_invocation(CommandId=sent["CommandId"], InstanceId=host))


@pytest.mark.parametrize("line", [START, BY_HAND])
def test_it_starts_the_vm_scanner(make: Make, line: str) -> None:
    """What it sends is scanned, hours before its timer would have run it again."""
    aws = make("vm-scanner-started")
    host = stack_hosts(aws)[0]
    aws.clock.advance(timedelta(minutes=40))
    before, said = aws.now(), run(aws, host, line)
    aws.clock.advance(timedelta(minutes=3))
    assert (said["Status"], said["ResponseCode"], said["PluginName"]) == ("Success", 0, "aws:runShellScript")
    assert {row["resourceId"]: row["lastScannedAt"] > before for row in package_rows(aws)}[host]


@pytest.mark.parametrize(("line", "code"), [(START, 5), (BY_HAND, 127)])
def test_without_a_scanner_it_fails(aws: Simulator, line: str, code: int) -> None:
    """The unit or the file is not there."""
    said = run(aws, stack_hosts(aws)[0], line)
    assert (said["Status"], said["ResponseCode"]) == ("Failed", code)
    assert "inspector-vm-scanner" in said["StandardErrorContent"]


def test_a_script_of_another_system_is_skipped(aws: Simulator) -> None:
    """PowerShell does nothing on Linux, and says that it was skipped."""
    said = run(aws, stack_hosts(aws)[0], TASK, "AWS-RunPowerShellScript")
    assert said["Status"] == "Success"
    assert "skipped due to incompatible platform" in said["StandardOutputContent"]


def test_hosts_run_nothing_else(aws: Simulator) -> None:
    """Any other line is refused: a simulated host has no shell."""
    sent = {"DocumentName": "AWS-RunShellScript", "InstanceIds": stack_hosts(aws), "Parameters": {"commands": ["id"]}}
    assert code_of(aws.client("ssm").send_command, **sent) == "InvalidDocument"
