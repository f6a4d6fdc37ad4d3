"""What a patch baseline holds back: the causes that lie in the baseline, each with its proof."""

from postpatch.model import AvailablePatch, Finding, Package, PatchBaseline
from postpatch.verdict.causes.approval import admitting, approves, due_at, rejecting, rule_in_words
from postpatch.verdict.causes.kinds import Proof, is_fixed
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.causes.versions import reaches


def wrong_baseline(story: HostStory) -> Proof | None:
    """Prove that the host was patched with a different baseline, or in a different patch group, than the policy's."""
    state, baseline, wanted = story.state, story.baseline, story.wanted
    if state is None or baseline is None:
        return None
    used = (("BaselineId", baseline.id), ("Name", baseline.name), ("PatchGroup", state.patch_group or "none"))
    if not wanted.accepts(baseline):
        return (*used, ("the policy's baseline", str(wanted.baseline)))
    if wanted.patch_group not in (None, state.patch_group):
        return (*used, ("the policy's patch group", str(wanted.patch_group)))
    return None


def rejected_by_name(packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    """Prove that the baseline's list of rejected patches names one of the packages."""
    if story.baseline is None:
        return None
    patterns = (rejecting(story.baseline.rejected, package) for package in packages)
    found = next(filter(None, patterns), "")
    return (("BaselineId", story.baseline.id), ("RejectedPatches", found)) if found else None


def not_yet_approved(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    """Prove that a rule includes the fix, but had not approved it yet when the last patch operation began."""
    if story.state is None or story.baseline is None:
        return None
    for package in packages:
        held = _held_back(finding, package, story)
        waiting = [(patch, rule) for patch in held for rule in admitting(story.baseline, patch)]
        if waiting:
            # Of several suitable patches, the one approved first; those that are never approved come last.
            patch, rule = min(waiting, key=lambda one: (str(due_at(one[1], one[0]) or "never"), one[0].title))
            return (
                ("BaselineId", story.baseline.id),
                ("patch", patch.title),
                ("ReleaseDate", f"{patch.released_at:%Y-%m-%d %H:%M} UTC"),
                ("rule", rule_in_words(rule)),
                ("OperationStartTime", f"{story.state.started_at:%Y-%m-%d %H:%M} UTC"),
            )
    return None


def filtered_out(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    """Prove that no rule of the baseline includes the fix, because of its classification or severity."""
    if story.baseline is None:
        return None
    for package in packages:
        held = _held_back(finding, package, story)
        if held and not any(list(admitting(story.baseline, patch)) for patch in held):
            return (
                ("BaselineId", story.baseline.id),
                ("patch", held[0].title),
                ("Classification", held[0].classification or "not stated"),
                ("Severity", held[0].severity or "not stated"),
                ("rules", rules_in_words(story.baseline)),
            )
    return None


def not_approved(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    """Prove that a Scan, which lists as missing everything that the baseline approves, did not list the package.

    After an Install missing patches are not listed, so that an absent row proves nothing.
    """
    baseline = story.baseline
    if story.state is None or story.state.operation != "Scan" or baseline is None or baseline.approves_everything:
        return None
    doubtful = (package for package in packages if is_fixed(package) and not _is_approved(finding, package, story))
    for package in doubtful:
        for patch in story.rows(package):
            return (
                ("BaselineId", baseline.id),
                ("State at the Scan", f"{patch.title} {patch.state}"),
                ("rules", rules_in_words(baseline)),
            )
    return None


def rules_in_words(baseline: PatchBaseline) -> str:
    """Return the approval rules of a baseline in AWS's terms."""
    return "; ".join(rule_in_words(rule) for rule in baseline.rules) or "none"


def _held_back(finding: Finding, package: Package, story: HostStory) -> list[AvailablePatch]:
    # All suitable patches, if the baseline approved none of them. An approved patch would have been installed; if it
    # was not, there is another cause.
    return [] if _is_approved(finding, package, story) else _fixing(finding, package, story)


def _is_approved(finding: Finding, package: Package, story: HostStory) -> bool:
    if story.state is None or story.baseline is None:
        return False
    began = story.state.started_at
    return any(approves(story.baseline, patch, began) for patch in _fixing(finding, package, story))


def _fixing(finding: Finding, package: Package, story: HostStory) -> list[AvailablePatch]:
    arch = package.arch.lower()
    offered = [one for one in story.available.get(package.name, ()) if not arch or one.arch in (arch, "noarch")]
    # Inspector Classic names no version: a patch that fixes the vulnerability is enough, and any later one.
    enough = [one.version for one in offered if finding.vulnerability in one.cves]
    if is_fixed(package):
        enough = [str(package.fixed_in)]
    return [one for one in offered if any(reaches(one.version, version, story.platform) for version in enough)]
