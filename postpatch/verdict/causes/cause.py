"""Why a fixable package remains: rules on AWS's own data, tried in order; the first one that is proved is the cause.

The order is that of a diagnosis: can the host be reached, was anything installed, did it fail, is it in effect, was it
held back, does Patch Manager know the package. If no rule is proved, the finding is `missing` or unexplained. Missing
data never clears patching: a cause outside patching's reach is proved only by a list that is known to be complete.

A new host, a scan older than the patching and a vulnerability newer than it are not causes here: such findings are
`new` or `not_scanned`, never remaining.
"""

import re
from collections.abc import Callable

from postpatch.model import Finding, InstancePatch, Package, PatchState
from postpatch.verdict.causes import held_back
from postpatch.verdict.causes.kinds import Kind, Proof, is_fixed, of_the_system
from postpatch.verdict.causes.story import HostStory
from postpatch.verdict.causes.versions import reaches

# Kernel images, which count only while they run; kernel headers and tools count like any other package.
_KERNEL = re.compile(r"kernel(\d+\.\d+)?(-core|-default|-uek)?|linux-image-.+")
_ROWS_SHOWN = 3


def cause_of(finding: Finding, story: HostStory) -> tuple[Kind, Proof]:
    """Return the cause of a fixable finding that remains, with the fields that prove it.

    If the cause is unknown, the proof is everything that was examined.
    """
    packages = of_the_system(finding)
    for kind, proves in _RULES:
        proof = proves(finding, packages, story)
        if proof is not None:
            return kind, (*proof, *_examined(packages, story)) if kind is Kind.MISSING else proof
    return Kind.PATCHABLE, _examined(packages, story)


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
    installs = [command for command in story.commands if command.operation == "Install"]
    if story.installed or not installs:
        return None
    return (("command", installs[-1].command), ("Status", installs[-1].status))


def _only_scanned(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    if story.installed:
        return None
    operation = story.state.operation if story.state else "none since the findings' baseline"
    return (("Operation", operation), ("Install in the command history", "none"))


def _failed(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    return _in_state("failed", finding, packages, story)


def _pending_reboot(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    return _in_state("installedpendingreboot", finding, packages, story)


def _old_kernel(_: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    # Inspector scans the running kernel: an installed fix has an effect only after a reboot.
    kernels = (package for package in packages if _KERNEL.fullmatch(package.name))
    return next(filter(None, (_fix_is_installed(kernel, story) for kernel in kernels)), None)


def _old_version_kept(_: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    proofs = [_fix_is_installed(package, story) for package in packages if is_fixed(package)]
    # If the fix of one package is not installed, that is the cause, and not an old version that was kept.
    return proofs[0] if proofs and all(proofs) and story.listed_whole else None


def _overridden(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    override = story.state.override_list if story.state else ""
    return (("InstallOverrideList", override),) if override else None


def _missing(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    return _in_state("missing", finding, packages, story)


def _wrong_baseline(_: Finding, __: tuple[Package, ...], story: HostStory) -> Proof | None:
    return held_back.wrong_baseline(story)


def _rejected(finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    return _in_state("installedrejected", finding, packages, story) or held_back.rejected_by_name(packages, story)


def _other_repository(_: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    names = {package.name for package in packages if is_fixed(package)}
    # Earlier rules cover what the baseline holds back; without a baseline they cannot.
    if not names or names & story.patches.keys() or story.baseline is None or not story.listed_whole:
        return None
    return (("ssm:DescribeInstancePatches", f"{story.listed} rows, none for {', '.join(sorted(names))}"),)


_Rule = Callable[[Finding, tuple[Package, ...], HostStory], Proof | None]
# From what concerns the whole host to what concerns one package. What was never installed cannot have failed or been
# held back, so these come later. An installed fix shows that no rule of the baseline excluded it, and a fix listed as
# missing shows that the baseline approves it, so both come before the rules. A wrong baseline comes before its rules,
# because changing them would change the wrong baseline. An override list replaces a baseline, so it comes before both.
_RULES: tuple[tuple[Kind, _Rule], ...] = (
    (Kind.NOT_MANAGED, _not_managed),
    (Kind.NOT_TARGETED, _not_targeted),
    (Kind.STOPPED_EARLY, _stopped_early),
    (Kind.ONLY_SCANNED, _only_scanned),
    (Kind.INSTALL_FAILED, _failed),
    (Kind.PENDING_REBOOT, _pending_reboot),
    (Kind.PENDING_REBOOT, _old_kernel),
    (Kind.OLD_VERSION_KEPT, _old_version_kept),
    (Kind.OVERRIDDEN, _overridden),
    (Kind.MISSING, _missing),
    (Kind.WRONG_BASELINE, _wrong_baseline),
    (Kind.REJECTED, _rejected),
    (Kind.NOT_YET_APPROVED, held_back.not_yet_approved),
    (Kind.FILTERED_OUT, held_back.filtered_out),
    (Kind.NOT_APPROVED, held_back.not_approved),
    (Kind.OTHER_REPOSITORY, _other_repository),
)


def _in_state(state: str, finding: Finding, packages: tuple[Package, ...], story: HostStory) -> Proof | None:
    names = {package.name for package in packages}
    for patches in story.patches.values():
        for patch in patches:
            if patch.state == state and (patch.name in names or finding.vulnerability in patch.cves):
                return (("patch", patch.title), ("State", patch.state))
    return None


def _fix_is_installed(package: Package, story: HostStory) -> Proof | None:
    if not is_fixed(package):
        return None
    for patch in story.rows(package):
        if patch.state.startswith("installed") and reaches(patch.version, str(package.fixed_in), story.platform):
            return (("installed", patch.title), ("fixedInVersion", str(package.fixed_in)))
    return None


def _examined(packages: tuple[Package, ...], story: HostStory) -> Proof:
    state, baseline = story.state, story.baseline
    commands = dict.fromkeys(f"{command.operation} {command.status}" for command in story.commands)
    rules = f"{baseline.name} ({baseline.id}; {held_back.rules_in_words(baseline)})" if baseline else "none"
    return (
        ("PingStatus", story.managed.ping if story.managed else "no row"),
        ("patch state", _state_in_words(state) if state else "none since the findings' baseline"),
        ("command history", " then ".join(commands) or "no AWS-RunPatchBaseline since the findings' baseline"),
        ("patch baseline", rules),
        ("patches listed", str(story.listed)),
        *((package.name, _rows_in_words(story.rows(package))) for package in packages[:_ROWS_SHOWN]),
    )


def _state_in_words(state: PatchState) -> str:
    counts = f"missing {state.missing}; failed {state.failed}; pending a reboot {state.pending_reboot}"
    return f"{state.operation} (ended {state.ended_at:%Y-%m-%d %H:%M} UTC; {counts})"


def _rows_in_words(rows: tuple[InstancePatch, ...]) -> str:
    return "; ".join(f"{row.version} {row.state}" for row in rows) or "no row"
