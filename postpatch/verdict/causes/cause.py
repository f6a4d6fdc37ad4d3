"""Why a fixable package remains: rules on AWS's own data, tried in order; the first one that is proved is the cause.

The order is that of a diagnosis: can the host be reached, was anything installed, did it fail, is it in effect, was it
held back, does Patch Manager know the package. If no rule is proved, the finding is `missing` or unexplained. Missing
data never clears patching. A cause outside patching's reach rests on a list that is complete, and on the inventory that
was captured after the assessment was launched: a list that is older than Inspector's scan does not show what changed
since. A name outside the schemes in which a system lists packages proves nothing.

A new host, a scan older than the patching and a vulnerability newer than it are not causes here: such findings are
`new` or `not_scanned`, never remaining.
"""

from collections.abc import Callable
from functools import partial
from itertools import chain
from operator import attrgetter

from postpatch.model import Finding, InstancePatch, Package, PatchState
from postpatch.verdict.causes import availability, held_back
from postpatch.verdict.causes.kinds import Kind, Proof, is_fixed, of_the_system
from postpatch.verdict.causes.names import is_kernel, is_windows, same_package, stays_beside
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.causes.versions import DPKG_SYSTEMS, reaches
from postpatch.verdict.causes.windows_updates import (
    deciding,
    holding_in_words,
    not_offered,
    product_not_selected,
    revision_in_words,
)
from postpatch.verdict.installation import REPORTED, Ending

_ROWS_SHOWN = 3


def cause_of(finding: Finding, story: HostStory) -> tuple[Kind, Proof]:
    """Return the cause of a fixable finding that remains, with the fields that prove it.

    If the cause is unknown, the proof is everything that was examined.
    """
    packages = of_the_system(finding)
    for kind, proves in _RULES:
        proof = proves(finding, packages, story)
        if proof is not None:
            return kind, (*proof, *_examined(finding, packages, story)) if kind is Kind.MISSING else proof
    return Kind.PATCHABLE, _examined(finding, packages, story)


