"""The base of every section of the policy: unknown keys are refused and types are strict."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

SECRET = "secret"  # noqa: S105 - the type of an error that does not repeat what was given
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def shaped(pattern: str, words: str) -> AfterValidator:
    """Return the validator of a text that must match `pattern` as a whole; its error says `words` instead."""
    expected = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if not expected.fullmatch(text):
            raise PydanticCustomError("shape", "must be {words}", {"words": words})
        return text

    return AfterValidator(check)


def shaped_each(pattern: str, words: str) -> AfterValidator:
    """Return the validator of a text or a list of texts, each of which must match `pattern` as a whole."""
    expected = re.compile(pattern, re.ASCII | re.DOTALL)

    def check(given: str | list[str]) -> str | list[str]:
        if not given or not all(expected.fullmatch(text) for text in each(given)):
            raise PydanticCustomError("shape", "must be {words}, or a list of such", {"words": words})
        return given

    return AfterValidator(check)


def each(given: str | list[str] | None) -> tuple[str, ...]:
    """Return the texts of a key that takes one or several; none where it is left out."""
    return (given,) if isinstance(given, str) else tuple(given or ())


InstanceId = Annotated[str, shaped(r"i-([0-9a-f]{8}|[0-9a-f]{17})", "an instance id, such as i-0123456789abcdef0")]
# botocore shapes MaintenanceWindowName, MaintenanceWindowTaskId and AssociationId
Name = Annotated[str, shaped(r"[a-zA-Z0-9_\-.]{3,128}", "3 to 128 letters, digits, underscores, hyphens and periods")]
Uuid = Annotated[
    str,
    shaped(
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "an id as AWS writes it, such as 01234567-89ab-cdef-0123-456789abcdef",
    ),
]


class Section(BaseModel):
    """A table of `verify.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Tag(Section):
    """One tag, as EC2 has them."""

    key: Text
    value: str
