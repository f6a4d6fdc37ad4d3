"""A policy from what exists: real AWS CLI steps set up what patches, `init` writes it down, and `verify` proves it."""

import json
import subprocess
import sys
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from postpatch.policy import load_policy
from tests.http.conftest import KEYS
from tests.http.test_tutorial import EVERYTHING, STACK_TARGET
from tests.http.test_verdicts import outcomes

SYSTEM = "AMAZON_LINUX_2023"


def in_an_hour(server: Any) -> str:
    """Return a daily schedule that fires at the second next full hour of the served AWS."""
    answer = server.client("sts").get_caller_identity()
    now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    return f"cron(0 {(now + timedelta(hours=2)).hour} * * ? *)"


def approve_everything(aws: Any) -> str:
    """Create a patch baseline of one's own, which approves every patch at once, and return its id."""
    words = ["--name", "careful", "--operating-system", SYSTEM, "--approval-rules", json.dumps(EVERYTHING)]
    return str(aws("ssm", "create-patch-baseline", *words)["BaselineId"])


def set_up_association(aws: Any, schedule: str) -> str:
    """Have an association install each day, by the default baseline; return the key that the policy must have."""
    aws("ssm", "register-default-patch-baseline", "--baseline-id", approve_everything(aws))
    made = aws(
        "ssm", "create-association", "--name", "AWS-RunPatchBaseline", "--association-name", "nightly",
        "--targets", STACK_TARGET, "--parameters", "Operation=Install", "--schedule-expression", schedule,
        "--apply-only-at-cron-interval", "--max-concurrency", "2", "--max-errors", "0",
    )  # fmt: skip
    return str(made["AssociationDescription"]["AssociationId"])


def set_up_patch_policy(aws: Any, schedule: str) -> str:
    """Have a patch policy of Quick Setup scan and install each day, by a baseline that is no default."""
    selected = {SYSTEM: {"value": approve_everything(aws), "label": "careful", "description": "", "disabled": False}}
    parameters = {
        "PatchPolicyName": "nightly",
        "SelectedPatchBaselines": json.dumps(selected),
        "PatchBaselineUseDefault": "custom",
        "ConfigurationOptionsPatchOperation": "ScanAndInstall",
        "ConfigurationOptionsInstallValue": schedule,
        "ConfigurationOptionsInstallNextInterval": "true",
        "ConfigurationOptionsScanValue": schedule.replace("cron(0 ", "cron(50 "),
        "ConfigurationOptionsScanNextInterval": "true",
        "TargetType": "Tags",
        "TargetTagKey": "aws:cloudformation:stack-name",
        "TargetTagValue": "pww",
        "RateControlConcurrency": "100%",
        "RateControlErrorThreshold": "10%",
        "RebootOption": "RebootIfNeeded",
    }
    definition = {"Type": "AWSQuickSetupType-PatchPolicy", "Parameters": parameters}
    words = ["--name", "nightly", "--configuration-definitions", json.dumps([definition])]
    aws("ssm-quicksetup", "create-configuration-manager", *words)
    return "nightly"


def wait_for_the_night(server: Any, associations: set[str]) -> None:
    """Look until the association that installs has run, and let its hosts come back."""
    ssm = server.client("ssm")

    def ran() -> bool:
        found = [
            execution["Status"]
            for one in associations
            for execution in ssm.describe_association_executions(AssociationId=one)["AssociationExecutions"]
        ]
        return bool(found) and set(found) == {"Success"}

    for _ in range(2):  # two hours of looks, of half a minute each
        if any(ran() for _ in range(150)):
            return
    pytest.fail("the association did not run")


def installing(server: Any) -> set[str]:
    """Return the ids of the associations that install."""
    ssm = server.client("ssm")
    rows = ssm.list_associations(AssociationFilterList=[{"key": "Name", "value": "AWS-RunPatchBaseline"}])
    ids = [row["AssociationId"] for row in rows["Associations"]]
    described = [ssm.describe_association(AssociationId=one)["AssociationDescription"] for one in ids]
    return {row["AssociationId"] for row in described if row["Parameters"]["Operation"] == ["Install"]}


def init(url: str, policy: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run `postpatch init --from-account` as a person would."""
    words = ["init", "--from-account", "--endpoint-url", url, "--policy", str(policy)]
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "postpatch", *words], env=environment, capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2], timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("set_up", [set_up_association, set_up_patch_policy])
def test_what_the_cli_set_up_is_written_down_and_proven(set_up, serve, cli_here, judge, sealed, tmp_path):
    """The policy that is written needs no hand: a baseline, a night, and every check passes."""
    server = serve("workshop")
    named = set_up(cli_here(server), in_an_hour(server))
    policy = tmp_path / "verify.toml"
    wrote = init(server.url, policy, sealed | KEYS)
    assert wrote.returncode == 0, wrote.stderr
    written = policy.read_text(encoding="utf-8")
    assert all("  # " in line for line in written.splitlines() if " = " in line and not line.startswith("#"))
    recurring = load_policy(policy).recurring
    assert named in (recurring.name, recurring.id)
    policy.write_text(f"{written}\n[wait]\npoll_seconds = 1\n", encoding="utf-8")

    live = ["--aws", "live", "--endpoint-url", server.url, f"--policy={policy}"]
    code, out = judge(tmp_path / "served", "-m", "baseline", *live)
    assert code == 0, out
    wait_for_the_night(server, installing(server))
    code, out = judge(tmp_path / "served", "-m", "verify", *live)
    assert (code, set(outcomes(tmp_path / "served").values())) == (0, {"passed"}), out
    verdict = json.loads((tmp_path / "served" / "verify.json").read_text(encoding="utf-8"))
    assert not any("MaintenanceWindow" in call for call in verdict["calls"])
