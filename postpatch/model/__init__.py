"""The nouns: what the rooms hand to each other. Frozen values, times aware and in UTC, nothing that knows AWS."""

from postpatch.model.finding import DeltaClass, Finding, FindingType, Package, Severity
from postpatch.model.judgement import Fact, Judgement
from postpatch.model.patching import InstancePatch, Leftovers, PatchBaseline, PatchCommand, Patching, PatchState
from postpatch.model.scan import CisHost, HostScan, Launch, ScanRun
from postpatch.model.scope import Caller, Engine, Host, ManagedHost, Mode, Scope
from postpatch.model.window import MaintenanceWindow, StandingWindow, WantedWindow, WindowTarget, WindowTask

__all__ = [
    "Caller",
    "CisHost",
    "DeltaClass",
    "Engine",
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
    "WantedWindow",
    "WindowTarget",
    "WindowTask",
]
