"""As `default-baseline`, but what the patch baseline holds back must not be held back, whoever named that baseline."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..disclosures import disclose, rerate, take_into_catalogue
from ..world import World
from . import default_baseline
from .patched_by import let_inspector_scan

if TYPE_CHECKING:
    from ..simulator import Simulator

OLD = "CVE-2099-50004"
DAYS = 40
_POLICY = {"patching": {"baseline": default_baseline.NAME}}
# The rules of AWS's own default baselines for Amazon Linux.
_LIKE_THE_DEFAULT: dict[str, Any] = {
    "PatchFilterGroup": {
        "PatchFilters": [
            {"Key": "PRODUCT", "Values": ["*"]},
            {"Key": "CLASSIFICATION", "Values": ["Security"]},
            {"Key": "SEVERITY", "Values": ["Critical", "Important"]},
        ]
    },
    "ApproveAfterDays": 7,
}


def exploit(aws: "Simulator") -> None:
    """Have CISA take one of the vulnerabilities that are held back into its catalogue, before the night."""
    if not aws.world.fixed:
        take_into_catalogue(aws, default_baseline.FILTERED_OUT)
    default_baseline.install_by_default(aws)


def deploy_old(aws: "Simulator") -> None:
    """Have a fix of medium severity come out, of a vulnerability that is critical, and hold it back for 40 days."""
    default_baseline.deploy(aws)
    disclose(aws, OLD, "MEDIUM", {"sudo": default_baseline.FIXED_SUDO})
    if not aws.world.fixed:
        rerate(aws, "CRITICAL", [OLD])
    # After the first week the other fix is due as well: it is installed, as every week.
    aws.clock.advance(timedelta(days=DAYS))
    let_inspector_scan(aws)


def deploy_rules(aws: "Simulator") -> None:
    """Build the up-to-date workshop, and replace its patch baseline by one whose rules somebody took out."""
    default_baseline.up_to_date(aws)
    ssm = aws.client("ssm")
    (old,) = ssm.describe_patch_baselines(Filters=[{"Key": "NAME_PREFIX", "Values": [aws.deployment.baseline]}])[
        "BaselineIdentities"
    ]
    rules = [] if not aws.world.fixed else [_LIKE_THE_DEFAULT]
    ssm.update_patch_baseline(BaselineId=old["BaselineId"], ApprovalRules={"PatchRules": rules})
    default_baseline.let_fixes_come_out(aws)


def deploy_hidden(aws: "Simulator") -> None:
    """Have a suppression rule hide what the default baseline holds back."""
    default_baseline.deploy(aws)
    held_back = (default_baseline.FILTERED_OUT, default_baseline.TOO_NEW)
    criteria = {"vulnerabilityId": [{"comparison": "EQUALS", "value": one} for one in held_back]}
    aws.client("inspector2").create_filter(
        name="held-back", action="SUPPRESS", reason="the patch baseline decides", filterCriteria=criteria
    )


WORLDS = (
    World(
        name="held-back-exploited",
        story="The default baseline filters out the fix of a vulnerability that is known to be exploited.",
        red=frozenset({"FIND-4"}),
        deploy=default_baseline.deploy,
        remediate=exploit,
        policy=_POLICY,
    ),
    World(
        name="held-back-hidden",
        story="A suppression rule hides what the default baseline holds back, an exploited vulnerability too.",
        red=frozenset({"FIND-6"}),
        deploy=deploy_hidden,
        remediate=exploit,
        policy=_POLICY,
    ),
    World(
        name="held-back-too-long",
        story="The default baseline has held the fix of a critical vulnerability back for 40 days.",
        red=frozenset({"FIND-4"}),
        deploy=deploy_old,
        remediate=default_baseline.install_by_default,
        policy=_POLICY,
    ),
    World(
        name="approves-nothing",
        story="The patch baseline approves nothing: every host reports success, and misses no patch.",
        red=frozenset({"FIND-4"}),
        deploy=deploy_rules,
        remediate=default_baseline.install_by_default,
    ),
)
