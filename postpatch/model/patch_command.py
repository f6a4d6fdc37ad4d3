"""One run of a document that patches, on one host."""

from dataclasses import dataclass
from datetime import datetime

RUN_COMMAND = "Run Command"
# AWS's words for an invocation that did not reach the host, or ended before it began there. Systems Manager user guide,
# "Understanding command statuses", and botocore: CommandInvocation.StatusDetails; State Manager's Skipped.
_NEVER_BEGAN = frozenset(
    {
        *("pending", "delayed", "deliverytimedout", "undeliverable", "terminated", "canceled", "cancelled"),
        *("cancelling", "invalidplatform", "accessdenied", "skipped"),
    }
)


@dataclass(frozen=True)
class PatchCommand:
    """One run of a document that patches on a host: of Run Command, or of a State Manager association (`via`).

    `command` is the command's or the association execution's id. `detail` is AWS's own word on the status, where it
    gives one. `started_at` is None where the document never began on the host, or where that is not recorded.
    """

    host: str
    command: str
    operation: str
    status: str
    requested_at: datetime
    ended_at: datetime | None = None
    document: str = "AWS-RunPatchBaseline"
    via: str = RUN_COMMAND
    detail: str = ""
    started_at: datetime | None = None
    override_list: str = ""
    baseline_override: str = ""

    @property
    def never_started(self) -> bool:
        """Return whether the document never began on the host: it was cancelled, or could not be delivered, before.

        What AWS says to be in progress, to have failed or to have timed out in execution began, even if it does not
        say when.
        """
        return self.started_at is None and self.detail.replace(" ", "").lower() in _NEVER_BEGAN

    @property
    def earliest_start(self) -> datetime:
        """Return when it began on the host at the earliest.

        Of an association AWS documents a date of the last execution, and not whether that is its beginning or its end.
        """
        return self.began_at if self.via == RUN_COMMAND else self.requested_at

    @property
    def began_at(self) -> datetime:
        """Return when it began on the host, or when it was requested where only that is recorded."""
        return self.started_at or self.requested_at

    @property
    def recency(self) -> tuple[object, ...]:
        """Return what orders the commands of a host, the newest last: when each began, and then whether it succeeded.

        Of those of one moment one that did not succeed counts as the newest. AWS may list a command twice, if it ends
        while its pages are read.
        """
        return (self.began_at, self.in_progress, self.status != "Success", self.operation, self.command, self.status)

    @property
    def in_progress(self) -> bool:
        """Return whether it has not ended yet."""
        return self.status in ("Pending", "InProgress", "Delayed", "Cancelling")

    @property
    def overrides(self) -> str:
        """Return what took the place of the patch baseline in it, or nothing."""
        return self.override_list or self.baseline_override
