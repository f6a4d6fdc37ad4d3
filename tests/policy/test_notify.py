"""`[notify]`: what is accepted, and what is refused with the name of its key."""

import pytest

from postpatch.policy import load_policy

TOPIC = "arn:aws:sns:us-east-1:123456789012:patching"
WEBHOOK = {"format": "slack", "address_from": "SLACK_WEBHOOK"}
ISSUE = {"at": "github", "project": "owner/name", "token_from": "ISSUE_TOKEN"}


def test_nothing_is_sent_unless_the_policy_says_so(shipped):
    """The shipped policy names no destination."""
    assert shipped.notify is None


def test_every_destination_is_read(write):
    """All of them together, and where the API of each server is."""
    policy = load_policy(write(notify={"topic": TOPIC, "security_hub": "checks", "webhook": WEBHOOK, "issue": ISSUE}))
    assert policy.notify.secrets_from == ("SLACK_WEBHOOK", "ISSUE_TOKEN")
    assert policy.notify.issue.server == "https://api.github.com"
    own = ISSUE | {"at": "gitlab", "project": "group/sub/name", "api": "https://git.example.com/api/v4/"}
    assert load_policy(write(notify={"issue": own})).notify.issue.server == "https://git.example.com/api/v4"


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("notify.link", {"link": "http://reports.example.com/"}),
        ("notify.link", {"link": "https://user:word@reports.example.com/"}),
        ("notify.link", {"link": "https://reports.example.com/|x> <!channel"}),
        ("notify.link", {"link": "https://[reports"}),
        ("notify.topic", {"topic": "patching"}),
        ("notify.topic", {"topic": f"{TOPIC}.fifo"}),
        ("notify.topic", {"topic": TOPIC.replace("us-east-1", "eu-west-1")}),
        ("notify.webhook.address_from", {"webhook": WEBHOOK | {"address_from": "https://hooks.example.com/T0"}}),
        ("notify.issue.token_from", {"issue": ISSUE | {"token_from": "AWS_SECRET_ACCESS_KEY"}}),
        ("notify.issue.project", {"issue": ISSUE | {"project": "owner/.."}}),
        ("notify.issue.api", {"issue": ISSUE | {"api": "http://git.example.com/api/v4"}}),
        ("notify.security_hub", {"security_hub": "all"}),
    ],
)  # fmt: skip
def test_what_is_unsafe_or_cannot_work_is_refused(refused, key, given):
    """Plain HTTP, a password in an address, a secret itself, AWS's credentials, and a topic of another Region."""
    [problem] = refused(notify=given)
    assert problem.startswith(f"{key}: ")


def test_a_secret_that_was_written_into_the_policy_is_not_repeated(refused):
    """Whoever takes the key for the address itself does not find it in a log."""
    [problem] = refused(notify={"webhook": WEBHOOK | {"address_from": "https://hooks.example.com/T0/B0/wordofsecret"}})
    assert "wordofsecret" not in problem
