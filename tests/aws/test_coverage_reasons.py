"""Every reason that the coverage can give: which mean that packages were scanned, and which pass by themselves."""

from datetime import UTC, datetime

import pytest
from botocore.loaders import create_loader

from postpatch.aws.coverage import SSM_AGENT, VM_SCANNER, is_waited_for, scans_packages
from postpatch.model import HostScan
from postpatch.model.scan import AGENTLESS

SHAPES = create_loader().load_service_model("inspector2", "service-2")["shapes"]
REASONS, MODES = SHAPES["ScanStatusReason"]["enum"], (SSM_AGENT, VM_SCANNER, AGENTLESS)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
PASSING = {"PENDING_INITIAL_SCAN", "NO_INVENTORY", "STALE_INVENTORY", "SCAN_IN_PROGRESS", "PENDING_REVIVAL_SCAN"}


def scan(reason: str, mode: str = SSM_AGENT, status: str = "ACTIVE") -> HostScan:
    """Return a host's scan of which nothing proves yet that it is fresh."""
    return HostScan("i-0aaaaaaaaaaaaaaa1", NOW, NOW, status=status, reason=reason, mode=mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("reason", REASONS)
def test_only_a_successful_scan_covers_the_packages(reason: str, mode: str) -> None:
    """Deep inspection may fail meanwhile: it is about packages of languages. An inactive host is not scanned at all."""
    covers = reason == "SUCCESSFUL" or reason.startswith("DEEP_INSPECTION_")
    assert scans_packages(scan(reason, mode)) is covers
    assert not scans_packages(scan(reason, mode, "INACTIVE"))


@pytest.mark.parametrize("reason", REASONS)
def test_what_stays_as_it_is_is_not_waited_for(reason: str) -> None:
    """A host that is stopped, excluded or not supported is named at once; an agentless one has its daily scan."""
    comes = scans_packages(scan(reason)) or reason in PASSING
    assert is_waited_for(scan(reason)) is comes
    assert is_waited_for(scan(reason, VM_SCANNER)) is comes
    assert not is_waited_for(scan(reason, AGENTLESS))


def test_the_model_has_the_reasons_that_pass() -> None:
    """A reason that AWS renames would be waited for no more."""
    assert set(REASONS) >= PASSING
