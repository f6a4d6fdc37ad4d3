"""What each kind of remaining finding means, in words: why it remains, what to do next, and who must act."""

from dataclasses import dataclass

from postpatch.verdict.causes.kinds import Kind


@dataclass(frozen=True)
class Explanation:
    """What a kind means: why Patch Manager did not remove the finding, what to do next, and who must act.

    `explained`: the kind is an explanation (FIND-5). `patching_should`: successful patching leaves none of it (FIND-4).
    `held_back`: the patch baseline that decided did not approve the fix, and the policy says whether that fails FIND-4.
    """

    title: str
    why: str
    next_step: str
    owner: str
    explained: bool = True
    patching_should: bool = False
    held_back: bool = False

    @property
    def removable(self) -> bool:
        """Return whether patching could have removed the finding; what is not explained counts as removable."""
        return not self.explained or (self.patching_should and not self.held_back)


EXPLANATIONS = {
    Kind.CONFIGURATION: Explanation(
        "Configuration, not a package",
        "This is how the host is set up. Patch Manager replaces packages; it never changes a setting, such as root "
        "login over SSH.",
        "Change the setting as the check's remediation says (for root logins: PermitRootLogin no in "
        "/etc/ssh/sshd_config, then restart sshd), in the image or by configuration management.",
        "host owner",
    ),
    Kind.NETWORK: Explanation(
        "Reachable from the network",
        "The port is open because security groups and network ACLs allow the traffic. No package causes it, so there "
        "is nothing to patch.",
        "Restrict the security groups or network ACLs on the path, or accept the risk in a waiver.",
        "network owner",
    ),
    Kind.DISCONTINUED: Explanation(
        "The operating system is discontinued",
        "Its vendor has ended support and publishes no more patches, so Patch Manager has nothing to install.",
        "Replace the host with one built from an image of a supported version.",
        "host owner",
    ),
    Kind.NO_FIX: Explanation(
        "No fix from the vendor yet",
        "The vendor has not published a fixed version, so Patch Manager has nothing to install.",
        "Nobody can act until the vendor releases a fix. Watch its advisory; until then reduce the exposure, or add a "
        "waiver.",
        "nobody yet",
    ),
    Kind.NOT_OS_PACKAGE: Explanation(
        "Not an operating-system package",
        "It was installed by a language's package manager (npm, pip, a JAR) or came with an application. Patch Manager "
        "works through the system's package manager (dnf, yum, apt), which does not know it.",
        "Update the application's dependencies and deploy it again.",
        "application owner",
    ),
    Kind.OTHER_REPOSITORY: Explanation(
        "From another repository",
        "Patch Manager lists every package that it knows on the host, and this one is not listed: it came from a "
        "repository or a file that the patch baseline does not cover.",
        "Update it from its own repository, or add that repository to the patch baseline's sources.",
        "application owner",
    ),
    Kind.OLD_VERSION_KEPT: Explanation(
        "An old version is installed beside the new one",
        "The fixed version is installed, so for Patch Manager the work is done. The old version was not removed, and "
        "Inspector still finds it.",
        "Remove the old version with the package manager.",
        "host owner",
    ),
    Kind.FIX_NEWER: Explanation(
        "The fix is newer than the patch run",
        "The vendor released the fix after the newest installation on the host had begun, so it could not know it.",
        "Wait for the next execution of the maintenance window, or install now if the finding cannot wait.",
        "patch owner",
    ),
    Kind.NEEDS_SUBSCRIPTION: Explanation(
        "The fix needs a subscription",
        "The vendor publishes the fix only in a repository for subscribers, such as Ubuntu Pro's ESM, and nothing on "
        "the host comes from it.",
        "Attach the host to the subscription and install again, upgrade to a release with standard support, or add a "
        "waiver.",
        "host owner",
    ),
    Kind.NOT_YET_APPROVED: Explanation(
        "Not approved yet",
        "A baseline may delay approval. When the hosts were patched, this fix was still too new, or it was released "
        "after the last day that the baseline accepts.",
        "Install again once the fix is approved, or shorten the delay (ApproveAfterDays, ApproveUntilDate).",
        "patch owner",
        patching_should=True,
        held_back=True,
    ),
    Kind.FILTERED_OUT: Explanation(
        "Filtered out by the patch baseline",
        "A baseline approves only what its rules include, and they do not include the fix's classification or "
        "severity. The severity is the vendor's: what Inspector rates HIGH, the vendor may call Medium.",
        "Add the fix's classification and severity to a rule, or add it to the approved patches, and install again.",
        "patch owner",
        patching_should=True,
        held_back=True,
    ),
    Kind.NOT_APPROVED: Explanation(
        "Not requested by the patch baseline",
        "Patch Manager installed everything that the patch baseline approves, and this fix was not among it. Its "
        "approval delay has not ended, a filter excludes the fix, or the host's repositories do not offer it.",
        "Compare the fix's release date, classification and severity with the baseline's rules, then check on the host "
        "whether a repository offers it.",
        "patch owner",
        patching_should=True,
        held_back=True,
    ),
    Kind.OVERRIDDEN: Explanation(
        "An override decided what was installed",
        "The installation used an InstallOverrideList or a BaselineOverride. Only what that file names or approves is "
        "installed then, whatever the patch baseline approves.",
        "Install once without the override, or have it name or approve the fix; let the caller read Quick Setup's.",
        "patch owner",
        patching_should=True,
    ),
    Kind.REJECTED: Explanation(
        "The patch baseline rejects the package",
        "The package is on the baseline's list of rejected patches, so Patch Manager does not update it and does not "
        "count it as missing.",
        "Remove it from the list, or keep it there and add a waiver with a reason.",
        "patch owner",
        patching_should=True,
        held_back=True,
    ),
    Kind.WRONG_BASELINE: Explanation(
        "Patched with a different baseline",
        "A host's patch group, or the default for its operating system, selects its patch baseline, and this host was "
        "patched with a different baseline than the policy names. Patch Manager followed that one.",
        "Correct the host's patch group tag, or make the right baseline the default or the group's baseline, and "
        "install again.",
        "patch owner",
        patching_should=True,
    ),
    Kind.PENDING_REBOOT: Explanation(
        "Installed, and waiting for a reboot",
        "The fix is on the disk, but the old version is still running, and that is what Inspector reports.",
        "Reboot the host; let the patch task reboot hosts when needed (RebootOption RebootIfNeeded).",
        "host owner",
        patching_should=True,
    ),
    Kind.ONLY_SCANNED: Explanation(
        "Only scanned, never installed",
        "AWS-RunPatchBaseline has two operations: Scan reports what is missing, Install installs it. No Install ran on "
        "this host since the findings' baseline was taken.",
        "Run AWS-RunPatchBaseline with Operation Install.",
        "patch owner",
        patching_should=True,
    ),
    Kind.STOPPED_EARLY: Explanation(
        "The patch command stopped early",
        "The command that should have installed the fix did not finish on this host: it failed, ran out of time or was "
        "cancelled, or errors on other hosts reached its MaxErrors.",
        "Read the command's output, fix the cause, and install again.",
        "patch owner",
        patching_should=True,
    ),
    Kind.NOT_TARGETED: Explanation(
        "No patch command reached the host",
        "Patch commands run on the hosts that their targets select. Since the findings' baseline was taken, none "
        "reached this one.",
        "Give the host the tags that the patch target selects by, and install again.",
        "patch owner",
        patching_should=True,
    ),
    Kind.NOT_MANAGED: Explanation(
        "Systems Manager does not reach the host",
        "Patch Manager works through the SSM Agent on the host. If the agent does not run or cannot connect, no patch "
        "command arrives.",
        "Start the agent, and check the instance profile and the network path to Systems Manager.",
        "host owner",
        patching_should=True,
    ),
    Kind.INSTALL_FAILED: Explanation(
        "The installation failed",
        "Patch Manager tried to install the fix and the package manager failed, for example for lack of disk space or "
        "because of a conflict.",
        "Read the command's output on the host, fix the cause, and install again.",
        "patch owner",
        patching_should=True,
    ),
    Kind.CONTRADICTED: Explanation(
        "The two snapshots contradict each other",
        "The baseline names a fix for a package of this finding, and the later snapshot says there is none. One of "
        "them is wrong, or the vendor withdrew the fix; neither explains why the finding remains.",
        "Open the vendor's advisory; if the fix exists, install it, otherwise waive the finding until it does.",
        "patch owner",
        explained=False,
        patching_should=True,
    ),
    Kind.NOT_OFFERED: Explanation(
        "Not installed, and not offered to the host",
        "The build in the host's registry is below the one that the update brings, so it is not in effect. The last "
        "Scan lists neither it nor an update that holds it: what the host takes its updates from, such as WSUS, does "
        "not offer them.",
        "Approve the update where the host takes its updates from (WSUS, or what Windows Update for Business defers), "
        "then install again.",
        "patch owner",
        patching_should=True,
    ),
    Kind.MISSING: Explanation(
        "Missing and approved, cause unknown",
        "A scan after the installation lists the fix as missing, so the baseline approves it. AWS's data does not say "
        "why it was not installed.",
        "Install again and read the command's output on the host.",
        "patch owner",
        explained=False,
        patching_should=True,
    ),
    Kind.PATCHABLE: Explanation(
        "A fix exists and was not installed",
        "The operating system's vendor has published a fixed version, and the host still has the old one. Patching "
        "should have removed this finding, and AWS's data does not say why it did not.",
        "Run AWS-RunPatchBaseline with Operation Scan on the host to list what is missing. Then install again.",
        "patch owner",
        explained=False,
        patching_should=True,
    ),
    Kind.UNKNOWN: Explanation(
        "Not explained",
        "Inspector's data does not say whether there is a fix, so no cause can be proven.",
        "Open the finding in the Inspector console and decide what to do.",
        "patch owner",
        explained=False,
    ),
}

# The kinds that FIND-4, FIND-5 and the policy's rule for what is held back are about, and those that patching could
# have removed.
PATCHING_SHOULD = frozenset(kind for kind, words in EXPLANATIONS.items() if words.patching_should)
UNEXPLAINED = frozenset(kind for kind, words in EXPLANATIONS.items() if not words.explained)
HELD_BACK = frozenset(kind for kind, words in EXPLANATIONS.items() if words.held_back)
REMOVABLE = frozenset(kind for kind, words in EXPLANATIONS.items() if words.removable)
