"""A verdict that is sent: where, when, and that nothing of it changes a run."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from postpatch.errors import CouldNotCheck
from postpatch.evidence.kept import read_kept
from postpatch.model import Caller, Delivery, Mode, Scope, Sending
from postpatch.policy.notify import IssuePolicy, NotifyPolicy, WebhookPolicy
from postpatch.run.notifying import NOTICES, note_secrets, notified, take_back
from postpatch.text.credentials import INSTEAD, redacted
from postpatch.verdict.checks import CHECKS
from postpatch.verdict.run import CheckOutcome, Outcome, Run
from tests.report.runs import PATCHED

WEBHOOK, TOKEN = "/services/T0123ABCD/B0123ABCD/Kx7Qm2Vb9Lw4Zt6Yp1Rn", "tok_Hg5Jd8Sa3Fk6Lz9Xc2Vb"
TOPIC = "arn:aws:sns:us-east-1:123456789012:patching"


def run_of(outcome=Outcome.FAILED, mode=Mode.LIVE, **changes):
    """Return a run whose checks all came out so."""
    checks = tuple(CheckOutcome(check.id, check.sentence, outcome, "i-0123456789abcdef0 is not") for check in CHECKS)
    run = Run(
        mode=mode, world="", engine="Inspector v2", tool="postpatch 0", read_only=False, policy="verify.toml",
        policy_sha256="0" * 64, scope=Scope("stack", ("pww",)), time_zone="Etc/UTC", started_at=PATCHED,
        finished_at=PATCHED, checks=checks, id="01234567-89ab-cdef-0123-456789abcdef",
        caller=Caller("123456789012", "us-east-1", "arn:aws:iam::123456789012:role/verify"),
    )  # fmt: skip
    return replace(run, **changes)


class NoAws:
    """A session whose connection to AWS must not be asked for."""

    @property
    def sending(self):
        """Refuse it."""
        raise AssertionError("AWS was asked")


def send(folder, run, policy, *, pack=None, session=None):
    """Send a run's verdict by `[notify]`; return the run and what became of each destination."""
    session = session or NoAws()
    session.settings = SimpleNamespace(pack=pack, policy=SimpleNamespace(notify=policy))
    sent = notified(run, SimpleNamespace(session=session, folder=folder))
    return sent, {one.to: (one.state.value, one.why) for one in sent.notices}


def slack(**more):
    """Return a policy with a webhook."""
    return NotifyPolicy(webhook=WebhookPolicy(format="slack", address_from="THE_WEBHOOK"), **more)


def issues(at, **more):
    """Return a policy with an issue on a server."""
    return NotifyPolicy(issue=IssuePolicy(at=at, project="group/name", token_from="THE_TOKEN", **more))  # noqa: S106


def test_a_webhook_gets_the_verdict(tmp_path, listener, monkeypatch):
    """The message arrives, the run says so, and what was sent is stored."""
    monkeypatch.setenv("THE_WEBHOOK", f"{listener.address}{WEBHOOK}\n")
    sent, became = send(tmp_path, run_of(), slack(link="https://reports.example.com/{run}"))
    assert became == {"webhook of Slack": ("sent", "")}
    [(path, _, message)] = listener.posted
    assert path == WEBHOOK
    assert message["text"] == "FAIL: patching of stack pww in us-east-1"
    assert "i-0123456789abcdef0" not in json.dumps(message)
    assert read_kept(tmp_path / NOTICES, tuple[Delivery, ...]) == sent.notices


@pytest.mark.parametrize(
    ("at", "path", "header", "value", "text"),
    [
        ("github", "/repos/group/name/issues", "Authorization", f"Bearer {TOKEN}", "body"),
        ("gitlab", "/projects/group%2Fname/issues", "PRIVATE-TOKEN", TOKEN, "description"),
    ],
)
def test_an_issue_is_created(tmp_path, listener, monkeypatch, at, path, header, value, text):
    """One request, with the token in the header that the server documents."""
    monkeypatch.setenv("THE_TOKEN", TOKEN)
    listener.status = 201
    _, became = send(tmp_path, run_of(), issues(at, api=listener.address))
    assert [state for state, _ in became.values()] == ["sent"]
    [(asked, headers, content)] = listener.posted
    assert (asked, headers[header.lower()]) == (path, value)
    assert content["title"] == "FAIL: patching of stack pww in us-east-1"
    assert f"Checks failed: {len(CHECKS)}" in content[text]


def test_no_issue_is_created_for_a_run_that_passed(tmp_path, listener, monkeypatch):
    """Nor is a chat told, where the policy wants to hear of what did not pass alone."""
    monkeypatch.setenv("THE_TOKEN", TOKEN)
    monkeypatch.setenv("THE_WEBHOOK", listener.address)
    run = run_of(Outcome.PASSED)
    policy = issues("github", api=listener.address)
    policy = replace_in(policy, webhook=slack().webhook, when="not-passed")
    _, became = send(tmp_path, run, policy)
    assert set(became.values()) == {("withheld", "the run passed")}
    _, became = send(tmp_path, run, replace_in(policy, when="always"))
    assert became["webhook of Slack"] == ("sent", "")
    assert len(listener.posted) == 1


