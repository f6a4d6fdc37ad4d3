"""Inspector's error for a page token that is not ours."""

from ..wire.errors import AwsError


def bad_token(message: str) -> AwsError:
    """Make inspector2's error for a page token that is not ours."""
    fields = [{"name": "nextToken", "message": message}]
    return AwsError("ValidationException", message, reason="FIELD_VALIDATION_FAILED", fields=fields)
