"""What a patch baseline holds back: the causes that lie in the baseline, each with its proof."""

from postpatch.model import AvailablePatch, Finding, Package, PatchBaseline
from postpatch.verdict.causes.approval import (
    admitting,
    approves,
    due_at,
    includes_any_security_fix,
    named,
    rule_in_words,
)
from postpatch.verdict.causes.availability import fixing, lists_older
from postpatch.verdict.causes.kinds import Proof, is_fixed
from postpatch.verdict.causes.names import is_windows
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.causes.windows_updates import deciding, holding_in_words
from postpatch.verdict.installation import Ending


def wrong_baseline(story: HostStory) -> Proof | None:
    """Prove that the host was patched with a different baseline, or in a different patch group, than the policy's."""
    state, baseline, wanted = story.state, story.baseline, story.wanted
    if state is None or baseline is None or story.override:
        return None
    used = (("BaselineId", baseline.id), ("Name", baseline.name), ("PatchGroup", state.patch_group or "none"))
    if not wanted.accepts(baseline):
        return (*used, ("the policy's baseline", ", ".join(wanted.baselines)))
    if not wanted.takes_group(state.patch_group):
        return (*used, ("the policy's patch group", ", ".join(wanted.patch_groups)))
    return None


def rejected(packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    """Prove that the baseline rejects every package, by its list of rejected patches or as the host's list shows."""
    proofs = [_rejection(package, story) for package in _concerned(packages)]
    return proofs[0] if proofs and all(proofs) else None


def rejects_update(finding: Finding, story: HostStory) -> Proof | None:
    """Prove that the baseline of a Windows host rejects the update that the finding is about, by its KB id."""
    if story.baseline is None or not is_windows(story.platform):
        return None
    named_so = [update for update in deciding(finding, story) if update in story.baseline.rejected]
    return (("BaselineId", story.baseline.id), ("RejectedPatches", named_so[0])) if named_so else None


def _rejection(package: Package, story: HostStory) -> Proof | None:
    row = next((patch for patch in story.rows(package) if patch.state == "installedrejected"), None)
    if row:
        return (("patch", row.title or row.kb), ("State", row.state))
    if story.baseline is None:
        return None
    pattern = named(story.baseline.rejected, package, system=story.baseline.system)
    return (("BaselineId", story.baseline.id), ("RejectedPatches", pattern)) if pattern else None


def not_yet_approved(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    """Prove that a rule includes the fix, but had not approved it yet when the last patch operation began."""
    held = _held_back(finding, packages, story)
    if story.state is None or story.baseline is None or not held:
        return None
    waiting = [[(patch, rule) for patch in fixes for rule in admitting(story.baseline, patch)] for fixes in held]
    if not any(waiting):
        return None
    # Of several suitable patches, the one approved first; those that are never approved come last.
    every = (one for found in waiting for one in found)
    patch, rule = min(every, key=lambda one: (str(due_at(one[1], one[0]) or "never"), one[0].title))
    return (
        ("BaselineId", story.baseline.id),
        ("patch", patch.title),
        ("ReleaseDate", f"{patch.released_at:%Y-%m-%d %H:%M} UTC"),
        ("rule", rule_in_words(rule)),
        ("OperationStartTime", f"{story.state.started_at:%Y-%m-%d %H:%M} UTC"),
    )


def filtered_out(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    """Prove that no rule of the baseline includes the fix, because of its classification or severity."""
    held = _held_back(finding, packages, story)
    if story.baseline is None or not held:
        return None
    first = held[0][0]
    if any(list(admitting(story.baseline, patch)) for fixes in held for patch in fixes):
        return None
    return (
        ("BaselineId", story.baseline.id),
        ("patch", first.title),
        ("Classification", first.classification or "not stated"),
        ("Severity", first.severity or "not stated"),
        ("rules", rules_in_words(story.baseline)),
    )


def not_approved(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    """Prove that the baseline did not request the fix, although it requested everything that it approves.

    A Scan lists as missing everything that the baseline approves and the host lacks, and an Install that succeeded has
    installed it. If the fix is neither, the baseline did not approve it, unless a rule of it approves every security
    fix at once. The patch list must show the old version: a fix that was installed and removed again was approved.
    Of Windows, Patch Manager lists what the baseline does not approve as AvailableSecurityUpdate (Systems Manager user
    guide, "Patch compliance state values").
    """
    baseline, state = story.baseline, story.state
    if state is None or baseline is None:
        return None
    for patch in (patch for rows in story.patches.values() for patch in rows):
        if patch.state == "availablesecurityupdate" and patch.kb in (*deciding(finding, story), *finding.related):
            later = holding_in_words(finding, story) if patch.kb != finding.vulnerability else ()
            return (("BaselineId", baseline.id), ("patch", patch.title or patch.kb), ("State", patch.state), *later)
    fixable = [package for package in packages if is_fixed(package)]
    if not fixable or not _requested_everything(story) or any(_surely_approved(finding, one, story) for one in fixable):
        return None
    if not all(lists_older(package, story) for package in fixable):
        return None
    (first, *_) = story.rows(fixable[0])
    return (
        ("BaselineId", baseline.id),
        (f"State at the {state.operation}", f"{first.title} {first.state}"),
        ("rules", rules_in_words(baseline)),
    )


def approves_nothing(baseline: PatchBaseline | None) -> bool:
    """Return whether the baseline has no rule and no list that approves anything, or rejects everything."""
    return baseline is None or not (baseline.rules or baseline.approved) or "*" in baseline.rejected


def rules_in_words(baseline: PatchBaseline) -> str:
    """Return the approval rules of a baseline in AWS's terms."""
    return "; ".join(rule_in_words(rule) for rule in baseline.rules) or "none"


def _requested_everything(story: HostStory) -> bool:
    state = story.state
    if state is None:
        return False
    done = story.newest.ending is Ending.SUCCEEDED and not (state.failed or state.missing)
    return state.operation == "Scan" or done


def _surely_approved(finding: Finding, package: Package, story: HostStory) -> bool:
    baseline = story.baseline
    if baseline is None or _is_approved(finding, package, story):
        return True
    by_name = named(baseline.approved, package, str(package.fixed_in), system=baseline.system)
    # Which packages a patch of SUSE's holds, as SUSE-SLE-Module-Basesystem-15-SP7-2025-2307, AWS does not report.
    by_patch = any(name.startswith("SUSE-") for name in baseline.approved)
    if finding.vulnerability in baseline.approved or by_name or by_patch:
        return True
    # Where AWS publishes data about the fix, that has decided.
    unknown = not fixing(finding, package, story)
    at_once = (rule for rule in baseline.rules if rule.at_once)
    return (
        unknown
        and includes_any_security_fix(baseline.filters)
        and any(includes_any_security_fix(rule.filters) for rule in at_once)
    )


def _held_back(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> list[list[AvailablePatch]]:
    # For each package all suitable patches, if the baseline approved none of them; nothing unless that is so for every
    # package. An approved patch would have been installed; if it was not, there is another cause.
    found = []
    for package in _concerned(packages):
        fixes = [] if _is_approved(finding, package, story) else fixing(finding, package, story)
        if not fixes:
            return []
        found.append(fixes)
    return found


def _concerned(packages: tuple[Package, ...]) -> list[Package]:
    # Inspector Classic names no version, so that every package of its findings is one.
    return [package for package in packages if is_fixed(package)] or list(packages)


def _is_approved(finding: Finding, package: Package, story: HostStory) -> bool:
    if story.state is None or story.baseline is None:
        return False
    began = story.state.started_at
    return any(approves(story.baseline, patch, began) for patch in fixing(finding, package, story))
