"""The targets of a fleet: each account and Region once, as `fleet.toml`, Organizations and CloudFormation name them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from postpatch.aws.organizations import MemberAccount, accounts_below, every_account, stack_instances
from postpatch.aws.session import Connection
from postpatch.errors import BadPolicy
from postpatch.fleet.file import FleetPolicy, TargetsPolicy
from postpatch.fleet.policies import policy_of
from postpatch.policy import policy_from
from postpatch.policy.role import RolePolicy


@dataclass(frozen=True)
class Target:
    """One run of a fleet. `name` is that of its folder, `policy` the text of its policy."""

    name: str
    account: str
    region: str
    policy: str
    roles: tuple[RolePolicy, ...]


@dataclass(frozen=True)
class Listed:
    """An account that no run judges, and why."""

    account: str
    name: str
    reason: str


@dataclass(frozen=True)
class Targets:
    """The targets, by name; the accounts that are no target for a reason; and active ones that nothing names."""

    targets: tuple[Target, ...]
    left_out: tuple[Listed, ...] = ()
    unlisted: tuple[Listed, ...] = ()


def texts_of(fleet: FleetPolicy, home: Path) -> dict[str, str]:
    """Return the text of each policy that the fleet names, relative to `home`.

    BadPolicy lists every problem of all of them. Each is read as the policy of one of its targets.
    """
    texts, problems = {}, []
    for one in fleet.targets:
        if one.policy not in texts:
            path = home / Path(one.policy).expanduser()
            try:
                texts[one.policy] = _read(path)
                _refuse_bad(path, texts[one.policy], one)
            except BadPolicy as error:
                problems.append(str(error))
    if problems:
        raise BadPolicy("\n".join(problems))
    return texts


def targets_of(fleet: FleetPolicy, texts: dict[str, str], connection: Connection | None) -> Targets:
    """Return the targets of a fleet; `connection` is needed if it `asks_aws`.

    BadPolicy if two selections name the same account and Region, or if there is no target at all.
    """
    found: dict[str, Target] = {}
    inactive: dict[str, MemberAccount] = {}
    problems = []
    omitted = {one.account for one in fleet.fleet.left_out}
    for place, one in enumerate(fleet.targets):
        for account, region in _pairs(one, connection, inactive):
            if account in omitted:
                continue
            name = "_".join(filter(None, (account, region, one.name)))
            if name in found:
                problems.append(f"targets[{place}]: {account} in {region} is a target already: give one a name")
                continue
            roles = tuple(role.in_account(account) for role in one.roles)
            found[name] = Target(
                name, account, region, policy_of(texts[one.policy], account, region, one.policy), roles
            )
    if not found:
        problems.append("there is no target: no account that is named or listed is active and not left out")
    if problems:
        raise BadPolicy("\n".join(problems))
    return _completed(fleet, tuple(found[name] for name in sorted(found)), connection, inactive)


def _completed(
    fleet: FleetPolicy, targets: tuple[Target, ...], connection: Connection | None, inactive: dict[str, MemberAccount]
) -> Targets:
    left_out = [Listed(one.account, "", one.reason) for one in fleet.fleet.left_out]
    unlisted = []
    if fleet.fleet.every_account and connection:
        named = {target.account for target in targets} | {one.account for one in left_out}
        for account in every_account(connection):
            if account.id in named:
                continue
            if account.active:
                unlisted.append(
                    Listed(account.id, account.name, "Organizations lists it, and the fleet's file does not")
                )
            else:
                inactive[account.id] = account
    left_out += [Listed(one.id, one.name, f"its state is {one.state}") for _, one in sorted(inactive.items())]
    return Targets(targets, tuple(left_out), tuple(unlisted))


def _pairs(
    one: TargetsPolicy, connection: Connection | None, inactive: dict[str, MemberAccount]
) -> Iterator[tuple[str, str]]:
    if one.accounts is not None:
        yield from ((account, region) for account in one.accounts for region in one.regions or ())
        return
    if connection is None:
        raise ValueError("AWS must be asked for these targets")
    if one.stack_set:
        instances = stack_instances(connection, one.stack_set.name, one.stack_set.call_as)
        yield from (pair for pair in instances if one.regions is None or pair[1] in one.regions)
        return
    units = one.organization.units if one.organization else None
    members = {
        account.id: account
        for part in ([accounts_below(connection, unit) for unit in units] if units else [every_account(connection)])
        for account in part
    }
    for account in members.values():
        if account.active:
            yield from ((account.id, region) for region in one.regions or ())
        else:
            inactive[account.id] = account


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BadPolicy(
            f"Write a policy with postpatch init, or correct policy in [[targets]]: there is no {path}."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{path}: cannot be read: {error}") from error


def _refuse_bad(path: Path, text: str, one: TargetsPolicy) -> None:
    account, region = (one.accounts or ["123456789012"])[0], (one.regions or ["us-east-1"])[0]
    try:
        policy_from(tomllib.loads(policy_of(text, account, region, str(path))), path)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"{path}: is not TOML: {error}") from error
