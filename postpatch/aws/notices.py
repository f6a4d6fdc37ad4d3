"""Send what a run says to AWS: publish it to an SNS topic, import findings into Security Hub."""

from collections.abc import Mapping, Sequence
from typing import Any

from postpatch.aws.session import Connection, asking
from postpatch.errors import CouldNotCheck
from postpatch.text.legible import one_line

_AT_ONCE = 100  # findings (Security Hub API reference, BatchImportFindings)


def publish(connection: Connection, topic: str, subject: str, message: str) -> None:
    """Publish a message to the topic with this ARN; CouldNotCheck says why SNS did not take it."""
    with asking(f"SNS to publish to {topic}"):
        connection.client("sns").publish(TopicArn=topic, Subject=subject, Message=message)


def import_findings(connection: Connection, findings: Sequence[Mapping[str, Any]]) -> None:
    """Import findings in AWS Security Finding Format; CouldNotCheck says how many were refused, and why."""
    refused: list[Mapping[str, Any]] = []
    with asking("Security Hub to import findings"):
        client = connection.client("securityhub")
        for start in range(0, len(findings), _AT_ONCE):
            answer = client.batch_import_findings(Findings=list(findings[start : start + _AT_ONCE]))
            refused += answer["FailedFindings"]
    if refused:
        why = one_line(str(refused[0].get("ErrorMessage", "")))
        raise CouldNotCheck(f"Security Hub refused {len(refused)} of {len(findings)} findings: {why}")
