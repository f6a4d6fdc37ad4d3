"""As `quick-setup`: a patch policy installs each night, and the policy says so. The red worlds are wrong in one value.

Their hosts were patched by hand too, so that it is the patch policy alone that is wrong.
"""

import json
from typing import TYPE_CHECKING, Any

from ..deployment import Deployment
from ..fault import Fault, Mishap
from ..world import Happening, World
from . import workshop
from .associations import NIGHTLY, NO_WINDOW, patch_by_hand_later
from .patched_by import by_patch_policy
from .resting_on import WINDOW

if TYPE_CHECKING:
    from ..simulator import Simulator

_SYSTEM, _OTHER_SYSTEM = "AMAZON_LINUX_2023", "UBUNTU"
_UBUNTUS = "AWS-UbuntuDefaultPatchBaseline"
POLICY = {
    **NO_WINDOW,
    "task": {**(NO_WINDOW["task"] or {}), "max_concurrency": "100%", "max_errors": "10%"},
    "recurring": {"by": "patch-policy", "name": "pww", "schedule": NIGHTLY},
}


def governed(
    name: str,
    story: str,
    red: set[str] | frozenset[str] = frozenset(),
    *,
    remediate: Happening = patch_by_hand_later,
    other_baseline: bool = False,
    rule: dict[str, Any] | None = None,
    also: str = "",
    **wrong: Any,
) -> World:
    """Return the workshop with a patch policy that installs each night by the tutorial's baseline, or by one `rule`.

    `wrong` are its parameters that are not so; with `other_baseline` it selected AWS's own. `also` is the name of the
    baseline that it selected for Ubuntu, which the policy names as AWS's own.
    """
    policy = POLICY | ({"patching": {"baseline": [Deployment.baseline, _UBUNTUS]}} if also else {})

    def deploy(aws: "Simulator") -> None:
        workshop.deploy(aws)
        ssm = aws.client("ssm")
        aws_own = ssm.get_default_patch_baseline(OperatingSystem=_SYSTEM)["BaselineId"]
        rules = {"ApprovalRules": {"PatchRules": [rule]}} if rule and not aws.world.fixed else {}
        workshop.approve_everything(aws, **rules)
        tutorials = ssm.get_default_patch_baseline(OperatingSystem=_SYSTEM)["BaselineId"]
        if remediate is not patch_by_hand_later:
            # What a patch policy installs is decided by its own copy of the baseline, whatever the default is.
            ssm.register_default_patch_baseline(BaselineId=aws_own)
        defect = aws.world.defect(**wrong)
        if other_baseline and not aws.world.fixed:
            defect["SelectedPatchBaselines"] = json.dumps({_SYSTEM: {"value": aws_own, "label": "AWS's own"}})
        if also:
            its = ssm.get_default_patch_baseline(OperatingSystem=_OTHER_SYSTEM)["BaselineId"]
            if also != _UBUNTUS and not aws.world.fixed:
                its = ssm.create_patch_baseline(Name=also, OperatingSystem=_OTHER_SYSTEM)["BaselineId"]
            selected = {_SYSTEM: {"value": tutorials, "label": aws.deployment.baseline}}
            selected[_OTHER_SYSTEM] = {"value": its, "label": _UBUNTUS if aws.world.fixed else also}
            defect["SelectedPatchBaselines"] = json.dumps(selected)
        by_patch_policy(aws, tutorials, **defect)

    return World(name=name, story=story, red=frozenset(red), deploy=deploy, remediate=remediate, policy=policy)


_ONLY_CRITICAL = {
    "PatchFilterGroup": {"PatchFilters": [{"Key": "SEVERITY", "Values": ["Critical"]}]},
    "ApproveAfterDays": 7,
}


def _hide_the_override(aws: "Simulator") -> None:
    """Leave the night to the patch policy; who looks in the morning may not read its bucket."""
    aws.inject(Fault("s3:GetObject", Mishap.DENIED))


WORLDS = (
    governed(
        "patch-policy",
        "A patch policy of Quick Setup installs each night, as the policy says.",
        remediate=lambda _: None,
    ),
    governed(
        "patch-policy-systems",
        "The patch policy selects a baseline for each operating system, and the policy names them all.",
        remediate=lambda _: None,
        also=_UBUNTUS,
    ),
    governed(
        "patch-policy-lax-system",
        "For one of its operating systems the patch policy selects a baseline that the policy does not name.",
        {"TASK-2"},
        also="lax",
    ),
    governed(
        "patch-policy-other-schedule",
        "The patch policy installs on Saturdays, and the policy says each night.",
        {"MW-2"},
        ConfigurationOptionsInstallValue="cron(0 22 ? * SAT *)",
    ),
    governed(
        "patch-policy-only-scans",
        "The patch policy scans each night, and installs nothing.",
        WINDOW,
        ConfigurationOptionsPatchOperation="Scan",
    ),
    governed(
        "patch-policy-other-baseline",
        "The patch policy selected AWS's own baseline, and the policy says the tutorial's.",
        {"TASK-2"},
        other_baseline=True,
    ),
    governed(
        "patch-policy-misses-a-host",
        "The patch policy selects hosts by name, and misses the red team's.",
        {"TGT-1", "TGT-2"},
        TargetTagKey="Name",
        TargetTagValue="pww-node",
    ),
    governed(
        "patch-policy-holds-back",
        "The patch policy's baseline approves only what is critical; the rest remains, and its own copy says why.",
        {"FIND-4"},
        remediate=lambda _: None,
        rule=_ONLY_CRITICAL,
    ),
    governed(
        "patch-policy-unreadable",
        "The same, and the caller may not read that copy: nothing is explained by the baseline that the hosts name.",
        {"FIND-1", "FIND-4"},
        remediate=_hide_the_override,
        rule=_ONLY_CRITICAL,
    ),
)
