"""The one exception an operation raises to answer with an AWS error."""

from typing import Any


class AwsError(Exception):
    """Answer with an AWS error.

    `code` is the name AWS gives it (the error shape's name where the model has one), `status` the HTTP status,
    `members` what else the error's shape carries, such as inspector2's `reason` and `fields`.
    """

    def __init__(self, code: str, message: str, *, status: int = 400, **members: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members


class BrokenAnswer(Exception):
    """Say that an answer of the simulator itself does not fit botocore's model: our defect, never the caller's."""


class HandOn(Exception):
    """Say that this call, although its operation is one of ours, concerns something that moto keeps."""


class HungUp(ConnectionResetError):
    """Close the connection without an answer; whoever serves the application does that for a ConnectionError."""
