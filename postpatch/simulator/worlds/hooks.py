"""The hosts were patched by the document with hooks, which the policy names; it splits the installation."""

from typing import TYPE_CHECKING

from ..world import World
from . import workshop
from .patched_by import WITH_HOOKS

if TYPE_CHECKING:
    from ..simulator import Simulator


def install_with_hooks(aws: "Simulator") -> None:
    """Drain each host, install, reboot, and take it back."""
    workshop.approve_everything(aws)
    hooks = {"PreInstallHookDocName": ["pww-drain"], "OnExitHookDocName": ["pww-refill"]}
    parameters = {"Operation": ["Install"], "RebootOption": ["RebootIfNeeded"]} | hooks
    workshop.run_patch_baseline(aws, "Install", DocumentName=WITH_HOOKS, Parameters=parameters)


WORLD = World(
    name="hooks",
    story="Patched by the document with hooks, which installs, reboots and reports in steps.",
    red=frozenset(),
    deploy=workshop.deploy,
    remediate=install_with_hooks,
    policy={"task": {"document": WITH_HOOKS}},
)
