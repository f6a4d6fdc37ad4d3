"""`fleet.toml`: a wrong one is refused with every problem at once, before anything runs."""

from pathlib import Path

import pytest

from postpatch.errors import BadPolicy
from postpatch.fleet.file import load_fleet

GOOD = """
[fleet]
region = "us-east-1"

[[targets]]
accounts = ["111111111111"]
regions = ["us-east-1"]
"""


def problems(path: Path, text: str) -> list[str]:
    """Return each problem of a file, without the file's name."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadPolicy) as refused:
        load_fleet(path)
    return [line.removeprefix(f"{path}: ") for line in str(refused.value).splitlines()]


def test_what_is_left_out_has_a_value(tmp_path):
    """Four runs at once, the policy of a single run, and nobody is asked for accounts that are listed."""
    path = tmp_path / "fleet.toml"
    path.write_text(GOOD, encoding="utf-8")
    fleet = load_fleet(path)
    assert (fleet.fleet.at_once, fleet.targets[0].policy, fleet.asks_aws) == (4, "verify.toml", False)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ('regions = ["us-esat-1"]\naccounts = ["111111111111"]', ["targets[0].regions[0]: is no Region"]),
        ('regions = ["us-east-1"]\naccounts = ["1111"]', ["targets[0].accounts[0]: must be 12 digits"]),
        ('accounts = ["111111111111"]', ["targets[0]: regions is missing"]),
        ('regions = ["us-east-1"]', ["targets[0]: name exactly one of accounts, organization, stack_set"]),
        ('stack_set = { name = "x", call_as = "ADMIN" }', ["targets[0].stack_set.call_as: Input should be 'SELF'"]),
        (
            'regions = ["us-east-1"]\norganization = { all = false }',
            ["targets[0].organization.all: Input should be True"],
        ),
        (
            'regions = ["us-east-1"]\norganization = { all = true, units = ["r-ab12"] }',
            ["targets[0].organization: give exactly one of all, units"],
        ),
        (
            'regions = ["us-east-1", "us-east-1"]\naccounts = ["111111111111"]',
            ["targets[0]: 111111111111 in us-east-1 is named twice"],
        ),
        (
            'regions = ["cn-north-1"]\naccounts = ["111111111111"]\n[[targets.roles]]\n'
            'arn = "arn:aws:iam::{account}:role/x"',
            ["targets[0].roles[0].arn: is of the partition aws, the regions are of aws-cn"],
        ),
        ('region = ["us-east-1"]', ["targets[0].region: is not a key of a fleet's file. Did you mean regions?"]),
    ],
)
def test_a_value_that_cannot_be_is_refused(tmp_path, wrong, expected):
    """Each with its key, and with the nearest name where one is like it."""
    found = problems(tmp_path / "fleet.toml", f'[fleet]\nregion = "us-east-1"\n[[targets]]\n{wrong}\n')
    assert len(found) == len(expected)
    assert all(line.startswith(start) for line, start in zip(found, expected, strict=True)), found


def test_all_problems_are_told_at_once(tmp_path):
    """Of both tables, of several targets, and those between them."""
    found = problems(
        tmp_path / "fleet.toml",
        '[fleet]\nregion = "us-est-1"\nat_once = 0\nleft_out = [{ account = "111111111111", reason = "no" }]\n'
        '[[targets]]\naccounts = ["111111111111"]\nregions = ["us-east-1"]\npolicys = "x"\n'
        '[[targets]]\naccounts = ["111111111111"]\nregions = ["us-east-1"]\n',
    )
    keys = [line.split(": ")[0] for line in found]
    assert keys == ["fleet.region", "fleet.at_once", "targets[0].policys", "targets[1]", "fleet.left_out[0]"]
    assert "which targets[0] names too: give one of them a name" in found[3]


def test_two_policies_for_one_place_need_names(tmp_path):
    """With a name they are two targets."""
    path = tmp_path / "fleet.toml"
    path.write_text(f'{GOOD}\n[[targets]]\nname = "web"\naccounts = ["111111111111"]\nregions = ["us-east-1"]\n')
    assert [one.name for one in load_fleet(path).targets] == [None, "web"]


def test_what_is_asked_of_administrators_is_optional(tmp_path):
    """Without the tables nobody is asked; their values are checked like all others."""
    path = tmp_path / "fleet.toml"
    path.write_text(GOOD, encoding="utf-8")
    fleet = load_fleet(path)
    assert (fleet.nodes, fleet.delegated) == (None, None)
    tables = (
        '[nodes]\nregion = "us-east-1"\nleft_out = [{ host = "x", reason = "y" }]\n[delegated]\nregion = "us-east-1"\n'
    )
    found = problems(path, GOOD + tables)
    assert found == [
        "nodes.left_out[0].host: must be the id of an instance, such as i-0123456789abcdef0 (found 'x')",
        "delegated.region: is not a key of a fleet's file.",
    ]
