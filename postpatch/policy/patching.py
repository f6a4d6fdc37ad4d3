"""`[patching]`: which patch baseline must apply."""

from typing import Annotated

from pydantic import StringConstraints

from postpatch.model import PatchBaseline
from postpatch.policy.section import Section

# botocore shapes BaselineName and BaselineId; an id is `pb-` and 17 digits, and passes for a name.
_BASELINE = r"^([a-zA-Z0-9_\-.]{3,128}|arn:[a-z\-]+:ssm:[a-z0-9\-]+:\d{12}:patchbaseline/pb-[0-9a-f]{17})$"
# botocore shape PatchGroup
_GROUP_LENGTH = 256


class PatchingPolicy(Section):
    """The patch baseline that hosts must be patched with, by name, id or ARN, and the patch group they must be in.

    What is left out is not judged. Names are not unique in AWS: the baselines of several operating systems may share
    one.
    """

    baseline: Annotated[str, StringConstraints(pattern=_BASELINE)] | None = None
    patch_group: Annotated[str, StringConstraints(min_length=1, max_length=_GROUP_LENGTH)] | None = None

    def accepts(self, baseline: PatchBaseline) -> bool:
        """Return whether a host may be patched with `baseline`; AWS gives its own baselines' ids as ARNs."""
        return self.baseline is None or self.baseline == baseline.name or _short(self.baseline) == _short(baseline.id)


def _short(baseline: str) -> str:
    return baseline.rpartition("/")[2]
