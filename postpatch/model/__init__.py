"""The nouns: what the layers hand to each other. Frozen values, times aware and in UTC, nothing that knows AWS."""

from postpatch.model.backend import Backend, Mode
from postpatch.model.call import Call
from postpatch.model.change import NO_CHANGE, Change, approver, ticket
from postpatch.model.earlier_runs import EarlierFix, EarlierRuns
from postpatch.model.finding import (
    APPEARED,
    DeltaClass,
    Exploits,
    Finding,
    FindingType,
    Package,
    Severity,
    port_in_words,
)
from postpatch.model.hybrid import HybridNodes, is_hybrid
from postpatch.model.image import Images, ImageSource
from postpatch.model.inventory import BuildRevision, HostInventory, InstalledPackage, InventoryDigest
from postpatch.model.judgement import Fact, Judgement
from postpatch.model.moment import Utc, in_utc
from postpatch.model.notice import Delivery, Notice, Sending
from postpatch.model.patch_command import PatchCommand
from postpatch.model.patching import (
    ApprovalRule,
    AvailablePatch,
    HostOverride,
    InstancePatch,
    Leftovers,
    PatchBaseline,
    Patching,
    PatchState,
    Rescan,
)
from postpatch.model.recurring import Association, PatchPolicy, SelectedBaseline
from postpatch.model.s3_folder import SCHEME, S3Folder, s3_folder
from postpatch.model.scan import MOST_SET_ASIDE, CisHost, HostScan, Launch, ScanRun
from postpatch.model.scope import Caller, CisScans, Engine, Host, ManagedHost, Scope, ScopeMembers
from postpatch.model.snapshot import Manifest, ScannedHost, Scanning, Snapshot
from postpatch.model.suppression import SuppressionRule
from postpatch.model.vulnrichment import Decision, Vulnrichment
from postpatch.model.window import (
    ExistingWindow,
    ExpectedWindow,
    MaintenanceWindow,
    TaskAlarm,
    TaskRun,
    WindowExecution,
    WindowHistory,
    WindowTarget,
    WindowTask,
)

__all__ = [
    "APPEARED",
    "MOST_SET_ASIDE",
    "NO_CHANGE",
    "SCHEME",
    "ApprovalRule",
    "Association",
    "AvailablePatch",
    "Backend",
    "BuildRevision",
    "Call",
    "Caller",
    "Change",
    "CisHost",
    "CisScans",
    "Decision",
    "Delivery",
    "DeltaClass",
    "EarlierFix",
    "EarlierRuns",
    "Engine",
    "ExistingWindow",
    "ExpectedWindow",
    "Exploits",
    "Fact",
    "Finding",
    "FindingType",
    "Host",
    "HostInventory",
    "HostOverride",
    "HostScan",
    "HybridNodes",
    "ImageSource",
    "Images",
    "InstalledPackage",
    "InstancePatch",
    "InventoryDigest",
    "Judgement",
    "Launch",
    "Leftovers",
    "MaintenanceWindow",
    "ManagedHost",
    "Manifest",
    "Mode",
    "Notice",
    "Package",
    "PatchBaseline",
    "PatchCommand",
    "PatchPolicy",
    "PatchState",
    "Patching",
    "Rescan",
    "S3Folder",
    "ScanRun",
    "ScannedHost",
    "Scanning",
    "Scope",
    "ScopeMembers",
    "SelectedBaseline",
    "Sending",
    "Severity",
    "Snapshot",
    "SuppressionRule",
    "TaskAlarm",
    "TaskRun",
    "Utc",
    "Vulnrichment",
    "WindowExecution",
    "WindowHistory",
    "WindowTarget",
    "WindowTask",
    "approver",
    "in_utc",
    "is_hybrid",
    "port_in_words",
    "s3_folder",
    "ticket",
]
