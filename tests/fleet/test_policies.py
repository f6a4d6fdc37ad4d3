"""A policy for each target: account and Region are the target's, and nothing else changes."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.errors import BadPolicy
from postpatch.fleet.policies import policy_of

SHIPPED = (Path(__file__).resolve().parents[2] / "verify.toml").read_text(encoding="utf-8")
VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


def test_the_shipped_policy_keeps_its_comments():
    """Two lines differ, and only in their values."""
    written = policy_of(SHIPPED, "210987654321", "eu-west-1", "verify.toml")
    changed = [
        (before, after)
        for before, after in zip(SHIPPED.splitlines(), written.splitlines(), strict=True)
        if before != after
    ]
    assert [after.split("=")[0].strip() for _, after in changed] == ["account", "region"]
    assert tomllib.loads(written)["scope"]["account"] == "210987654321"


@given(
    before=st.dictionaries(st.sampled_from(["stack", "account", "region"]), VALUES, max_size=3),
    after=st.dictionaries(st.sampled_from(["account", "region", "name"]), VALUES, max_size=3),
)
def test_only_the_scope_is_changed(before, after):
    """Where the keys are absent they are added; keys of the same name elsewhere stay as they are."""
    text = "".join(
        f"[{table}]\n"
        + "".join(f"{key} = '''{value}'''\n" if "'''" not in value else "" for key, value in rows.items())
        for table, rows in (("other", after), ("scope", before), ("target", after))
    )
    document = tomllib.loads(text)
    try:
        written = tomllib.loads(policy_of(text, "210987654321", "eu-west-1", "p"))
    except BadPolicy:
        # A value in three quotes is no line of its own form: it is refused, and never half replaced.
        assert "'''" in text
        return
    assert written == {**document, "scope": {**document["scope"], "account": "210987654321", "region": "eu-west-1"}}


@pytest.mark.parametrize(
    "text",
    [
        'scope = { account = "1", region = "x" }\n',
        'scope.account = "1"\nscope.region = "x"\n',
        '[scope]\n"account" = "1"\nregion = "x"\n',
        '[scope]\naccount = """1"""\nregion = "x"\n',
    ],
)
def test_what_cannot_be_set_is_refused(text):
    """A form in which the two lines are not found is an error that says how to write them."""
    with pytest.raises(BadPolicy, match=r"write .*\[scope\]"):
        policy_of(text, "210987654321", "eu-west-1", "p.toml")