def replace_in(policy, **changes):
    """Return a section with other keys."""
    return policy.model_copy(update=changes)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"mode": Mode.SIMULATED, "world": "unpatched"}, "a rehearsal sends nothing beyond the simulated AWS"),
        ({"endpoint_url": "http://127.0.0.1:5000"}, "a rehearsal sends nothing beyond the simulated AWS"),
        ({"mode": Mode.RECORDED}, "a run on two files sends nothing"),
        ({"interrupted": True}, "the run was interrupted"),
    ],
    ids=["simulated", "endpoint", "recorded", "interrupted"],
)
def test_a_run_that_must_not_page_anybody_does_not(tmp_path, listener, monkeypatch, changes, why):
    """It says what it withheld, and why."""
    monkeypatch.setenv("THE_WEBHOOK", listener.address)
    _, became = send(tmp_path, run_of(**changes), slack())
    assert became == {"webhook of Slack": ("withheld", why)}
    assert listener.posted == []


def test_reading_only_writes_nothing_to_aws(tmp_path):
    """Neither a topic nor Security Hub is asked with --read-only, and none of them for two files."""
    policy = NotifyPolicy(topic=TOPIC, security_hub="verdict")
    for changes in ({"read_only": True}, {"mode": Mode.RECORDED}):
        _, became = send(tmp_path, run_of(**changes), policy)
        assert {state for state, _ in became.values()} == {"withheld"}


def test_a_pack_that_is_judged_again_sends_nothing(tmp_path, listener, monkeypatch):
    """Nothing is stored either: what the run itself sent is in the pack."""
    monkeypatch.setenv("THE_WEBHOOK", listener.address)
    run, became = send(tmp_path, run_of(), slack(), pack=tmp_path)
    assert (became, listener.posted, [*tmp_path.glob(NOTICES)]) == ({}, [], [])
    assert run.notices == ()


@pytest.mark.parametrize("value", ["", "http://127.0.0.1/x", "https://two\nlines"])
def test_a_failure_is_said_and_changes_nothing(tmp_path, monkeypatch, value):
    """A variable that is empty or no address is told by its name, never by what it holds."""
    monkeypatch.setenv("THE_WEBHOOK", value)
    run = run_of(Outcome.PASSED)
    sent, became = send(tmp_path, run, slack())
    [(state, why)] = became.values()
    assert state == "failed"
    assert not value or value not in why
    assert (sent.verdict, sent.sentence) == (run.verdict, run.sentence)


def test_a_failure_that_nobody_thought_of_is_no_traceback(tmp_path):
    """Whatever a client raises, the run ends as it would."""
    _, became = send(tmp_path, run_of(), NotifyPolicy(topic=TOPIC))
    assert became == {"SNS topic patching": ("failed", "AssertionError")}


def test_a_report_that_could_not_be_written_is_taken_back(tmp_path, listener, monkeypatch):
    """Whoever was sent a verdict hears that it is void; whoever was not, hears nothing."""
    monkeypatch.setenv("THE_WEBHOOK", listener.address)
    policy = replace_in(slack(), topic=TOPIC)
    run, _ = send(tmp_path, run_of(Outcome.PASSED), policy)
    session = NoAws()
    session.settings = SimpleNamespace(policy=SimpleNamespace(notify=policy))
    said = take_back(run, SimpleNamespace(session=session))
    assert said == ("a correction was sent to webhook of Slack",)
    assert [message["text"].split(":")[0] for _, _, message in listener.posted] == ["PASS", "ERROR"]
    assert "disregard PASS" in listener.posted[1][2]["text"]
    listener.status = 500
    [said] = take_back(run, SimpleNamespace(session=session))
    assert said == "webhook of Slack was sent PASS, and no correction: the server answered with status 500"


def test_secrets_are_left_out_of_everything_that_is_written(monkeypatch):
    """The parts of an address that nobody else knows, and a token; a server's name is no secret."""
    monkeypatch.setenv("THE_WEBHOOK", f"https://hooks.example.com{WEBHOOK}?sig=Qw8Er2Ty6Ui0Op4As7Df1Gh5Jk9")
    monkeypatch.setenv("THE_TOKEN", TOKEN)
    note_secrets(replace_in(slack(), issue=issues("github").issue))
    for secret in (WEBHOOK.rpartition("/")[2], "Qw8Er2Ty6Ui0Op4As7Df1Gh5Jk9", TOKEN):
        assert redacted(f"a {secret} b") == f"a {INSTEAD} b"
    assert redacted("https://hooks.example.com/services of systems") == "https://hooks.example.com/services of systems"
    note_secrets(None)


def test_what_aws_refuses_is_said_in_its_words(tmp_path):
    """Who may not publish reads which action is missing."""

    class Refusing:
        @property
        def sending(self):
            raise CouldNotCheck("Allow sns:Publish to the caller. Could not ask SNS")

    _, became = send(tmp_path, run_of(), NotifyPolicy(topic=TOPIC), session=Refusing())
    assert became == {"SNS topic patching": ("failed", "Allow sns:Publish to the caller. Could not ask SNS")}
    assert Sending.FAILED == "failed"
