"""A real account is changed only if it is the one that the policy is for."""

import pytest

from postpatch.aws.live import live_connection, require_account
from postpatch.errors import CouldNotCheck
from postpatch.model import Caller

CALLER = Caller("123456789012", "us-east-1", "arn:aws:iam::123456789012:user/ops")


@pytest.fixture(autouse=True)
def sealed(monkeypatch, tmp_path):
    """Keep the machine's own settings out."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def test_a_region_that_is_not_the_policys_is_refused(monkeypatch):
    """Where the environment names another region, nothing is connected to, and both are named."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with pytest.raises(CouldNotCheck, match=r"region us-east-1, the environment says eu-west-1"):
        live_connection("us-east-1")


def test_without_a_region_in_the_environment_the_policys_is_used():
    """The policy says where to look."""
    assert live_connection("eu-central-1").session.region_name == "eu-central-1"


def test_an_account_that_is_not_the_policys_is_refused():
    """The error names both accounts and the caller, and says that nothing was changed."""
    with pytest.raises(
        CouldNotCheck, match=r"account 210987654321, arn:\S+ops is of account 123456789012. Nothing was"
    ):
        require_account(CALLER, "210987654321")


def test_the_policys_own_account_is_accepted():
    """The caller's account being the policy's, the look goes on."""
    require_account(CALLER, "123456789012")
