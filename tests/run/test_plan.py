"""The permissions that a plan needs: what would be started decides them."""

from postpatch.model import Caller
from postpatch.run.plan import Plan, needed

CALLER = Caller("123456789012", "eu-west-1", "arn:aws:sts::123456789012:assumed-role/verify/ci-7")


def test_a_vm_scanner_needs_the_command_of_its_platform() -> None:
    """AWS's own document has no account, and each platform has one."""
    plan = Plan(vm_scanners={"LINUX": ("i-1",), "WINDOWS": ("i-2",)})
    document = "arn:aws:ssm:eu-west-1::document"
    assert [*needed(plan, CALLER)] == [
        ("ssm:SendCommand", f"{document}/AWS-RunShellScript"),
        ("ssm:SendCommand", f"{document}/AWS-RunPowerShellScript"),
    ]
    assert [*needed(Plan(), CALLER)] == []
