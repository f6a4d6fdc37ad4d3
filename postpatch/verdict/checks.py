"""The checks: their stable ids, in the order of the report, what each is about, and the controls it speaks to."""

from dataclasses import dataclass

# AWS Security Hub has a control on the same subject and publishes which requirements it serves; no other mapping has a
# source. User guide, "Security Hub controls for Systems Manager" (SSM.1 managed, SSM.2 patch compliance after
# installation) and "… for Amazon Inspector" (Inspector.1 EC2 scanning).
_RELATED = ("CM-2", "CM-8", "SI-2(3)")
_MANAGED = ("Security Hub SSM.1", *(f"NIST SP 800-53 Rev. 5 {control}" for control in _RELATED))
_PATCHED = ("Security Hub SSM.2", "NIST SP 800-53 Rev. 5 SI-2", "PCI DSS 4.0.1 6.3.3")
_SCANNED = ("Security Hub Inspector.1", "PCI DSS 4.0.1 11.3.1")


@dataclass(frozen=True)
class Check:
    """One check. `recorded`: two exported files are enough to assess it, without AWS."""

    id: str
    about: str
    recorded: bool = False
    controls: tuple[str, ...] = ()


CHECKS = (
    Check("SCAN-1", "the Inspector run completed", controls=_SCANNED),
    Check("SCAN-2", "every host in scope was scanned after it was patched", controls=_SCANNED),
    Check("SCAN-3", "baseline and run cover the same hosts", recorded=True),
    Check("PATCH-1", "every host had a successful patch installation after the baseline", controls=_PATCHED),
    Check("PATCH-2", "no host awaits a reboot", controls=_PATCHED),
    Check("FIND-1", "fewer findings than the baseline", recorded=True),
    Check("FIND-2", "no severity got worse", recorded=True),
    Check("FIND-3", "nothing new that the patch round should have fixed", recorded=True),
    Check("FIND-4", "nothing remains that patching should have removed", recorded=True, controls=_PATCHED),
    Check("FIND-5", "every remaining finding is explained", recorded=True),
    Check("FIND-6", "nothing was suppressed to pass", recorded=True),
    Check("FIND-7", "waivers are current and used", recorded=True),
    Check("FIND-8", "the gate's limits hold", recorded=True),
    Check("MW-1", "exactly one window of that name, enabled"),
    Check("MW-2", "the window's schedule"),
    Check("MW-3", "the window's duration and cutoff"),
    Check("MW-4", "the window's start date and time zone"),
    Check("TGT-1", "the target selects by the policy's tags, exactly"),
    Check("TGT-2", "the target's tags select every host in scope and no other", controls=_MANAGED),
    Check("TASK-1", "the task runs the policy's document as a Run Command"),
    Check("TASK-2", "the task installs, with no other parameter than the policy's"),
    Check("TASK-3", "the task targets the registered target group"),
    Check("TASK-4", "concurrency, error threshold, priority, timeout, cutoff behaviour"),
    Check("TASK-5", "the task's service role"),
)
