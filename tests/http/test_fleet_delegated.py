"""A fleet whose findings Inspector's delegated administrator reads: once, after every target's hosts were scanned.

Three accounts: the first manages the organization, the second administers Inspector and Systems Manager's unified
console, the third is not associated with it. The roles are those of `ci/fleet/`.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from postpatch.evidence.pack import VERDICT_JSON
from tests.http.conftest import Served
from tests.http.test_fleet import EXTERNAL, ROOT, Ended, command, ended, make_roles

__all__ = ["command"]
HOME, ADMINISTRATOR, STRANGER = ACCOUNTS = ("111111111111", "222222222222", "333333333333")
REGION = "us-east-1"
FLEET = f"""\
[fleet]
region = "{REGION}"
at_once = 2

[delegated]
roles = [
  {{ arn = "arn:aws:iam::{HOME}:role/postpatch-hub" }},
  {{ arn = "arn:aws:iam::{ADMINISTRATOR}:role/postpatch-administrator", external_id = "{EXTERNAL}" }},
]

[nodes]
region = "{REGION}"
roles = [
  {{ arn = "arn:aws:iam::{HOME}:role/postpatch-hub" }},
  {{ arn = "arn:aws:iam::{ADMINISTRATOR}:role/postpatch-administrator", external_id = "{EXTERNAL}" }},
]

[[targets]]
accounts = ["{HOME}", "{ADMINISTRATOR}", "{STRANGER}"]
regions = ["{REGION}"]
roles = [
  {{ arn = "arn:aws:iam::{HOME}:role/postpatch-hub" }},
  {{ arn = "arn:aws:iam::{{account}}:role/postpatch", external_id = "{EXTERNAL}" }},
]
"""


class Played:
    """The fleet's folder, what its command came to, and what that came to once the third account was associated."""

    def __init__(self, folder: Path, verified: Ended) -> None:
        self.folder, self.verified = folder, verified
        self.document = json.loads((folder / "fleet.json").read_text(encoding="utf-8"))
        self.targets = {one["account"] or one["name"][:12]: one for one in self.document["targets"]}
        self.of_the_stranger = self.verdict(STRANGER)
        self.resumed = verified

    def pack(self, account: str) -> Path:
        """Return the folder of a target's pack."""
        return self.folder / f"{account}_{REGION}"

    def verdict(self, account: str) -> Any:
        """Return the verdict of a target's pack."""
        return json.loads((self.pack(account) / VERDICT_JSON).read_text(encoding="utf-8"))


def _make_roles(server: Served) -> None:
    make_roles(server.url, ACCOUNTS)
    session = boto3.Session("SIMULATED", "simulated", region_name=REGION)
    cloudformation = session.client("cloudformation", endpoint_url=server.url)
    hub = f"arn:aws:iam::{HOME}:role/postpatch-hub"
    cloudformation.create_stack_set(
        StackSetName="postpatch-administrator",
        TemplateBody=(ROOT / "ci" / "fleet" / "administrator-role.json").read_text(encoding="utf-8"),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[
            {"ParameterKey": "HubRoleArn", "ParameterValue": hub},
            {"ParameterKey": "ExternalId", "ParameterValue": EXTERNAL},
        ],
    )
    cloudformation.create_stack_instances(
        StackSetName="postpatch-administrator", Accounts=[ADMINISTRATOR], Regions=[REGION]
    )


def _designate(server: Served) -> Any:
    """Designate the administrator; return what a person there works with, to associate accounts."""
    home = boto3.Session("SIMULATED", "simulated", region_name=REGION)
    home.client("inspector2", endpoint_url=server.url).enable_delegated_admin_account(
        delegatedAdminAccountId=ADMINISTRATOR
    )
    # As a person there: the role of a member may do nothing of the kind.
    iam_role = {"RoleArn": f"arn:aws:iam::{ADMINISTRATOR}:role/person", "RoleSessionName": "person"}
    template = {
        "Resources": {
            "Person": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": "person",
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": "sts:AssumeRole",
                                "Principal": {"AWS": f"arn:aws:iam::{HOME}:root"},
                            }
                        ],
                    },
                    "Policies": [
                        {
                            "PolicyName": "all",
                            "PolicyDocument": {
                                "Version": "2012-10-17",
                                "Statement": [{"Effect": "Allow", "Action": "inspector2:*", "Resource": "*"}],
                            },
                        }
                    ],
                },
            }
        }
    }
    cloudformation = home.client("cloudformation", endpoint_url=server.url)
    cloudformation.create_stack_set(
        StackSetName="person", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    cloudformation.create_stack_instances(StackSetName="person", Accounts=[ADMINISTRATOR], Regions=[REGION])
    keys = home.client("sts", endpoint_url=server.url).assume_role(**iam_role)["Credentials"]
    person = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=REGION)
    return person.client("inspector2", endpoint_url=server.url)


