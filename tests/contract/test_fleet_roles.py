"""The templates of a fleet's roles, and its workflow: as the policies and the command line are today."""

import json
import re
from pathlib import Path

import pytest
import yaml

from iam.fleet_roles import FOLDER, files
from postpatch.__main__ import main

ROOT = Path(__file__).parents[2]


def test_the_templates_hold_the_policies_as_they_are():
    """`make iam` renews both: a permission that a run needs is in the role by which a fleet runs it."""
    assert {name: (FOLDER / name).read_text(encoding="utf-8") for name in files()} == files()
    member = json.loads(files()["member-role.json"])["Resources"]
    for mode in ("baseline", "verify"):
        policy = json.loads((ROOT / "iam" / f"{mode}.json").read_text(encoding="utf-8"))
        assert member[mode.capitalize()]["Properties"]["PolicyDocument"] == policy
        # A managed policy has at most 6,144 characters, white space aside (IAM user guide, "IAM and AWS STS quotas").
        assert len(re.sub(r"\s", "", json.dumps(policy))) <= 6_144


@pytest.mark.parametrize("name", ["member-role.json", "administrator-role.json"])
def test_nobody_assumes_a_members_or_administrators_role_without_the_external_id(name):
    """Its trust policy names the hub's role, and the id that fleet.toml has."""
    [statement] = json.loads(files()[name])["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": {"Ref": "HubRoleArn"}}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}


def test_the_workflow_judges_live_in_every_job(capsys):
    """Each command of the fleet names `live`, and is one that there is."""
    jobs = yaml.safe_load((ROOT / "ci/github/fleet.yml").read_text(encoding="utf-8"))["jobs"]
    commands = re.findall(r"\.venv/bin/postpatch (fleet \w+|gather)([^)\n]*)", json.dumps(jobs))
    assert [name for name, _ in commands] == [
        "fleet targets",
        "fleet baseline",
        "fleet targets",
        "fleet verify",
        "gather",
    ]
    assert all("--aws live" in words for name, words in commands if name != "gather")
    for name, _ in commands:
        with pytest.raises(SystemExit, match=r"^0$"):
            main([*name.split(), "--help"])
    assert "--only" in capsys.readouterr().out
    assert all(job["permissions"] is not None for job in jobs.values())
