r"""The update build revision (UBR) of a Windows host, where a site has its registry inventoried.

AWS-GatherSoftwareInventory captures registry values only where its parameter `windowsRegistry` names them, as
AWS:WindowsRegistry; nothing here has anything captured. An entry has KeyPath, ValueName, ValueType and Value, all of
them text, and a host has 250 at most (aws/amazon-ssm-agent, agent/plugins/inventory/gatherers/registry). The revision
is the value `UBR` of `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion`.
"""

from datetime import UTC, datetime
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from postpatch.aws.session import Connection, asking, each_page
from postpatch.model import BuildRevision

_TYPE = "AWS:WindowsRegistry"
_KEY = r"hkey_local_machine\software\microsoft\windows nt\currentversion"
_VALUE = "UBR"
_A_PAGE = 50  # botocore shape MaxResults
_PAGES = 5  # the agent captures 250 values at most


def build_revision(connection: Connection, host: str) -> BuildRevision | None:
    """Return the update build revision of a Windows host, or None where no inventory has it; one call."""
    named = [{"Key": f"{_TYPE}.ValueName", "Values": [_VALUE], "Type": "Equal"}]
    with asking(f"for the update build revision of {host}"):
        try:
            entries = connection.client("ssm").list_inventory_entries
            pages = each_page(entries, InstanceId=host, TypeName=_TYPE, Filters=named, MaxResults=_A_PAGE)
            read = [_read(host, page) for page in islice(pages, _PAGES)]
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidTypeNameException":
                raise
            return None
    return next((one for one in read if one), None)


def _read(host: str, page: dict[str, Any]) -> BuildRevision | None:
    captured = page.get("CaptureTime")
    for row in page.get("Entries", []):
        here = row.get("KeyPath", "").lower() == _KEY and row.get("ValueName", "").upper() == _VALUE
        if captured and here and row.get("Value", "").isdecimal():
            return BuildRevision(host, datetime.fromisoformat(captured).astimezone(UTC), int(row["Value"]))
    return None
