"""How Inspector scans the EC2 instances of an account, as far as that changes what it finds.

Source: botocore's model of inspector2, GetEc2DeepInspectionConfiguration and GetConfiguration.
"""

from datetime import UTC
from functools import partial
from typing import Any

from postpatch.aws.session import Connection, asking
from postpatch.aws.side_by_side import together
from postpatch.model import Scanning


def scanning(connection: Connection) -> Scanning:
    """Return the account's deep inspection with its paths, and since when it has the VM scanner."""
    deep, whole = together(connection.at_once, partial(_deep_inspection, connection), partial(_settings, connection))
    state = whole.get("ec2Configuration", {}).get("vmScannerState", {})
    since = state.get("activatedAt") if state.get("activated") else None
    return Scanning(
        deep_inspection=deep.get("status", ""),
        deep_inspection_paths=tuple(sorted({*deep.get("packagePaths", ()), *deep.get("orgPackagePaths", ())})),
        vm_scanner_since=since.astimezone(UTC) if since else None,
    )


def _deep_inspection(connection: Connection) -> Any:
    with asking("whether deep inspection is on, and in which paths"):
        return connection.client("inspector2").get_ec2_deep_inspection_configuration()


def _settings(connection: Connection) -> Any:
    with asking("whether the VM scanner is on"):
        return connection.client("inspector2").get_configuration()