def _not_managed(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    if story.managed is None:
        return (("ssm:DescribeInstanceInformation", "no row for the host"),)
    return None if story.managed.ping == "Online" else (("PingStatus", story.managed.ping),)


def _not_targeted(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    if story.state or story.commands:
        return None
    nothing = "nothing since the findings' baseline"
    return (("ssm:DescribeInstancePatchStates", nothing), ("AWS-RunPatchBaseline", nothing))


def _stopped_early(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    # The newest Install counts, not an older one that succeeded.
    installs = [command for command in story.commands if command.operation == "Install"]
    ended = story.newest.ending in (Ending.FAILED, Ending.UNKNOWN) and story.newest.via != REPORTED
    if not installs or (story.installed and not ended):
        return None
    last = max(installs, key=attrgetter("recency"))
    return (("command", last.command), ("Status", last.status))


def _only_scanned(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    if story.installed:
        return None
    operation = story.state.operation if story.state else "none since the findings' baseline"
    return (("Operation", operation), ("Install in the command history", "none"))


def _old_kernel(_: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    # Inspector scans the running kernel: an installed fix has an effect only after a reboot.
    # Whichever tool installed it: the inventory knows what came after Patch Manager's list.
    kernels = [package for package in packages if is_kernel(package.name)]
    listed = (_fix_is_installed(kernel, story) for kernel in kernels)
    inventoried = (_fix_in_inventory(kernel, story) for kernel in kernels)
    return next(filter(None, chain(listed, inventoried)), None)


def _old_version_kept(_: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    proofs = [_beside_a_fix(package, story) for package in packages if is_fixed(package)]
    # If the fix of one package is not installed, that is the cause, and not an old version that was kept.
    return proofs[0] if proofs and all(proofs) else None


def _overridden(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    override = story.newest.overrides or (story.state.override_list if story.state else "")
    if not override or (story.baseline and story.override and story.override.place == override):
        return None
    if story.override and story.override.error:
        return (("override", override), ("not known", story.override.error))
    name = "InstallOverrideList" if story.state and override == story.state.override_list else "override"
    return ((name, override),)


def _wrong_baseline(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    return held_back.wrong_baseline(story)


def _rejected(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    of_windows = _in_state("installedrejected", finding, (), story) or held_back.rejects_update(finding, story)
    return of_windows or held_back.rejected(packages, story)


def _other_repository(_: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    # Earlier rules cover what the baseline holds back; without a baseline they cannot.
    fixable = [package for package in packages if is_fixed(package)]
    unlisted = fixable and not any(story.rows(package) for package in fixable)
    if not unlisted or story.baseline is None or not story.listed_whole or not _lists_packages(story):
        return None
    if not all(_was_there(package, story) for package in fixable):
        return None
    if any(_may_be_listed(package, story) for package in fixable):
        return None
    names = ", ".join(sorted({package.name for package in fixable}))
    return (("ssm:DescribeInstancePatches", f"{story.listed} rows, none for {names}"), *_inventoried(fixable, story))


def _in_state(state: str, finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    updates = deciding(finding, story)
    for patches in story.patches.values():
        for patch in patches:
            if patch.state != state:
                continue
            named = patch.kb in updates or any(same_package(package, patch) for package in packages)
            if named or finding.vulnerability in patch.cves:
                later = holding_in_words(finding, story) if patch.kb != finding.vulnerability else ()
                return (("patch", patch.title or patch.kb), ("State", patch.state), *later)
    return None


def _filtered_out(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    return product_not_selected(finding, story) or held_back.filtered_out(finding, packages, story)


_Rule = Callable[[Finding, tuple[Package, ...], HostStory], Proof | None]
# From what concerns the whole host to what concerns one package. A patch that is listed as failed is closer to the
# cause than its command, which ended Failed for it. What was never installed cannot have been held back, so that comes
# later. An installed fix shows that no rule of the baseline excluded it, and a fix listed as missing shows that the
# baseline approves it, so both come before the rules. A wrong baseline comes before its rules, because changing them
# would change the wrong baseline. An override list replaces a baseline, so it comes before both. What was released
# after the run began was not there for any of them, although a later Scan may list it as missing; and what only
# subscribers get, no baseline can approve.
_RULES: tuple[tuple[Kind, _Rule], ...] = (
    (Kind.NOT_MANAGED, _not_managed),
    (Kind.NOT_TARGETED, _not_targeted),
    (Kind.INSTALL_FAILED, partial(_in_state, "failed")),
    (Kind.STOPPED_EARLY, _stopped_early),
    (Kind.ONLY_SCANNED, _only_scanned),
    (Kind.PENDING_REBOOT, partial(_in_state, "installedpendingreboot")),
    (Kind.PENDING_REBOOT, _old_kernel),
    (Kind.OLD_VERSION_KEPT, _old_version_kept),
    (Kind.FIX_NEWER, availability.fix_newer),
    (Kind.OVERRIDDEN, _overridden),
    (Kind.MISSING, partial(_in_state, "missing")),
    (Kind.NEEDS_SUBSCRIPTION, availability.needs_subscription),
    (Kind.WRONG_BASELINE, _wrong_baseline),
    (Kind.REJECTED, _rejected),
    (Kind.NOT_YET_APPROVED, held_back.not_yet_approved),
    (Kind.FILTERED_OUT, _filtered_out),
    (Kind.NOT_APPROVED, held_back.not_approved),
    (Kind.OTHER_REPOSITORY, _other_repository),
    (Kind.NOT_OFFERED, not_offered),
)


def _fix_is_installed(package: Package, story: HostStory) -> Proof | None:
    if not is_fixed(package):
        return None
    for patch in story.rows(package):
        if patch.state.startswith("installed") and reaches(patch.version, str(package.fixed_in), story.platform):
            return (("installed", patch.title), ("fixedInVersion", str(package.fixed_in)))
    return None


def _fix_in_inventory(package: Package, story: HostStory) -> Proof | None:
    found = story.inventory.versions(package.name) if story.inventory and is_fixed(package) else ()
    fixed = [one for one in found if reaches(one.version, str(package.fixed_in), story.platform)]
    if not fixed:
        return None
    fix = ("fixedInVersion", str(package.fixed_in))
    return (("installed", f"{package.name} {fixed[0].version}"), fix, _captured(story))


def _beside_a_fix(package: Package, story: HostStory) -> Proof | None:
    # Of kernels the running one counts. Of other packages what names a file may be a copy that no package manager
    # knows, and what the package manager keeps is there in an older version too.
    proof = _fix_in_inventory(package, story)
    if is_kernel(package.name) or proof is None:
        return None
    if package.file_path:
        return (*proof, ("file", package.file_path))
    found = story.inventory.versions(package.name) if story.inventory and stays_beside(package.name) else ()
    old = [one.version for one in found if reaches(one.version, str(package.fixed_in), story.platform) is False]
    return (*proof, ("installed too", f"{package.name} {old[0]}")) if old else None


def _lists_packages(story: HostStory) -> bool:
    # Patch Manager lists RPM packages as name.arch, and those of dpkg by their names; any other form matches no name.
    if is_windows(story.platform):
        return False
    dpkg = story.platform.lower().startswith(DPKG_SYSTEMS)
    return all(bool(patch.arch) != dpkg for patches in story.patches.values() for patch in patches)


def _was_there(package: Package, story: HostStory) -> bool:
    # In the inventory below the fix, and already there when the list was made, or the list is newer than the scan.
    if story.inventory is None or story.state is None:
        return False
    found, listed_at = story.inventory.versions(package.name), story.state.started_at
    below = all(reaches(one.version, str(package.fixed_in), story.platform) is False for one in found)
    before = all(one.installed_at is not None and one.installed_at < listed_at for one in found)
    return bool(found) and below and (before or story.list_is_newer)


def _may_be_listed(package: Package, story: HostStory) -> bool:
    # A row of another name with the package's version, or the fix's, may be the package under a name of its own.
    found = story.inventory.versions(package.name) if story.inventory else ()
    versions = {str(package.fixed_in), *(one.version for one in found)}
    return any(patch.title.endswith(f":{one}") for rows in story.patches.values() for patch in rows for one in versions)


def _inventoried(packages: list[Package], story: HostStory) -> Proof:
    found = story.inventory.versions if story.inventory else lambda _: ()
    rows = ((package.name, ", ".join(one.version for one in found(package.name))) for package in packages)
    return (*((name, versions) for name, versions in rows if versions), _captured(story))


def _captured(story: HostStory) -> tuple[str, str]:
    at = f"{story.inventory.captured_at:%Y-%m-%d %H:%M:%S} UTC" if story.inventory else "none"
    return ("inventory captured", at)


def _examined(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof:
    state, baseline = story.state, story.baseline
    commands = dict.fromkeys(f"{command.operation} {command.status}" for command in story.commands)
    rules = f"{baseline.name} ({baseline.id}; {held_back.rules_in_words(baseline)})" if baseline else "none"
    return (
        ("PingStatus", story.managed.ping if story.managed else "no row"),
        ("patch state", _state_in_words(state) if state else "none since the findings' baseline"),
        ("command history", " then ".join(commands) or "no AWS-RunPatchBaseline since the findings' baseline"),
        ("patch baseline", rules),
        ("patches listed", str(story.listed)),
        _captured(story),
        *((package.name, _rows_in_words(story.rows(package))) for package in packages[:_ROWS_SHOWN]),
        *_update_in_words(finding, story),
    )


def _update_in_words(finding: Finding, story: HostStory) -> Proof:
    # A finding of a Windows update has its KB id, and perhaps no package.
    if not is_windows(story.platform):
        return ()
    states = "; ".join(row.state for row in story.patches.get(finding.vulnerability, ()))
    return (
        (finding.vulnerability, states or "no row"),
        *holding_in_words(finding, story),
        *revision_in_words(finding, story),
    )


def _state_in_words(state: PatchState) -> str:
    counts = f"missing {state.missing}; failed {state.failed}; pending a reboot {state.pending_reboot}"
    return f"{state.operation} (ended {state.ended_at:%Y-%m-%d %H:%M} UTC; {counts})"


def _rows_in_words(rows: tuple[InstancePatch, ...]) -> str:
    return "; ".join(f"{row.version} {row.state}" for row in rows) or "no row"
