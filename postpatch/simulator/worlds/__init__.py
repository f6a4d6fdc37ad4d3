"""The worlds: each a small file, or a row in one, that says what happened, never what the answers are."""

import functools
import importlib
from collections.abc import Mapping

from ..world import FIXED, World


class UnknownWorld(LookupError):
    """Say that there is no world of a name, and name those that there are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no world {name!r}; there are: {', '.join(worlds())}")
        self.name = name


_IN_0_1_0 = ":mended"


class _Worlds(dict[str, World]):
    """Worlds by name; `NAME:fixed` is one without its defect, which 0.1.0 called `NAME:mended`."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(_with_its_defect(str(name)))

    def __missing__(self, name: str) -> World:
        if name in self:
            return self[_with_its_defect(name)].without_its_defect()
        raise UnknownWorld(name)


def _with_its_defect(name: str) -> str:
    return name.removesuffix(FIXED).removesuffix(_IN_0_1_0)


# The modules of the worlds, in the order in which they are best met.
_ORDER = (
    *("workshop", "unpatched", "drifted_window", "workshop_classic"),
    # Green too, though a careless look would find something wrong.
    *("console_window", "new_criticals", "new_disclosure", "nightly_scan", "nothing_to_install", "stranger_offline"),
    *("month_later", "scanned_overnight", "small_pages", "throttled_briefly", "unfinished_inventory"),
    # Green, with a policy or a way of patching that is not the tutorial's.
    *("state_manager", "quick_setup", "hooks", "steady_state", "default_baseline", "fix_after"),
    *("beside_hosts", "changing_fleets", "warm_pools", "golden_images", "cis_outage", "skew_ahead", "skew_behind"),
    *("accepted_risks", "waived_rule", "other_tool", "hybrid_nodes", "hybrid_alone"),
    *("unmoved_scan", "unchanged_inventory", "deadlines", "patch_groups"),
    # The patch round.
    *("excluded_package", "failed_install", "frozen_group", "late_baseline", "late_install", "no_reboot"),
    *("old_kernel", "opened_port", "opened_root_login", "partial_fix", "rejected_package", "rerated"),
    *("rolled_back", "slept_through", "stopped_early", "suppressed", "suppressed_new"),
    *("suppress_everything", "administrators_rule"),
    *("kernel_64k", "kernel_by_hand", "flip_nofix", "dotted", "windows_kb_missing", "cve_became_kb", "windows_bounds"),
    *("windows_timed_out", "windows_not_offered"),
    *("esm", "mixed_estate"),
    *("baseline_override", "newest_install_failed", "nodegroup", "stale_round"),
    # What nothing that changed proves, and what a baseline may not hold back.
    *("steady_bounds", "held_back_bounds"),
    # The look.
    *("agent_offline", "agentless", "agentless_host", "cis_failed", "cis_timed_out", "empty_fleet", "empty_page"),
    *("excluded_host", "failing_looks", "replaced_host", "scanning_off", "stale_inventory", "stale_scan"),
    *("stale_fleet", "stopped_host", "terminated_host", "unseen_hosts", "unsupported_os"),
    *("deep_off", "exclude_reinclude", "other_paths", "restored_disk", "rollback_backlog", "vm_scanner"),
    "vm_scanner_started",
    # The window, its target and its task.
    *("wrong_values", "disabled_window", "two_windows", "detached_host", "named_hosts", "second_target"),
    *("second_task", "task_on_ids", "opened_windows", "alarm", "role_gone", "window_failed_every_night"),
    *("chosen_windows", "several_targets", "window_elsewhere"),
    # What patches is no window.
    *("associations", "patch_policies"),
)


@functools.cache
def worlds() -> Mapping[str, World]:
    """Name every world, in the order in which they are best met; asking for another raises UnknownWorld."""
    modules = [importlib.import_module(f".{name}", __name__) for name in _ORDER]
    told = [world for module in modules for world in getattr(module, "WORLDS", None) or (module.WORLD,)]
    return _Worlds({world.name: world for world in told})
