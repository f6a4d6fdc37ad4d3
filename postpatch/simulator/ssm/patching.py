"""Documents that patch, carried out on hosts as the clock moves; Run Command, windows and State Manager share them."""

import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..clock import Clock
from ..hosts.buckets import Buckets
from ..hosts.fleet import Fleet
from ..hosts.host import Host
from .baselines import Baselines
from .documents import NO_HOOK, Order
from .linux_patches import LinuxPatchRun
from .overrides import (
    PATCH_POLICY_BUCKET,
    OverrideList,
    PatchingFailed,
    read_baseline_override,
    read_override_list,
)
from .patch_reports import PatchReports
from .patch_runs import LOOKING_TAKES, Decision, PatchRun
from .windows_patches import WindowsPatchRun

HOOK_TAKES = timedelta(seconds=5)


@dataclass(frozen=True)
class Outcome:
    """How a document ended on a host, in the words of Run Command."""

    status: str
    detail: str
    code: int
    output: str = ""
    error: str = ""


_Steps = Generator[timedelta, None, Outcome]
_Operation = Generator[timedelta, None, PatchRun[Any]]


class Running:
    """One document that runs on one host; `cancel` keeps it from its next step."""

    def __init__(self, steps: _Steps, clock: Clock, done: Callable[[Outcome], None]) -> None:
        self._steps, self._clock, self._done = steps, clock, done
        self._go_on()

    def cancel(self) -> None:
        """Stop before the next step; what was done stays done."""
        self._steps.close()

    def _go_on(self) -> None:
        try:
            delay = next(self._steps)
        except StopIteration as end:
            if end.value is not None:
                self._done(end.value)
        else:
            self._clock.after(delay, self._go_on)


class Patching:
    """Run documents that patch on hosts, and keep what each tells Patch Manager."""

    def __init__(
        self, fleet: Fleet, clock: Clock, baselines: Baselines, reports: PatchReports, buckets: Buckets
    ) -> None:
        self._fleet, self._clock, self._buckets = fleet, clock, buckets
        self._baselines, self._reports = baselines, reports

    def start(self, host: Host, order: Order, run_id: str, done: Callable[[Outcome], None]) -> Running:
        """Start on one host now; `run_id` is that of the command or execution, whose hosts share one snapshot."""
        patch = self._with_hooks if order.document.hooks and order.operation == "Install" else self._plainly
        return Running(self._ending(patch(host, order, order.snapshot_id or snapshot_id(run_id))), self._clock, done)

    def _ending(self, steps: _Steps) -> _Steps:
        """Make an outcome of what stops a run before it looked at any package."""
        try:
            return (yield from steps)
        except PatchingFailed as failed:
            return Outcome("Failed", "Failed", 1, error=str(failed))
        except _StalledError:
            return Outcome("TimedOut", "ExecutionTimedOut", -1)

    def _plainly(self, host: Host, order: Order, snapshot: str) -> _Steps:
        run = yield from self._operation(host, order, snapshot, order.operation, order.reboot_option)
        return self._outcome(run)

    def _with_hooks(self, host: Host, order: Order, snapshot: str) -> _Steps:
        """Scan, install without a reboot, then reboot and report, with a hook before, between and after.

        Source: Systems Manager user guide, "AWS-RunPatchBaselineWithHooks operational steps".
        """
        before, between, after = order.hooks
        run = yield from self._operation(host, order, snapshot, "Scan", order.reboot_option)
        failed = ""
        if run.patches or (run.pending and order.reboot_option == "RebootIfNeeded"):
            failed = yield from self._hook(host, before)
            if not failed:
                run = yield from self._operation(host, order, snapshot, "Install", "NoReboot")
            if not failed and not run.failed:
                failed = yield from self._hook(host, between)
                if not failed and order.reboot_option == "RebootIfNeeded" and run.pending:
                    run = yield from self._operation(host, order, snapshot, "Install", "RebootIfNeeded")
        failed = (yield from self._hook(host, after)) or failed
        if failed:
            return Outcome("Failed", "Failed", 1, error=f"The hook {failed} failed")
        return self._outcome(run)

    def _hook(self, host: Host, name: str) -> Generator[timedelta, None, str]:
        if name != NO_HOOK:
            yield HOOK_TAKES
        return name if name in host.breaks_hooks else ""

    def _operation(self, host: Host, order: Order, snapshot: str, operation: str, reboot_option: str) -> _Operation:
        if host.stalls:
            yield order.step_timeout
            raise _StalledError
        try:
            decision = self._decide(host, order)
        except PatchingFailed:
            yield LOOKING_TAKES
            raise
        kind: type[PatchRun[Any]] = WindowsPatchRun if host.windows else LinuxPatchRun
        run = kind(host, self._fleet, decision, operation, reboot_option)
        yield run.begin(self._clock.now())
        yield run.apply(self._clock.now())
        report = run.end(self._clock.now(), self._reports.by_host.get(host.instance_id), snapshot)
        if self._is_reported(order):
            self._reports.by_host[host.instance_id] = report
        return run

    def _decide(self, host: Host, order: Order) -> Decision:
        tags = self._fleet.instance(host).tags
        group = tags.get("Patch Group") or tags.get("PatchGroup") or ""
        only: OverrideList | None = None
        if order.override_list:
            only = read_override_list(self._buckets, order.override_list)
        baseline = self._baselines.effective(host.system.baseline, group)
        if order.baseline_tags:
            baseline = self._baselines.tagged(host.system.baseline, order.baseline_tags) or baseline
        told_id = baseline.id
        if order.baseline_override:
            place, now = order.baseline_override, self._clock.now()
            baseline = read_baseline_override(self._buckets, place, host.system.baseline, now)
        return Decision(baseline, group, told_id, only, order.override_list or None)

    @staticmethod
    def _is_reported(order: Order) -> bool:
        """Tell whether a run becomes the host's patch state.

        What a baseline override found is only written to the output, unless the override is a patch policy's
        (Systems Manager user guide, "Using the BaselineOverride parameter"; aws/amazon-ssm-agent, issue 562).
        """
        own = order.baseline_override and not order.baseline_override.startswith(PATCH_POLICY_BUCKET)
        return order.document.reports and not own

    @staticmethod
    def _outcome(run: PatchRun[Any]) -> Outcome:
        missing = len(run.patches) if run.operation == "Scan" else 0
        output = (
            f"{run.operation} finished: {len(run.done)} installed, {len(run.failed)} failed, "
            f"{missing} missing, baseline {run.baseline.id or run.baseline.name}"
        )
        status = "Failed" if run.failed else "Success"
        return Outcome(status, status, 1 if run.failed else 0, output)


class _StalledError(Exception):
    """The step did not end in its time."""


def snapshot_id(run_id: str) -> str:
    """Make the snapshot id that all hosts of one run share."""
    return str(uuid.uuid5(uuid.UUID(run_id), "snapshot"))
