"""A fleet of 12 targets, 3 accounts in 4 Regions: one red, one that cannot be assumed, one altered; killed and resumed.

The fleet is run once, in the simulated AWS with its organization, and every test here reads what came of it.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from postpatch.evidence.pack import VERDICT_JSON

ROOT = Path(__file__).parents[2]
HOME, SECOND, THIRD = ACCOUNTS = ("111111111111", "222222222222", "333333333333")
REGIONS = ("us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2")
RED, LOCKED, ALTERED = f"{SECOND}_eu-west-1", f"{THIRD}_ap-southeast-2", f"{HOME}_eu-central-1"
NAMES = {f"{account}_{region}" for account in ACCOUNTS for region in REGIONS}
EXTERNAL = "fleet-of-the-test"
FLEET = """\
[fleet]
region = "us-east-1"
at_once = 3
every_account = true
roles = [{{ arn = "arn:aws:iam::{home}:role/postpatch-hub" }}]

[[targets]]
accounts = ["{home}", "{second}"]
regions = ["us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2"]
roles = [
  {{ arn = "arn:aws:iam::{home}:role/postpatch-hub" }},
  {{ arn = "arn:aws:iam::{{account}}:role/postpatch", external_id = "{external}", tags = {{ team = "platform" }} }},
]

[[targets]]
organization = {{ units = ["{unit}"] }}
regions = ["us-east-1", "eu-west-1", "eu-central-1"]
roles = [
  {{ arn = "arn:aws:iam::{home}:role/postpatch-hub" }},
  {{ arn = "arn:aws:iam::{{account}}:role/postpatch", external_id = "{external}" }},
]

[[targets]]
accounts = ["{third}"]
regions = ["ap-southeast-2"]
roles = [
  {{ arn = "arn:aws:iam::{home}:role/postpatch-hub" }},
  {{ arn = "arn:aws:iam::{{account}}:role/postpatch", external_id = "of-somebody-else" }},
]
"""


@dataclass(frozen=True)
class Ended:
    """A command: its exit code, and all that it printed."""

    exit: int
    out: str


@dataclass(frozen=True)
class Played:
    """The fleet as it was run: its folder, what each command came to, and the packs that were there at the kill."""

    folder: Path
    baseline: Ended
    resumed: Ended
    gathered: Ended
    before_kill: dict[str, str]
    unlisted: str

    @property
    def document(self) -> dict[str, Any]:
        """Return fleet.json."""
        found: dict[str, Any] = json.loads((self.folder / "fleet.json").read_text(encoding="utf-8"))
        return found

    @property
    def targets(self) -> dict[str, dict[str, Any]]:
        """Return the targets of fleet.json by name."""
        return {one["name"]: one for one in self.document["targets"]}

    def digest(self, name: str) -> str:
        """Return what a target's manifest holds now."""
        return (self.folder / name / "manifest.json").read_text(encoding="utf-8")


def _client(url: str, service: str) -> Any:
    session = boto3.Session("SIMULATED", "simulated", region_name="us-east-1")
    return session.client(service, endpoint_url=url)


def make_roles(url: str, accounts: tuple[str, ...]) -> None:
    """Make the roles of ci/fleet/ in an estate, as a person would: a stack in one account, and a stack set."""
    templates = {
        name: (ROOT / "ci" / "fleet" / name).read_text(encoding="utf-8")
        for name in ("hub-role.json", "member-role.json")
    }
    cloudformation = _client(url, "cloudformation")
    hub = [{"ParameterKey": "PrincipalArn", "ParameterValue": f"arn:aws:iam::{accounts[0]}:root"}]
    capable = ["CAPABILITY_NAMED_IAM"]
    cloudformation.create_stack(
        StackName="postpatch-hub", TemplateBody=templates["hub-role.json"], Parameters=hub, Capabilities=capable
    )
    [stack] = cloudformation.describe_stacks(StackName="postpatch-hub")["Stacks"]
    [arn] = [one["OutputValue"] for one in stack["Outputs"] if one["OutputKey"] == "HubRoleArn"]
    cloudformation.create_stack_set(
        StackSetName="postpatch",
        TemplateBody=templates["member-role.json"],
        Capabilities=capable,
        Parameters=[
            {"ParameterKey": "HubRoleArn", "ParameterValue": arn},
            {"ParameterKey": "ExternalId", "ParameterValue": EXTERNAL},
        ],
    )
    cloudformation.create_stack_instances(StackSetName="postpatch", Accounts=[*accounts], Regions=["us-east-1"])


