"""`fleet.toml`: which accounts and Regions are judged, by which policy, and as whom. All problems are reported."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from postpatch.aws.regions import partitions
from postpatch.policy.reading import read_toml, validated
from postpatch.policy.role import RolePolicy
from postpatch.policy.section import Section, Text, shaped

_KINDS = ("accounts", "organization", "stack_set")


def _known(region: str) -> str:
    if region not in partitions():
        # `expected` is not in the words: the nearest of it is suggested.
        known = ", ".join(f"'{name}'" for name in partitions())
        raise PydanticCustomError("region", "is no Region that this botocore knows", {"expected": known})
    return region


Account = Annotated[str, shaped(r"\d{12}", "12 digits, such as 123456789012")]
Region = Annotated[str, AfterValidator(_known)]
# botocore shapes of organizations and cloudformation: OrganizationalUnitId, RootId, StackSetNameOrId
_Parent = Annotated[
    str,
    shaped(
        r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32}", "the id of an OU or of the root, such as ou-ab12-11111111"
    ),
]
_StackSet = Annotated[
    str,
    shaped(
        r"[a-zA-Z][-a-zA-Z0-9]*(:[a-zA-Z0-9]{8}(-[a-zA-Z0-9]{4}){3}-[a-zA-Z0-9]{12})?", "the name or id of a stack set"
    ),
]
_Name = Annotated[str, shaped(r"[a-z0-9][a-z0-9-]{0,31}", "1 to 32 lower-case letters, digits and hyphens")]


class OrganizationTargets(Section):
    """Accounts of the organization: `all`, or those in `units` (OUs or the root) and in every OU below them."""

    all: Literal[True] | None = None
    units: Annotated[list[_Parent], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.all is None) == (self.units is None):
            raise PydanticCustomError("organization", "give exactly one of all, units")
        return self


class StackSetTargets(Section):
    """The accounts and Regions of a stack set's instances, asked for as its administrator or as a delegated one."""

    name: _StackSet
    call_as: Literal["SELF", "DELEGATED_ADMIN"] = "SELF"


class TargetsPolicy(Section):
    """Targets: accounts times Regions, judged by one policy as one chain of roles.

    Exactly one of `accounts`, `organization` and `stack_set`. A stack set has Regions of its own; `regions` narrows
    them. `name` keeps apart two policies for the same account and Region.
    """

    name: _Name | None = None
    accounts: Annotated[list[Account], Field(min_length=1)] | None = None
    organization: OrganizationTargets | None = None
    stack_set: StackSetTargets | None = None
    regions: Annotated[list[Region], Field(min_length=1)] | None = None
    policy: Text = "verify.toml"
    roles: list[RolePolicy] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in _KINDS) != 1:
            raise PydanticCustomError("targets", "name exactly one of {kinds}", {"kinds": ", ".join(_KINDS)})
        if self.regions is None and self.stack_set is None:
            raise PydanticCustomError("targets", "regions is missing: only a stack set has Regions of its own")
        return self


class LeftOut(Section):
    """An account that is judged by no run, and why."""

    account: Account
    reason: Text


class FleetSection(Section):
    """What holds for the whole fleet.

    `region` is where STS and CloudFormation are asked; `roles` are assumed to ask Organizations and CloudFormation.
    With `every_account` an active account of the organization that is no target and not `left_out` is an error.
    """

    region: Region
    at_once: Annotated[int, Field(ge=1, le=64)] = 4
    every_account: bool = False
    roles: list[RolePolicy] = Field(default_factory=list)
    left_out: list[LeftOut] = Field(default_factory=list)


class LeftOutHost(Section):
    """A host that need not be managed, and why."""

    host: Annotated[str, shaped(r"i-[0-9a-f]{8,17}", "the id of an instance, such as i-0123456789abcdef0")]
    reason: Text


class NodesSection(Section):
    """Where Systems Manager is asked which hosts of the fleet it does not manage: each is an error, if not `left_out`.

    `region` is the home Region of its unified console, and `roles` lead to the console's delegated administrator.
    """

    region: Region
    roles: list[RolePolicy] = Field(default_factory=list)
    left_out: list[LeftOutHost] = Field(default_factory=list)


class DelegatedSection(Section):
    """The findings are read by Inspector's delegated administrator, once in each Region; `roles` lead to it."""

    roles: list[RolePolicy] = Field(default_factory=list)


class FleetPolicy(Section):
    """The whole of `fleet.toml`."""

    fleet: FleetSection
    nodes: NodesSection | None = None
    delegated: DelegatedSection | None = None
    targets: Annotated[list[TargetsPolicy], Field(min_length=1)]

    @property
    def asks_aws(self) -> bool:
        """Return whether AWS is asked which accounts there are."""
        return self.fleet.every_account or any(one.accounts is None for one in self.targets)


def load_fleet(path: Path) -> FleetPolicy:
    """Read the fleet at `path`; BadPolicy lists every unknown key, wrong type and impossible value with its path."""
    document = read_toml(path, "Write a fleet.toml (docs/fleet.md has one), or name one with --fleet")
    beside = [*_repeated(document), *_other_partition(document)]
    return validated(FleetPolicy, document, path, beside, called="a fleet's file")


def _repeated(document: Mapping[str, Any]) -> Iterator[str]:
    first: dict[object, str] = {}
    for place, targets in _tables(document.get("targets")):
        pairs = product(_listed(targets.get("accounts")), _listed(targets.get("regions")))
        for account, region in pairs:
            here, key = f"targets[{place}]", (account, region, targets.get("name"))
            before = first.setdefault(key, here)
            if before is not here:
                other = "" if before == here else f", which {before} names too: give one of them a name"
                yield f"{here}: {account} in {region} is named twice{other}"
    named = {account for _, targets in _tables(document.get("targets")) for account in _listed(targets.get("accounts"))}
    fleet = document.get("fleet")
    for place, left in _tables(fleet.get("left_out") if isinstance(fleet, dict) else None):
        if left.get("account") in named:
            yield f"fleet.left_out[{place}]: {left['account']} is an account of targets too: keep one of them"


def _other_partition(document: Mapping[str, Any]) -> Iterator[str]:
    for place, targets in _tables(document.get("targets")):
        theirs = {partitions()[region] for region in _listed(targets.get("regions")) if region in partitions()}
        for number, role in _tables(targets.get("roles")):
            partition = str(role.get("arn")).split(":")[1:2]
            if theirs - {*partition}:
                yield (
                    f"targets[{place}].roles[{number}].arn: is of the partition {''.join(partition)}, "
                    f"the regions are of {', '.join(sorted(theirs))}"
                )


def _tables(value: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    return ((place, one) for place, one in enumerate(value if isinstance(value, list) else []) if isinstance(one, dict))


def _listed(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
