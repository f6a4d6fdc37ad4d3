"""The form of the policies in iam/; that they are enough, and no more than enough, is shown by whole runs."""

import json
import re
from pathlib import Path

import pytest

from iam.actions import BESIDE, FETCH, NOTIFY, PASS_ROLE, RESCAN, STORE, TAGGING
from iam.policies import FREE, files
from iam.runs import BASELINE, CLEANUP, READ_ONLY, VERIFY
from postpatch.simulator.wire.models import service_model

IAM = Path(__file__).parents[2] / "iam"
POLICIES = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(IAM.glob("*.json"))}
# Where IAM's prefix is not botocore's name of the service.
CALLED = {"elasticmapreduce": "emr"}
A_MANAGED_POLICY = 6144  # characters, white space aside (IAM quotas)


def actions(name):
    """Return the actions that a policy allows, sorted."""
    return sorted(action for statement in POLICIES[name]["Statement"] for action in statement["Action"])


def test_a_call_that_nobody_explained_is_refused():
    """A new call cannot slip into a policy before somebody wrote down what it is for."""
    with pytest.raises(ValueError, match="ec2:RunInstances"):
        files({mode: frozenset({"ec2:RunInstances"}) for mode in (BASELINE, VERIFY, READ_ONLY, CLEANUP)})


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_is_one_that_iam_takes(name):
    """Each is well-formed by IAM's grammar, small enough, and allows operations that AWS has."""
    from moto.iam.policy_validation import IAMPolicyDocumentValidator  # as in test_after_window.py: late

    text = (IAM / name).read_text(encoding="utf-8")
    IAMPolicyDocumentValidator(text).validate()
    assert len(re.sub(r"\s", "", text)) <= A_MANAGED_POLICY
    beside = {one.action for one in (*BESIDE, PASS_ROLE, *NOTIFY, RESCAN, *TAGGING, *STORE, *FETCH)}
    for action in actions(name):
        service, _, operation = action.partition(":")
        assert action in beside or operation in service_model(CALLED.get(service, service)).operation_names
    assert not FREE & set(actions(name))
    sids = [statement["Sid"] for statement in POLICIES[name]["Statement"]]
    assert len(set(sids)) == len(sids)


def test_reading_only_may_do_less():
    """The policy for reading is a part of the one for verifying, and holds nothing that changes anything."""
    assert set(actions("read-only.json")) < set(actions("verify.json"))
    assert all(re.match(r"[a-z0-9-]+:(BatchGet|Describe|Get|List)", action) for action in actions("read-only.json"))
