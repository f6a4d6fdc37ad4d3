"""`[patching]`: which patch baseline must apply, and what it may hold back."""

from typing import Annotated, Literal

from pydantic import Field

from postpatch.model import PatchBaseline
from postpatch.policy.section import Section, each, shaped_each

# botocore shapes BaselineName and BaselineId; an id is `pb-` and 17 digits, and passes for a name.
_Baselines = Annotated[
    str | list[str],
    shaped_each(
        r"[a-zA-Z0-9_\-.]{3,128}|arn:[a-z\-]+:ssm:[a-z0-9\-]+:\d{12}:patchbaseline/pb-[0-9a-f]{17}",
        "the name of a patch baseline, its id, such as pb-0123456789abcdef0, or its ARN",
    ),
]
_Days = Annotated[int, Field(ge=1, le=3_650)]
# botocore shape PatchGroup
_Groups = Annotated[str | list[str], shaped_each(r".{1,256}", "a patch group of 1 to 256 characters")]


class PatchingPolicy(Section):
    """The patch baseline that hosts must be patched with, by name, id or ARN, and the patch group they must be in.

    Where operating systems or patch groups have their own, each takes a list: every host must have one of it.
    The newest Install may be `within_days` old when a run judges it; left out, that is the longest gap between firings
    of the window's schedule and two days, or 35 days as long as the window has not opened. The baseline of the findings
    may have been taken `baseline_within_days` before that Install.
    `held_back` says whether what that baseline holds back, by its rules, approval delay, cut-off date or list of
    rejected patches, fails FIND-4 (`fail`) or is only reported (`report`); left out, it is reported if the policy names
    the baseline, and fails if not. It fails in any case if it is known to be exploited, or is CRITICAL, HIGH or unrated
    and its fix is older than `held_back_max_days`.
    With `evidence = "installed-versions"` a host on which Systems Manager installed nothing counts as patched by
    another tool, if its inventory shows the fixes.
    With `rescan` a run that may write has hosts scanned with AWS-RunPatchBaseline, Operation Scan, if an older list of
    Patch Manager leaves a cause open.
    What is left out is not judged. Names are not unique in AWS: the baselines of several operating systems may share
    one.
    """

    baseline: _Baselines | None = None
    patch_group: _Groups | None = None
    within_days: _Days | None = None
    baseline_within_days: _Days = 40
    held_back: Literal["report", "fail"] | None = None
    held_back_max_days: _Days = 30
    rescan: bool = False
    evidence: Literal["patch-manager", "installed-versions"] = "patch-manager"

    @property
    def baselines(self) -> tuple[str, ...]:
        """Return the patch baselines, of which each host must have one; none if any may apply."""
        return each(self.baseline)

    @property
    def patch_groups(self) -> tuple[str, ...]:
        """Return the patch groups, of which each host must be in one; none if it may be in any."""
        return each(self.patch_group)

    @property
    def held_back_fails(self) -> bool:
        """Return whether everything that the patch baseline holds back fails FIND-4."""
        return self.held_back == "fail" or (self.held_back is None and self.baseline is None)

    @property
    def by_versions(self) -> bool:
        """Return whether installed versions show that another tool patched a host."""
        return self.evidence == "installed-versions"

    def accepts(self, baseline: PatchBaseline) -> bool:
        """Return whether a host may be patched with `baseline`."""
        return self.names(baseline.id, baseline.name)

    def names(self, baseline_id: str, name: str) -> bool:
        """Return whether a baseline of that id and name may be used; AWS gives its own baselines' ids as ARNs."""
        return not self.baselines or any(name == one or _short(one) == _short(baseline_id) for one in self.baselines)

    def takes_group(self, group: str) -> bool:
        """Return whether a host may be in that patch group; an empty text is none."""
        return not self.patch_groups or group in self.patch_groups


def _short(baseline: str) -> str:
    return baseline.rpartition("/")[2]
