"""The policy: what must be true, a noun with limits. Each section is a file, `policy.py` is the whole."""

from postpatch.policy.deadline import DeadlinePolicy
from postpatch.policy.gate import GatePolicy
from postpatch.policy.image import ImagePolicy
from postpatch.policy.notify import IssuePolicy, NotifyPolicy, WebhookPolicy
from postpatch.policy.patching import PatchingPolicy
from postpatch.policy.policy import Policy, load_policy, policy_from
from postpatch.policy.recurrence import Recurrence
from postpatch.policy.recurring import ASSOCIATION, PATCH_POLICY, WINDOW, RecurringPolicy
from postpatch.policy.target import SelectionPolicy, TargetPolicy
from postpatch.policy.task import AUTOMATION, DEFAULT_VERSION, LINKED_ROLE, SERVICE_LINKED, BesideTask, TaskPolicy
from postpatch.policy.waiver import Waiver
from postpatch.policy.window import NEVER, WindowPolicy

__all__ = [
    "ASSOCIATION",
    "AUTOMATION",
    "DEFAULT_VERSION",
    "LINKED_ROLE",
    "NEVER",
    "PATCH_POLICY",
    "SERVICE_LINKED",
    "WINDOW",
    "BesideTask",
    "DeadlinePolicy",
    "GatePolicy",
    "ImagePolicy",
    "IssuePolicy",
    "NotifyPolicy",
    "PatchingPolicy",
    "Policy",
    "Recurrence",
    "RecurringPolicy",
    "SelectionPolicy",
    "TargetPolicy",
    "TaskPolicy",
    "Waiver",
    "WebhookPolicy",
    "WindowPolicy",
    "load_policy",
    "policy_from",
]
