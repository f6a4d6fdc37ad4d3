"""The policy: what must be true, a noun with limits. Each section is a file, `policy.py` is the whole."""

from postpatch.policy.gate import GatePolicy
from postpatch.policy.patching import PatchingPolicy
from postpatch.policy.policy import Policy, load_policy
from postpatch.policy.waiver import Waiver
from postpatch.policy.window import DEFAULT_VERSION, SERVICE_LINKED, TargetPolicy, WindowPolicy

__all__ = [
    "DEFAULT_VERSION",
    "SERVICE_LINKED",
    "GatePolicy",
    "PatchingPolicy",
    "Policy",
    "TargetPolicy",
    "Waiver",
    "WindowPolicy",
    "load_policy",
]