@pytest.fixture(scope="module")
def played(
    serving: Any, sealed: dict[str, str], command: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    """Take the baselines, patch, verify with an account that is no member, associate it, and resume."""
    folder = tmp_path_factory.mktemp("delegated")
    policy = (ROOT / "verify.toml").read_text(encoding="utf-8")
    (folder / "verify.toml").write_text(policy.replace("poll_seconds = 30", "poll_seconds = 1"), encoding="utf-8")
    (folder / "fleet.toml").write_text(FLEET, encoding="utf-8")
    options = [word for account in ACCOUNTS for word in ("--account", account)]
    options += ["--region", REGION, "--console", f"{ADMINISTRATOR}/{REGION}", "--poll-takes", "300"]
    with serving("workshop", sealed, *options) as server:
        _make_roles(server)
        inspector = _designate(server)
        inspector.associate_member(accountId=HOME)
        live = ["--aws", "live", "--endpoint-url", server.url]
        baseline = ended(command(folder, "fleet", "baseline", *live))
        assert baseline.exit == 0, baseline.out
        server.remediate()
        played = Played(folder / "fleet", ended(command(folder, "fleet", "verify", *live)))
        inspector.associate_member(accountId=STRANGER)
        played.resumed = ended(command(folder, "fleet", "verify", *live, "--resume"))
        yield played


@pytest.mark.parametrize("account", [HOME, ADMINISTRATOR])
def test_a_member_is_judged_by_what_the_administrator_read(played: Played, account: str) -> None:
    """Its pack is whole: it holds the findings of its own account, and says who read them."""
    assert played.targets[account]["verdict"] == "PASS", played.verified.out
    after = played.pack(account) / "evidence" / "after.ndjson.gz"
    with gzip.open(after, "rt", encoding="utf-8") as lines:
        owners = {row["account"] for row in map(json.loads, lines) if row["type"] != "CIS"}
    assert owners == {account}
    manifest = json.loads((after.parent / "after.manifest.json").read_text(encoding="utf-8"))
    reader = f"arn:aws:sts::{ADMINISTRATOR}:assumed-role/postpatch-administrator/postpatch"
    assert manifest["read_by"] == reader
    assert manifest["caller"] == f"arn:aws:sts::{account}:assumed-role/postpatch/postpatch"
    assert reader in played.verdict(account)["after"]["source"]
    reading = json.loads((after.parent / "reading.json").read_text(encoding="utf-8"))
    assert (reading["account"], reading["administrator"], reading["error"]) == (account, reader, "")
    assert {one["id"] for one in manifest["hosts"]} <= reading["scanned"].keys()


def test_a_members_pack_is_judged_again_by_itself(played: Played, command: Callable[..., Any]) -> None:
    """With the same outcome, and nothing of what lies beside it in the fleet's folder."""
    again = ended(command(played.pack(HOME), "evidence", "rejudge", "."))
    assert again.exit == 0, again.out


def test_no_run_reads_findings_itself(played: Played) -> None:
    """Of all accounts they were read together, once in the Region."""
    for account in ACCOUNTS:
        calls = (played.pack(account) / "evidence" / "calls.ndjson").read_text(encoding="utf-8")
        assert "inspector2:ListCoverage" in calls or "ssm:" in calls
        assert "inspector2:ListFindings" not in calls
    assert played.verified.out.count(f"{REGION}: reading the findings of 3 accounts") == 1


def test_an_account_that_is_no_member_is_an_error(played: Played) -> None:
    """Though its findings could have been read with its own role: the fleet's file says who reads them."""
    target = played.targets[STRANGER]
    assert target["verdict"] == "ERROR"
    reasons = {one["reason"] for one in played.of_the_stranger["checks"] if one["outcome"] == "error"}
    assert any(f"Associate account {STRANGER} with Inspector's delegated administrator" in one for one in reasons)
    outcomes = {one["id"]: one["outcome"] for one in played.of_the_stranger["checks"]}
    assert (outcomes["SCAN-2"], outcomes["FIND-1"]) == ("passed", "error")
    assert (played.document["verdict"], played.verified.exit) == ("ERROR", 10)


def test_it_is_judged_once_it_is_associated(played: Played) -> None:
    """The command that resumes reads its findings alone: it scans nothing again, and runs no other target."""
    assert played.resumed.exit == 0, played.resumed.out
    assert f"{REGION}: reading the findings of 1 account " in played.resumed.out
    assert played.resumed.out.count("done before") == 2
    before, after = played.of_the_stranger, played.verdict(STRANGER)
    assert after["verdict"] == "PASS"
    assert (before["assessment"]["launched_at"], True) == (
        after["assessment"]["launched_at"], after["assessment"]["taken_up"],
    )  # fmt: skip


def test_every_host_is_managed(played: Played) -> None:
    """Systems Manager's administrator was asked too."""
    assert played.document["unmanaged_hosts"] == []
