"""`[notify]` in whole runs on the simulated AWS: what it takes, what is told, and that nothing else depends on it."""

import json

from iam.rehearsal import Rehearsal
from postpatch.__main__ import main
from postpatch.model import Mode, Sending
from postpatch.run.notifying import notified
from postpatch.simulator import Deployment, Simulator, worlds
from postpatch.verdict.run import Outcome
from tests.run.test_notifying import run_of
from tests.suite.rehearsing import BEGINS, collection_of
from tests.suite.world_policies import in_toml

TOPIC = "arn:aws:sns:us-east-1:123456789012:patching"
IN_AWS = {"topic": TOPIC, "security_hub": "checks", "link": "https://reports.example.com/{run}"}
WEBHOOK = {"format": "teams", "address_from": "THE_WEBHOOK"}
DENIED = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"},
    {"Effect": "Deny", "Action": ["sns:*", "securityhub:*"], "Resource": "*"},
]}  # fmt: skip


def policy(folder, **notify):
    """Return the option that names the shipped policy with `[notify]`."""
    path = folder / "policy.toml"
    path.write_text(in_toml({"notify": notify}), encoding="utf-8")
    return f"--policy={path}"


def test_a_rehearsal_sends_to_the_simulated_aws_alone(rehearse, tmp_path):
    """The topic and Security Hub take it, and no chat is told; page, terminal, verify.json and the calls say so."""
    ran = rehearse(policy(tmp_path, **IN_AWS, webhook=WEBHOOK), THE_WEBHOOK="https://203.0.113.1/x")
    assert ran.exit == 0, ran.out
    assert [(one["to"], one["state"]) for one in ran.verdict["notices"]] == [
        ("SNS topic patching", "sent"), ("Security Hub", "sent"), ("webhook of Microsoft Teams", "withheld"),
    ]  # fmt: skip
    assert ran.verdict["calls"]["sns:Publish"] == 1
    assert ran.verdict["calls"]["securityhub:BatchImportFindings"] == 1
    page = (ran.reports / "verify.html").read_text(encoding="utf-8")
    withheld = "The verdict was not sent to webhook of Microsoft Teams: a rehearsal sends nothing"
    for said in ("The verdict was sent to SNS topic patching.", withheld):
        assert said in page
        assert said in ran.out


def test_judged_again_it_says_the_same_and_sends_nothing(rehearse, tmp_path, capsys):
    """The pack holds what became of the notices: its report is the same, byte for byte."""
    ran = rehearse(policy(tmp_path, **IN_AWS))
    assert main(["evidence", "rejudge", str(ran.reports)]) == 0, capsys.readouterr().out


def test_a_refusal_of_aws_changes_neither_verdict_nor_exit_code(rehearse, tmp_path):
    """Who may not publish reads what to allow, in the terminal, on the page and in the summary."""
    ran = rehearse(policy(tmp_path, **IN_AWS), prepare=Rehearsal("workshop", tmp_path / "calls", None, DENIED))
    assert (ran.exit, ran.verdict["verdict"]) == (0, "PASS"), ran.out
    assert [one["state"] for one in ran.verdict["notices"]] == ["failed", "failed"]
    assert "Traceback" not in ran.out
    written = [(ran.reports / name).read_text(encoding="utf-8") for name in ("verify.html", "summary.md")]
    for text in (ran.out, *written):
        assert "The verdict was not sent to SNS topic patching: Allow sns:Publish to the caller." in text


def test_subscribers_get_it_and_a_later_run_updates_the_findings(tmp_path):
    """A queue that is subscribed receives verdict, counts and link; Security Hub keeps one finding for the verdict."""
    path = tmp_path / "policy.toml"
    path.write_text(in_toml({"notify": IN_AWS | {"security_hub": "verdict"}}), encoding="utf-8")
    aws = Simulator(worlds()["workshop"], BEGINS, Deployment(topic="patching"))
    sqs = aws.client("sqs")
    queue = sqs.create_queue(QueueName="people")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    aws.client("sns").subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=arn)
    collection = collection_of(tmp_path / "run", worlds()["workshop"], path, aws)
    for outcome in (Outcome.FAILED, Outcome.PASSED):
        sent = notified(run_of(outcome, mode=Mode.SIMULATED, world="workshop"), collection)
        assert [one.state for one in sent.notices] == [Sending.SENT, Sending.SENT]
    got = [json.loads(one["Body"]) for one in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]]
    assert [one["Subject"] for one in got] == [
        "SIMULATED: FAIL: patching of stack pww in us-east-1", "SIMULATED: PASS: patching of stack pww in us-east-1",
    ]  # fmt: skip
    assert f"Report: https://reports.example.com/{sent.id}" in got[1]["Message"]
    [finding] = aws.client("securityhub").get_findings()["Findings"]
    assert finding["Compliance"]["Status"] == "PASSED"
    assert finding["FindingProviderFields"]["Severity"] == {"Label": "INFORMATIONAL"}
