"""The targets: as the file, Organizations and CloudFormation name them, in a simulated organization."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from postpatch.aws.session import Connection
from postpatch.errors import BadPolicy, CouldNotCheck
from postpatch.fleet.file import load_fleet
from postpatch.fleet.targets import Targets, targets_of, texts_of
from postpatch.simulator import worlds
from postpatch.simulator.accounts.estate import Estate, places_of
from postpatch.simulator.wire.mount import mount

ROOT = Path(__file__).resolve().parents[2]
HOME, SECOND, THIRD = "111111111111", "222222222222", "333333333333"
HEAD = '[fleet]\nregion = "us-east-1"\n'


class Organization:
    """A simulated organization: a session in its management account, and what people do there."""

    def __init__(self) -> None:
        self._estate = Estate(HOME, places_of([HOME, SECOND, THIRD], ["us-east-1"], worlds()["workshop"]), _EVENING)

    def session(self) -> boto3.Session:
        """Return a session of the management account."""
        session = boto3.Session("SIMULATED", "simulated", region_name="us-east-1")
        mount(session, self._estate.wsgi)
        return session

    def client(self, service: str) -> Any:
        """Return a client of the management account."""
        return self.session().client(service)

    def move(self, account: str, *units: str) -> list[str]:
        """Move an account into the last of OUs that are made one in the other; return their ids."""
        organizations = self.client("organizations")
        [root] = organizations.list_roots()["Roots"]
        ids = [root["Id"]]
        for name in units:
            made = organizations.create_organizational_unit(ParentId=ids[-1], Name=name)
            ids.append(made["OrganizationalUnit"]["Id"])
        organizations.move_account(AccountId=account, SourceParentId=ids[0], DestinationParentId=ids[-1])
        return ids


_EVENING = datetime(2026, 11, 20, 21, tzinfo=UTC)


@pytest.fixture
def organization() -> Organization:
    """Make an organization of three accounts."""
    return Organization()


@pytest.fixture
def targets(tmp_path: Path, organization: Organization) -> Any:
    """Return what reads a fleet's file and returns its targets."""

    def read(text: str) -> Targets:
        path = tmp_path / "fleet.toml"
        path.write_text(text, encoding="utf-8")
        policy = (ROOT / "verify.toml").read_text(encoding="utf-8")
        (tmp_path / "verify.toml").write_text(policy, encoding="utf-8")
        fleet = load_fleet(path)
        connection = Connection(organization.session(), read_only=True)
        return targets_of(fleet, texts_of(fleet, tmp_path), connection)

    return read


def names(found: Targets) -> list[str]:
    """Return the names of targets."""
    return [target.name for target in found.targets]


def test_an_ou_is_all_that_is_below_it(targets, organization):
    """Accounts of OUs in it belong; those beside it do not."""
    _, outer, _ = organization.move(SECOND, "outer", "inner")
    found = targets(
        f'{HEAD}[[targets]]\norganization = {{ units = ["{outer}"] }}\nregions = ["us-east-1", "eu-west-1"]\n'
    )
    assert names(found) == [f"{SECOND}_eu-west-1", f"{SECOND}_us-east-1"]


def test_every_account_of_an_organization(targets, organization):
    """One that is not active, or left out, is no target, and why is said."""
    organization.client("organizations").close_account(AccountId=THIRD)
    found = targets(
        f'{HEAD}left_out = [{{ account = "{HOME}", reason = "no hosts" }}]\n'
        '[[targets]]\norganization = { all = true }\nregions = ["us-east-1"]\n'
    )
    assert names(found) == [f"{SECOND}_us-east-1"]
    assert {one.account: one.reason for one in found.left_out} == {HOME: "no hosts", THIRD: "its state is SUSPENDED"}
    assert found.unlisted == ()


def test_an_account_that_nothing_names_is_unlisted(targets):
    """With every_account each active account must be a target or left out."""
    text = f'{HEAD}every_account = true\n[[targets]]\naccounts = ["{HOME}", "{SECOND}"]\nregions = ["us-east-1"]\n'
    found = targets(text)
    assert [one.account for one in found.unlisted] == [THIRD]
    assert targets(text.replace("every_account = true\n", "")).unlisted == ()


def test_a_stack_sets_instances_are_targets(targets, organization):
    """Each account and Region of an instance, narrowed by the Regions that are named."""
    cloudformation = organization.client("cloudformation")
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    properties = {"PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    body = json.dumps({"Resources": {"Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}}})
    cloudformation.create_stack_set(StackSetName="patching", TemplateBody=body)
    places = {SECOND: "us-east-1", THIRD: "eu-west-1"}
    for account, region in places.items():
        cloudformation.create_stack_instances(StackSetName="patching", Accounts=[account], Regions=[region])
    every = targets(f'{HEAD}[[targets]]\nstack_set = {{ name = "patching" }}\n')
    assert names(every) == [f"{account}_{region}" for account, region in places.items()]
    narrowed = targets(f'{HEAD}[[targets]]\nstack_set = {{ name = "patching" }}\nregions = ["eu-west-1"]\n')
    assert names(narrowed) == [f"{THIRD}_eu-west-1"]


def test_what_cannot_be_listed_could_not_be_checked(targets):
    """A stack set or an OU that does not exist is no empty list."""
    with pytest.raises(CouldNotCheck, match="absent"):
        targets(f'{HEAD}[[targets]]\nstack_set = {{ name = "absent" }}\n')
    with pytest.raises(CouldNotCheck, match="ou-ab12-11111111"):
        targets(f'{HEAD}[[targets]]\norganization = {{ units = ["ou-ab12-11111111"] }}\nregions = ["us-east-1"]\n')


def test_two_selections_of_one_place_are_refused(targets):
    """An account that an OU and a list both name would be judged twice under one name."""
    with pytest.raises(BadPolicy, match=f"{SECOND} in us-east-1 is a target already"):
        targets(
            f'{HEAD}[[targets]]\norganization = {{ all = true }}\nregions = ["us-east-1"]\n'
            f'[[targets]]\naccounts = ["{SECOND}"]\nregions = ["us-east-1"]\n'
        )


def test_the_problems_of_every_policy_are_told(tmp_path):
    """Before anything runs, each policy that a fleet names is read."""
    (tmp_path / "bad.toml").write_text(
        (ROOT / "verify.toml").read_text().replace("duration_hours = 1", "duration_hours = 99")
    )
    (tmp_path / "fleet.toml").write_text(
        f'{HEAD}[[targets]]\naccounts = ["{HOME}"]\nregions = ["us-east-1"]\npolicy = "bad.toml"\n'
        f'[[targets]]\naccounts = ["{SECOND}"]\nregions = ["us-east-1"]\npolicy = "absent.toml"\n'
    )
    with pytest.raises(BadPolicy) as refused:
        texts_of(load_fleet(tmp_path / "fleet.toml"), tmp_path)
    assert "window.duration_hours" in str(refused.value)
    assert "there is no" in str(refused.value)


def test_roles_are_those_of_the_account(targets):
    """The placeholder of the chain is each target's account."""
    found = targets(
        f'{HEAD}[[targets]]\naccounts = ["{HOME}", "{SECOND}"]\nregions = ["us-east-1"]\n'
        'roles = [{ arn = "arn:aws:iam::{account}:role/postpatch" }]\n'
    )
    assert [target.roles[0].arn for target in found.targets] == [
        f"arn:aws:iam::{account}:role/postpatch" for account in (HOME, SECOND)
    ]
