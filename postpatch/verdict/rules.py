"""The versions of the judging rules: what changed in how evidence is judged, so that an old verdict can be repeated.

A verdict names the version that it was judged by (`rules` in `verify.json`). When it is judged again, an outcome, fact
or count that differs is explained by the changes since that version which concern it, or it is not explained at all.
"""

from dataclasses import dataclass

FIRST = 1  # the rules of postpatch 0.1.0, whose verdicts name no version


@dataclass(frozen=True)
class RuleChange:
    """One change of the rules, made in `version`.

    `concerns` names what may come out differently on the same evidence: ids of checks, such as `FIND-1`, and keys of
    `verify.json`, such as `counts` or `gate.limits`; a key covers everything below it. `sentence` says what changed.
    """

    version: int
    concerns: frozenset[str]
    sentence: str


# One line for each change, in the order of the versions; docs/evidence.md has the same table.
CHANGES: tuple[RuleChange, ...] = (
    RuleChange(
        2,
        frozenset({"PATCH-1", "PATCH-2"}),
        "The newest Install that started counts, it has a maximum age, and an outdated patch state proves nothing.",
    ),
    RuleChange(
        2,
        frozenset({"FIND-4", "FIND-5", "remaining", "remaining_kinds"}),
        "A cause outside patching's reach needs a complete list and an inventory captured after the launch.",
    ),
    RuleChange(
        2,
        frozenset({"FIND-4", "FIND-5", "remaining", "remaining_kinds"}),
        "The stricter of what both snapshots say of a finding counts; a contradiction explains nothing.",
    ),
    RuleChange(
        2,
        frozenset({"FIND-1", "FIND-2", "FIND-3", "SCAN-3", "counts", "comparable", "severities", "disclosed_late"}),
        "Findings that were not scanned in the same way, or that live on under another id, are not fixed.",
    ),
    RuleChange(
        2,
        frozenset({"FIND-1", "FIND-6", "waivers"}),
        "A suppression rule is judged by what it hides, whoever made it and whenever: a suppressed finding that "
        "patching could remove counts as an active one does. Zero active findings are not zero while such are hidden.",
    ),
    RuleChange(
        2,
        frozenset({"FIND-1", "FIND-6"}),
        "What the patch baseline holds back is judged among suppressed findings as among active ones.",
    ),
    RuleChange(
        2,
        frozenset({"TASK-1"}),
        "The ARN of the task's document must be of the policy's Region, and of AWS or the policy's account.",
    ),
    RuleChange(
        2,
        frozenset(
            {"SCAN-3", "FIND-1", "FIND-2", "FIND-3", "FIND-4", "FIND-5", "FIND-6", "FIND-8"}
            | {"counts", "comparable", "severities", "gate"}
        ),
        "Two files: a finding that is absent from the later one, without a CLOSED row, is proven to be gone only if "
        "both files recorded the same request; a class of findings that vanished as a whole is not comparable; a host "
        "all of whose findings are CLOSED, also such as no patch removes, is gone.",
    ),
    RuleChange(
        2,
        frozenset(
            {"SCAN-3", "FIND-1", "FIND-2", "FIND-3", "FIND-4", "FIND-5", "FIND-6", "FIND-8"}
            | {"counts", "comparable", "severities", "gate"}
        ),
        "Two files: a CLOSED row that is older than the baseline's ACTIVE row proves nothing, and neither does a "
        "finding that is absent from lists of one version of a package.",
    ),
    RuleChange(
        2,
        frozenset({"FIND-1", "FIND-2"}),
        'Compared is what patching can remove; all findings with `[gate] count = "all"` and with Inspector Classic.',
    ),
    RuleChange(
        2,
        frozenset({"FIND-3", "FIND-4", "FIND-5", "remaining", "remaining_kinds"}),
        "A fix newer than the patch run, one for subscribers only, and what the patch baseline holds back are causes; "
        "what the baseline that the policy names holds back fails only if it is exploited, or grave and old.",
    ),
    RuleChange(
        2,
        frozenset({"FIND-5"}),
        "Only findings of the severity of `[gate] severity`, and worse or unrated ones, must be explained.",
    ),
    RuleChange(
        2,
        frozenset({"PATCH-1"}),
        "An Install on a host whose clock is wrong, as AWS's own times show, is dated by when it was requested.",
    ),
    RuleChange(
        2,
        frozenset(
            {"SCAN-2", "SCAN-3", "FIND-1", "FIND-2", "FIND-3", "FIND-4", "FIND-5", "FIND-6", "FIND-8"}
            | {"counts", "comparable", "severities", "gate", "remaining", "remaining_kinds"}
        ),
        "A host whose inventory contradicts a finding was not scanned; a change in how hosts are scanned fails SCAN-3.",
    ),
    RuleChange(
        2,
        frozenset({"FIND-1", "FIND-2", "FIND-3", "FIND-4", "FIND-5", "FIND-6", "FIND-8", "active"}),
        "Where no host was scanned again, a check about findings is an error: it neither passes nor fails.",
    ),
    RuleChange(
        2,
        frozenset({"FIND-4", "FIND-5", "remaining", "remaining_kinds"}),
        "A Windows update that Patch Manager lists as NotApplicable, or not at all, is explained by the update that "
        "holds it, by Microsoft's builds; a patch baseline may be for other products than the host's.",
    ),
    RuleChange(
        2,
        frozenset({"FIND-3", "FIND-4", "FIND-5", "remaining", "remaining_kinds"}),
        "A rule for every severity of Red Hat's or SUSE's, which write Moderate, approves every security fix; a list "
        "of SUSE's may name the file of a package, and one that approves a patch by name leaves open what it approves.",
    ),
    RuleChange(
        2,
        frozenset({"FIND-4", "FIND-5", "remaining", "remaining_kinds"}),
        "Where an inventory has the build of a Windows host, an update above it that a Scan does not list is not "
        "offered to the host; one that the build reaches is in effect, and no later update explains it.",
    ),
    RuleChange(
        2,
        frozenset(
            {"SCAN-2", "SCAN-3", "PATCH-1"}
            | {"FIND-1", "FIND-2", "FIND-3", "FIND-4", "FIND-5", "FIND-6", "FIND-8"}
            | {"counts", "comparable", "severities", "gate", "remaining", "remaining_kinds"}
        ),
        "A kernel of Debian's or Ubuntu's that is still installed beside its successor, under a name of its own, "
        "neither contradicts a finding that vanished nor counts as not updated, nor do its headers; the names that "
        "Debian 13 gives are known. An old kernel-devel beside the fixed one, both in the inventory, is an old version "
        "kept.",
    ),
    RuleChange(
        2,
        frozenset({"TGT-1", "TASK-3"}),
        "Of several registered targets the one that matches the policy is compared; a task's targets have no order.",
    ),
    RuleChange(
        2,
        frozenset(
            {
                *("FIND-1", "FIND-2", "FIND-3", "FIND-4", "FIND-5", "FIND-6", "FIND-8", "SCAN-3", "comparable"),
                *("counts", "gate", "remaining", "remaining_kinds", "severities"),
            }
        ),
        "A package of a manager that is not known explains nothing, also beside one of the system that has no fix.",
    ),
)


def current() -> int:
    """Return the version of the rules by which this version of postpatch judges."""
    return max((change.version for change in CHANGES), default=FIRST)


def changes_since(version: int) -> tuple[RuleChange, ...]:
    """Return the changes that a verdict of rules `version` does not know."""
    return tuple(change for change in CHANGES if change.version > version)


def table() -> str:
    """Return the changes as the Markdown table of docs/evidence.md."""
    rows = [("rules", "concerns", "what changed"), ("---",) * 3, (str(FIRST), "", "the rules of 0.1.0")]
    rows += [
        (str(change.version), ", ".join(f"`{name}`" for name in sorted(change.concerns)), change.sentence)
        for change in CHANGES
    ]
    return "".join(f"| {' | '.join(row)} |\n".replace("|  |", "| |") for row in rows)
