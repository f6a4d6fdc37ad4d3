"""The roles that a run assumes, one after the other, before it asks AWS anything: `--roles FILE`, or a fleet's."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from postpatch.policy.reading import read_toml, validated
from postpatch.policy.section import Section, shaped
from postpatch.text.toml import toml

ACCOUNT = "{account}"  # in an ARN: the account of each target of a fleet
# Shapes and limits: botocore's model of sts, AssumeRoleRequest.
_Arn = Annotated[
    str,
    shaped(
        r"arn:aws[a-z-]*:iam::(\d{12}|\{account\}):role/[\w+=,.@/-]{1,576}",
        "the ARN of a role, such as arn:aws:iam::123456789012:role/postpatch",
    ),
]
_ExternalId = Annotated[str, shaped(r"[\w+=,.@:/-]{2,1224}", "2 to 1,224 letters, digits and _+=,.@:/-")]
_SessionName = Annotated[str, shaped(r"[\w+=,.@-]{2,64}", "2 to 64 letters, digits and _+=,.@-")]
_Key = Annotated[str, StringConstraints(min_length=1, max_length=128)]
_MOST_TAGS = 50


class RolePolicy(Section):
    """A role to assume: its ARN, and what its trust policy may ask for.

    `tags` are session tags; those of `transitive_tags` also go with the sessions of the roles after it. `{account}` in
    the ARN stands for the account of each target of a fleet.
    """

    arn: _Arn
    external_id: _ExternalId | None = None
    session_name: _SessionName = "postpatch"
    tags: Annotated[dict[_Key, Annotated[str, StringConstraints(max_length=256)]], Field(max_length=_MOST_TAGS)] = (
        Field(default_factory=dict)
    )
    transitive_tags: list[_Key] = Field(default_factory=list)

    @model_validator(mode="after")
    def _tags_are_there(self) -> Self:
        if absent := sorted({*self.transitive_tags} - self.tags.keys()):
            raise PydanticCustomError(
                "tags", "transitive_tags names no key of tags: {keys}", {"keys": ", ".join(absent)}
            )
        return self

    @property
    def partition(self) -> str:
        """Return the partition of AWS that the role is in."""
        return self.arn.split(":")[1]

    def in_account(self, account: str) -> "RolePolicy":
        """Return the role as it is called in an account."""
        return self.model_copy(update={"arn": self.arn.replace(ACCOUNT, account)})


class RolesPolicy(Section):
    """A chain of roles, `[[role]]` each, and the Region whose STS is asked for them."""

    region: Annotated[str, shaped(r"[a-z]{2,}(-[a-z]+)+-\d", "the code of a Region, such as us-east-1")]
    role: Annotated[list[RolePolicy], Field(min_length=1)]


def load_roles(path: Path) -> RolesPolicy:
    """Read the roles at `path`; BadPolicy lists every problem with its key."""
    document = read_toml(path, "Name a file of roles with --roles")
    return validated(RolesPolicy, document, path, [*_without_account(document)], called="a file of roles")


def roles_as_toml(region: str, roles: Sequence[RolePolicy]) -> str:
    """Return a chain of roles as the text of a file for `--roles`."""
    lines = [f"region = {toml(region)}"]
    for role in roles:
        lines += ["", "[[role]]", f"arn = {toml(role.arn)}", f"session_name = {toml(role.session_name)}"]
        lines += [f"external_id = {toml(role.external_id)}"] if role.external_id else []
        lines += [f"tags = {toml(role.tags)}"] if role.tags else []
        lines += [f"transitive_tags = {toml(role.transitive_tags)}"]
    return "\n".join(lines) + "\n"


def _without_account(document: Mapping[str, object]) -> Iterator[str]:
    roles = document.get("role")
    for place, role in enumerate(roles if isinstance(roles, list) else []):
        if isinstance(role, dict) and ACCOUNT in str(role.get("arn")):
            yield f"role[{place}].arn: write the account instead of {ACCOUNT}, which only a fleet's file may hold"
