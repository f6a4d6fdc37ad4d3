"""Where a rehearsal deploys its world: in the policy's account and region, under the policy's names."""

import re
from typing import TYPE_CHECKING

from postpatch.errors import BadOptions
from postpatch.policy import Policy
from postpatch.run.scope_tags import scope_tags

if TYPE_CHECKING:
    from postpatch.simulator import Deployment

# A name that CreatePatchBaseline accepts (botocore shape BaselineName): AWS's own ones are there without it.
_OWN_BASELINE = re.compile(r"(?!AWS-|pb-[0-9a-f]{17}$)[a-zA-Z0-9_\-.]{3,128}")


def deployment_of(policy: Policy) -> "Deployment":
    """Return how the world must be deployed for this policy; BadOptions says what the simulated AWS cannot have.

    The hosts carry the tags of the scope, those of the window's target, and the patch group.
    """
    from postpatch.simulator import Deployment, ImpossibleDeployment
    from postpatch.simulator.deployment import GROUP_TAG, STACK_TAG

    scope = policy.scope.scope
    if scope.kind == "instances":
        raise BadOptions(
            "scope.instances names hosts of AWS itself, which the simulated one does not have: "
            "rehearse with a stack, a tag or an auto_scaling_group"
        )
    tags = {key: values[0] for key, values in (policy.target.tags or {}).items()}
    tags |= {key: values[0] for key, values in scope_tags(scope).items()}
    if policy.patching.patch_groups:
        tags["Patch Group"] = policy.patching.patch_groups[0]
    topic = policy.notify.topic if policy.notify and policy.notify.topic else ""
    names = {
        "stack": tags.pop(STACK_TAG, ""),
        "group": tags.pop(GROUP_TAG, ""),
        "baseline": next(filter(_OWN_BASELINE.fullmatch, policy.patching.baselines), ""),
    }
    if topic.split(":")[4:5] == [policy.scope.account]:  # one of another account is not this world's
        names["topic"] = topic.rpartition(":")[2]
    try:
        return Deployment(
            account=policy.scope.account,
            region=policy.scope.region,
            tags=tags,
            **{name: value for name, value in names.items() if value},
        )
    except ImpossibleDeployment as error:
        raise BadOptions(str(error)) from error
