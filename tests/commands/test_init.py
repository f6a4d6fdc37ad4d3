"""`postpatch init`: a first policy, from flags, questions or the account; never over another one."""

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.__main__ import main
from postpatch.commands.init import Start, policy_text
from postpatch.policy import load_policy

ROOT = Path(__file__).parents[2]
USAGE = 4
_SAMPLE = (ROOT / "verify.toml").read_text(encoding="utf-8")
# CreateStack, StackName: [a-zA-Z][-a-zA-Z0-9]*, at most 128; tag values hold letters, digits, spaces and _.:/=+-@.
_STACKS = st.from_regex(r"[a-zA-Z][-a-zA-Z0-9]{0,127}", fullmatch=True)
_TAGS = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9 _.:/=+@\"\\-]{0,60}[a-zA-Z0-9]", fullmatch=True)


@pytest.fixture(autouse=True)
def _nobody_and_nothing(monkeypatch, tmp_path):
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    monkeypatch.chdir(tmp_path)


@settings(deadline=None)  # each writes a file
@given(_STACKS, st.sampled_from(["eu-central-1", "us-gov-east-1"]), st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_a_policy_of_a_stack_says_what_was_given(tmp_path_factory, stack, region, account):
    """Whatever the stack is called, the policy is whole, and its target selects the stack's own tag."""
    policy = _loaded(tmp_path_factory, Start(account, region, "stack", stack))
    assert (policy.scope.account, policy.scope.region, policy.scope.stack) == (account, region, stack)
    assert policy.target.tags == {"aws:cloudformation:stack-name": [stack]}
    assert policy.patching.baseline is None
    names = [policy.window.name, policy.target.name, policy.task.name]
    assert names == [f"{stack[:100]}_{part}" for part in ("mw", "targets", "task")]


@settings(deadline=None)  # each writes a file
@given(_TAGS, _TAGS)
def test_a_policy_of_a_tag_selects_that_tag(tmp_path_factory, key, value):
    """Key and value come back as they were given, quotes and backslashes too."""
    policy = _loaded(tmp_path_factory, Start("123456789012", "us-east-1", "tag", value, key))
    assert (policy.scope.tag.key, policy.scope.tag.value) == (key, value)
    assert policy.target.tags == {key: [value]}


def _loaded(tmp_path_factory, start):
    path = tmp_path_factory.getbasetemp() / "first.toml"
    path.write_text(policy_text(_SAMPLE, start), encoding="utf-8")
    return load_policy(path)


def test_the_comments_of_the_sample_stay():
    """Every explanation of a key is in the new policy too."""
    told = policy_text(_SAMPLE, Start("123456789012", "us-east-1", "auto_scaling_group", "web"))
    comments = [line.split("  # ")[1] for line in _SAMPLE.splitlines() if "  # " in line and "start" not in line]
    assert len(comments) > 10
    assert all(comment in told for comment in comments)
    assert 'tags = { "aws:autoscaling:groupName" = ["web"] }' in told


def test_flags_are_enough(tmp_path, capsys):
    """With all flags nothing is asked of anybody; the file can be read by the group, and nothing else is left."""
    words = ["init", "--account", "123456789012", "--region", "eu-west-1", "--tag", "Role=web"]
    assert main(words) == 0
    assert load_policy(tmp_path / "verify.toml").scope.tag.value == "web"
    assert stat.S_IMODE((tmp_path / "verify.toml").stat().st_mode) == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["verify.toml"]
    assert "postpatch baseline --aws live" in capsys.readouterr().out


def test_what_stands_stays(tmp_path, capsys):
    """A policy that is there already is never written over."""
    (tmp_path / "verify.toml").write_text("mine", encoding="utf-8")
    assert main(["init", "--account", "123456789012", "--region", "eu-west-1", "--stack", "a"]) == USAGE
    assert (tmp_path / "verify.toml").read_text(encoding="utf-8") == "mine"
    assert "verify.toml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ([], "Add --region, and --account, and --stack, --tag or --auto-scaling-group: "),
        (["--region", "eu-west-1"], "--account"),
        (["--region", "eu-west-1", "--account", "123456789012"], "--stack"),
        (["--region", "nowhere", "--account", "1", "--stack", "a"], "scope.account"),
    ],
)
def test_what_is_missing_or_wrong_is_named(tmp_path, capsys, words, missing):
    """Where nobody can be asked, the flag to name is told, and nothing is written."""
    assert main(["init", *words]) == USAGE
    assert missing in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_person_is_asked(tmp_path, monkeypatch):
    """At a terminal what is not known is asked for, each once."""
    answers = iter(["eu-west-1", "123456789012", "shop"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    assert main(["init"]) == 0
    scope = load_policy(tmp_path / "verify.toml").scope
    assert (scope.region, scope.account, scope.stack) == ("eu-west-1", "123456789012", "shop")
