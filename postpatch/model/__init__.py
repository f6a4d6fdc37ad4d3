"""The nouns: what the rooms hand to each other. Frozen values, times aware and in UTC, nothing that knows AWS."""

from postpatch.model.call import Call
from postpatch.model.finding import DeltaClass, Exploits, Finding, FindingType, Package, Severity
from postpatch.model.judgement import Fact, Judgement
from postpatch.model.patching import (
    ApprovalRule,
    AvailablePatch,
    InstancePatch,
    Leftovers,
    PatchBaseline,
    PatchCommand,
    Patching,
    PatchState,
)
from postpatch.model.scan import CisHost, HostScan, Launch, ScanRun
from postpatch.model.scope import Caller, Engine, Host, ManagedHost, Mode, Scope
from postpatch.model.suppression import SuppressionRule
from postpatch.model.window import MaintenanceWindow, StandingWindow, WantedWindow, WindowTarget, WindowTask

__all__ = [
    "ApprovalRule",
    "AvailablePatch",
    "Call",
    "Caller",
    "CisHost",
    "DeltaClass",
    "Engine",
    "Exploits",
    "Fact",
    "Finding",
    "FindingType",
    "Host",
    "HostScan",
    "InstancePatch",
    "Judgement",
    "Launch",
    "Leftovers",
    "MaintenanceWindow",
    "ManagedHost",
    "Mode",
    "Package",
    "PatchBaseline",
    "PatchCommand",
    "PatchState",
    "Patching",
    "ScanRun",
    "Scope",
    "Severity",
    "StandingWindow",
    "SuppressionRule",
    "WantedWindow",
    "WindowTarget",
    "WindowTask",
]
