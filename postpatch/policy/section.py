"""The base of every section of the policy: unknown keys are refused and types are strict."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
InstanceId = Annotated[str, StringConstraints(pattern=r"^i-([0-9a-f]{8}|[0-9a-f]{17})$")]


class Section(BaseModel):
    """A table of `verify.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Tag(Section):
    """One tag, as EC2 has them."""

    key: Text
    value: str
