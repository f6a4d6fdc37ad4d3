"""The checks: their permanent ids, in the order of the report, with what each proves."""

import difflib
import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One check: its id and the sentence that it proves. `recorded`: exported files are enough to assess it."""

    id: str
    sentence: str
    recorded: bool = False


CHECKS = (
    Check("SCAN-1", "The Inspector assessment after patching completed, its CIS scan too."),
    Check("SCAN-2", "Inspector scanned every host in scope after it was patched."),
    Check("SCAN-3", "The baseline and this run cover the same hosts.", recorded=True),
    Check("PATCH-1", "Every host in scope had a successful installation after the baseline."),
    Check("PATCH-2", "No host has installed patches that wait for a reboot."),
    Check(
        "FIND-1",
        "Fewer findings that patching can remove are active than in the baseline, or none both times.",
        recorded=True,
    ),
    Check(
        "FIND-2",
        "At every severity level and above, no more findings that patching can remove are active than before it.",
        recorded=True,
    ),
    Check("FIND-3", "No new finding already had a fix before patching.", recorded=True),
    Check(
        "FIND-4",
        "No finding remains that successful patching would have removed.",
        recorded=True,
    ),
    Check(
        "FIND-5",
        "AWS's own data proves a cause for every remaining finding, or its risk is accepted.",
        recorded=True,
    ),
    Check(
        "FIND-6",
        "No suppression rule, whenever it was made, hides a finding that patching could remove.",
        recorded=True,
    ),
    Check("FIND-7", "No waiver of the policy has expired.", recorded=True),
    Check(
        "FIND-8",
        "No more findings are active than the policy allows, and no port or setting was opened since the baseline.",
        recorded=True,
    ),
    Check("MW-1", "Exactly one maintenance window has the policy's name or id, and it is enabled."),
    Check("MW-2", "The window fires when the policy says, however its schedule is written."),
    Check("MW-3", "The window's duration and cutoff match the policy."),
    Check("MW-4", "The window's start, end and time zone match the policy, and nothing fires before the start."),
    Check(
        "MW-5",
        "The window's newest due execution since it was created or changed ran its patching task successfully.",
    ),
    Check(
        "TGT-1",
        "The window has the policy's registered targets and no other, and they select hosts exactly as it says.",
    ),
    Check(
        "TGT-2",
        "The target selects every host in scope and no other, all of them managed and online.",
    ),
    Check(
        "TASK-1",
        "The window's patching task, or one for each target, runs the policy's document; the policy lists all others.",
    ),
    Check("TASK-2", "The operation and parameters of each task match the policy, and there are no others."),
    Check("TASK-3", "Each task runs on the window's registered target, and on nothing else."),
    Check(
        "TASK-4",
        "The task's limits, priority, timeout and cutoff behavior match the policy, and no CloudWatch alarm stops it.",
    ),
    Check("TASK-5", "The task runs with the service role that the policy names, and that role exists."),
)


class UnknownCheck(LookupError):
    """Say which id no check has, and which one was perhaps meant."""


def matching(patterns: Iterable[str]) -> frozenset[str]:
    """Return the ids that match one of the patterns, in which `*` stands for any characters.

    UnknownCheck if a pattern matches no id.
    """
    ids = [check.id for check in CHECKS]
    found: set[str] = set()
    for pattern in patterns:
        matches = fnmatch.filter(ids, pattern.strip())
        if not matches:
            close = difflib.get_close_matches(pattern.strip().upper(), ids, n=1)
            meant = f"did you mean {close[0]}?" if close else f"there are {', '.join(ids)}"
            raise UnknownCheck(f"no check has the id {pattern.strip()!r}; {meant}")
        found.update(matches)
    return frozenset(found)
