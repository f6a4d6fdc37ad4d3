"""The roles to assume: what a fleet writes for a run is read again as it was, and a wrong one is refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.errors import BadPolicy
from postpatch.policy.role import RolePolicy, load_roles, roles_as_toml

ARN = "arn:aws:iam::123456789012:role/postpatch"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@settings(deadline=None)  # each writes a file
@given(tags=st.dictionaries(TEXTS, TEXTS, max_size=4), external=st.from_regex(r"[\w+=,.@:/-]{2,20}", fullmatch=True))
def test_a_chain_is_read_as_it_was_written(tags, external, tmp_path_factory):
    """Whatever external id and session tags hold, the file for a run says the same."""
    external = "".join(letter for letter in external if letter.isascii()).ljust(2, "x").replace("\n", "")
    roles = [
        RolePolicy(arn=ARN, external_id=external, tags=tags, transitive_tags=sorted(tags)),
        RolePolicy(arn=ARN, session_name="second"),
    ]
    path = tmp_path_factory.mktemp("roles") / "roles.toml"
    path.write_text(roles_as_toml("eu-west-1", roles), encoding="utf-8")
    read = load_roles(path)
    assert (read.region, read.role) == ("eu-west-1", roles)


def test_every_problem_of_a_file_of_roles_is_told(tmp_path: Path):
    """A key that does not exist, an ARN of a user, a tag that is not there, and a fleet's placeholder, all at once."""
    path = tmp_path / "roles.toml"
    path.write_text(
        'region = "us-east-1"\n[[role]]\narn = "arn:aws:iam::123456789012:user/me"\nexternalid = "ab"\n'
        '[[role]]\narn = "arn:aws:iam::{account}:role/x"\ntransitive_tags = ["team"]\n',
        encoding="utf-8",
    )
    with pytest.raises(BadPolicy) as refused:
        load_roles(path)
    lines = str(refused.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == ["role[0].arn", "role[0].externalid", "role[1]", "role[1].arn"]
    assert "Did you mean external_id?" in lines[1]


def test_a_role_is_named_for_each_account():
    """The placeholder stands for the account of the target."""
    role = RolePolicy(arn="arn:aws:iam::{account}:role/postpatch", external_id="ab")
    assert role.in_account("210987654321").arn == "arn:aws:iam::210987654321:role/postpatch"
    assert role.in_account("210987654321").external_id == "ab"
