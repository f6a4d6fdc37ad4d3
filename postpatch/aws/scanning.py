"""How Inspector scans the EC2 instances of an account, as far as that changes what it finds.

Source: botocore's model of inspector2, GetEc2DeepInspectionConfiguration and GetConfiguration.
"""

from datetime import UTC

from postpatch.aws.session import Connection, asking
from postpatch.model import Scanning


def scanning(connection: Connection) -> Scanning:
    """Return the account's deep inspection with its paths, and since when it has the VM scanner."""
    client = connection.client("inspector2")
    with asking("whether deep inspection is on, and in which paths"):
        deep = client.get_ec2_deep_inspection_configuration()
    with asking("whether the VM scanner is on"):
        state = client.get_configuration().get("ec2Configuration", {}).get("vmScannerState", {})
    since = state.get("activatedAt") if state.get("activated") else None
    return Scanning(
        deep_inspection=deep.get("status", ""),
        deep_inspection_paths=tuple(sorted({*deep.get("packagePaths", ()), *deep.get("orgPackagePaths", ())})),
        vm_scanner_since=since.astimezone(UTC) if since else None,
    )
