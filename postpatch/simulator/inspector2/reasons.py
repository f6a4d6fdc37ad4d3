"""The engines that scan a host, and the reasons that coverage gives (botocore: ScanMode, ScanStatusReason)."""

SSM_AGENT = "EC2_SSM_AGENT_BASED"
VM_SCANNER = "EC2_INSPECTOR_AGENT_BASED"
AGENTLESS = "EC2_AGENTLESS"

# "Actively monitoring with partial errors": Inspector user guide, "Assessing coverage".
_PARTIAL = "DEEP_INSPECTION_"
_ACTIVE = frozenset({"SUCCESSFUL", "PENDING_INITIAL_SCAN", "SCAN_IN_PROGRESS", "PENDING_REVIVAL_SCAN"})


def is_partial(reason: str) -> bool:
    """Tell whether packages of the system are scanned, and those of languages are not."""
    return reason.startswith(_PARTIAL)


def is_active(reason: str) -> bool:
    """Tell whether Inspector goes on scanning a resource of which it gives this reason."""
    return reason in _ACTIVE or is_partial(reason)


def status_code(reason: str) -> str:
    """Name the status that goes with a reason."""
    return "ACTIVE" if is_active(reason) else "INACTIVE"