def in_unit(url: str, account: str) -> str:
    """Move an account into a new OU of the organization; return the OU's id."""
    organizations = _client(url, "organizations")
    [root] = organizations.list_roots()["Roots"]
    outer = organizations.create_organizational_unit(ParentId=root["Id"], Name="outer")["OrganizationalUnit"]["Id"]
    inner = organizations.create_organizational_unit(ParentId=outer, Name="inner")["OrganizationalUnit"]["Id"]
    organizations.move_account(AccountId=account, SourceParentId=root["Id"], DestinationParentId=inner)
    return str(outer)


@pytest.fixture(scope="session")
def command(sealed: dict[str, str]) -> Callable[..., "subprocess.Popen[str]"]:
    """Return what starts `postpatch WORDS` in a folder, with credentials of the management account."""
    keys = {"AWS_ACCESS_KEY_ID": "SIMULATED", "AWS_SECRET_ACCESS_KEY": "simulated", "PYTHONPATH": str(ROOT)}

    def start(folder: Path, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "postpatch", *words], cwd=folder, env=sealed | keys, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    return start


def ended(process: "subprocess.Popen[str]") -> Ended:
    """Wait for a command."""
    out, _ = process.communicate(timeout=3600)
    return Ended(process.returncode, out)


@pytest.fixture(scope="session")
def played(
    serving: Any, sealed: dict[str, str], command: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    """Take the baselines, patch, verify, kill that, resume it, alter a pack, and gather again."""
    folder = tmp_path_factory.mktemp("fleet")
    policy = (ROOT / "verify.toml").read_text(encoding="utf-8")
    assert "poll_seconds = 30" in policy
    (folder / "verify.toml").write_text(policy.replace("poll_seconds = 30", "poll_seconds = 1"), encoding="utf-8")
    options = [word for account in ACCOUNTS for word in ("--account", account)]
    options += [word for region in REGIONS for word in ("--region", region)]
    options += ["--world-in", f"{RED.replace('_', '/')}=unpatched", "--poll-takes", "300"]
    with serving("workshop", sealed, *options) as server:
        make_roles(server.url, ACCOUNTS)
        unit = in_unit(server.url, THIRD)
        extra = _client(server.url, "organizations").create_account(AccountName="new", Email="new@example.com")
        fleet = FLEET.format(home=HOME, second=SECOND, third=THIRD, external=EXTERNAL, unit=unit)
        (folder / "fleet.toml").write_text(fleet, encoding="utf-8")
        live = ["--aws", "live", "--endpoint-url", server.url]
        baseline = ended(command(folder, "fleet", "baseline", *live))
        server.remediate()
        killed = command(folder, "fleet", "verify", *live)
        packs = folder / "fleet"
        while len([*packs.glob("*/manifest.json")]) < 2 and killed.poll() is None:
            time.sleep(0.2)
        os.kill(killed.pid, signal.SIGKILL)
        killed.communicate()
        before = {path.parent.name: path.read_text(encoding="utf-8") for path in packs.glob("*/manifest.json")}
        resumed = ended(command(folder, "fleet", "verify", *live, "--resume"))
        verdict = packs / ALTERED / VERDICT_JSON
        verdict.write_text(verdict.read_text(encoding="utf-8").replace('"PASS"', '"FAIL"', 1), encoding="utf-8")
        gathered = ended(command(folder, "gather", "fleet"))
        yield Played(packs, baseline, resumed, gathered, before, extra["CreateAccountStatus"]["AccountId"])


def test_every_target_has_a_run_of_its_own(played: Played) -> None:
    """Each account and Region was judged by itself, in its own account, with a pack of its own."""
    assert played.targets.keys() == NAMES, played.resumed.out
    for name in NAMES - {RED, LOCKED, ALTERED}:
        target = played.targets[name]
        assert (target["verdict"], target["account"], target["region"]) == ("PASS", *name.split("_")), target
        verdict = json.loads((played.folder / name / VERDICT_JSON).read_text(encoding="utf-8"))
        assert verdict["caller"] == f"arn:aws:sts::{target['account']}:assumed-role/postpatch/postpatch"
    assert len({target["run"] for target in played.targets.values()} - {None}) == len(NAMES) - 2


def test_the_verdict_is_the_worst_and_so_is_the_exit_code(played: Played) -> None:
    """A failed check outranks what could not be judged; each is said."""
    assert (played.document["verdict"], played.gathered.exit) == ("FAIL", 1), played.gathered.out
    assert played.document["simulated"] is True
    assert (played.targets[RED]["verdict"], played.targets[LOCKED]["verdict"]) == ("FAIL", "ERROR")
    assert played.targets[RED]["checks"]["PATCH"]["ids"] == ["PATCH-1"]
    assert "9 of 12 targets passed" in played.document["sentence"]


def test_a_role_that_cannot_be_assumed_is_an_error_that_names_it(played: Played) -> None:
    """There is no baseline and no pack, and the fleet says so, beside what the run itself said."""
    assert played.baseline.exit == 10
    assert "no baseline: Allow sts:AssumeRole to the caller." in played.baseline.out
    target = played.targets[LOCKED]
    assert target["report"] is None
    assert "could not be run: Take a baseline" in target["reason"]


def test_an_altered_pack_is_an_error_and_nothing_of_it_is_shown(played: Played) -> None:
    """Its verdict is not believed, and the page has no link to its report."""
    before = re.search(f"{ALTERED}: .*", played.resumed.out)
    assert before is None or "altered" not in before[0]
    target = played.targets[ALTERED]
    assert (target["verdict"], target["report"], target["run"]) == ("ERROR", None, None)
    assert "altered" in target["reason"]
    assert f"{ALTERED}/verify.html" not in (played.folder / "fleet.html").read_text(encoding="utf-8")


def test_an_account_that_nothing_names_is_an_error(played: Played) -> None:
    """Organizations lists it, and the fleet's file neither names it nor leaves it out."""
    assert [one["account"] for one in played.document["unlisted_accounts"]] == [played.unlisted]
    assert f"account {played.unlisted}" in played.gathered.out


def test_what_was_done_before_the_kill_was_not_run_again(played: Played) -> None:
    """The packs that were there stayed as they were, and the rest came with the second command."""
    assert 2 <= len(played.before_kill) < len(NAMES) - 1
    unchanged = {name: played.digest(name) for name in played.before_kill}
    assert unchanged == played.before_kill
    assert "done before" in played.resumed.out
    assert played.resumed.exit == 1


def test_causes_and_packages_are_counted_over_all_hosts(played: Played) -> None:
    """The red target's hosts are those with a package that patching should have updated."""
    packages = {one["package"]: one for one in played.document["packages"]}
    causes = {one["cause"]: one for one in played.document["causes"]}
    assert causes["configuration"]["hosts"] == 3 * 10
    assert causes["only_scanned"]["hosts"] == 3
    assert packages
    assert all(0 < one["hosts"] <= 30 for one in packages.values())


def test_no_role_may_be_assumed_without_its_external_id(serving: Any, sealed: dict[str, str]) -> None:
    """The hub may assume the member's role with the external id alone, and nobody else may at all."""
    with serving("workshop", sealed, "--account", HOME, "--account", SECOND, "--region", "us-east-1") as server:
        make_roles(server.url, (HOME, SECOND))
        sts = _client(server.url, "sts")
        hub = sts.assume_role(RoleArn=f"arn:aws:iam::{HOME}:role/postpatch-hub", RoleSessionName="hub")["Credentials"]
        as_hub = boto3.Session(
            hub["AccessKeyId"], hub["SecretAccessKey"], hub["SessionToken"], region_name="us-east-1"
        ).client("sts", endpoint_url=server.url)
        member = {"RoleArn": f"arn:aws:iam::{SECOND}:role/postpatch", "RoleSessionName": "fleet"}
        for client, more in ((as_hub, {}), (as_hub, {"ExternalId": "other"}), (sts, {"ExternalId": EXTERNAL})):
            with pytest.raises(ClientError, match="is not authorized to perform: sts:AssumeRole"):
                client.assume_role(**member, **more)
        assumed = as_hub.assume_role(**member, ExternalId=EXTERNAL)
        assert assumed["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{SECOND}:assumed-role/postpatch/fleet"
        with pytest.raises(ClientError, match="role chaining"):
            as_hub.assume_role(**member, ExternalId=EXTERNAL, DurationSeconds=7200)
