"""Inspector of an organization in one Region: its delegated administrator, and the members associated with it.

Source: Inspector user guide, "Managing multiple accounts" and "Understanding the delegated administrator account and
member accounts": the management account designates it, in each Region; it sees the findings and the coverage of the
members that are associated with it. Its suppression rules are not applied to theirs here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from ..inspector2.coverage import CoverageOperations
from ..inspector2.list_findings import FindingOperations
from ..inspector2.tokens import bad_token
from ..simulator import Simulator
from ..wire.errors import AwsError
from ..wire.front import Operations
from ..wire.reading import Params


@dataclass
class InspectorOrganization:
    """What one Region knows: the accounts with their simulators, and since when each member is associated or not."""

    management: str
    accounts: dict[str, Simulator]
    administrator: str = ""
    associated: dict[str, bool] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)

    def join(self) -> None:
        """Have each account answer for its part in the organization."""
        for account, simulator in self.accounts.items():
            simulator.answer_too("inspector2", MemberOperations(self, account, simulator).operations())
            simulator.findings.members = partial(self._findings, account)
            simulator.coverage.members = partial(self._coverage, account)

    def _findings(self, account: str) -> list[FindingOperations]:
        return [one.findings for one in self.seen_by(account)]

    def _coverage(self, account: str) -> list[CoverageOperations]:
        return [one.coverage for one in self.seen_by(account)]

    def seen_by(self, account: str) -> Iterator[Simulator]:
        """Yield the members that an account sees beside itself: none, if it is not the administrator.

        Each account has a clock of its own: no answer is dated before what it says.
        """
        if account != self.administrator:
            return
        members = [self.accounts[one] for one, now in self.associated.items() if now and one in self.accounts]
        for member in members:
            self.accounts[account].catch_up(member.now())
        yield from members


class MemberOperations:
    """Answer what an account asks about the administrator and the members of its organization."""

    def __init__(self, organization: InspectorOrganization, account: str, simulator: Simulator) -> None:
        self._organization, self._account, self._simulator = organization, account, simulator

    def operations(self) -> Operations:
        """Name the operations that this class answers."""
        return {
            "EnableDelegatedAdminAccount": self.enable_delegated_admin_account,
            "GetDelegatedAdminAccount": self.get_delegated_admin_account,
            "AssociateMember": self.associate_member,
            "DisassociateMember": self.disassociate_member,
            "GetMember": self.get_member,
            "ListMembers": self.list_members,
        }

    def enable_delegated_admin_account(self, params: Params) -> dict[str, Any]:
        """Designate the administrator, as the management account; another one is a conflict."""
        wanted, organization = params["delegatedAdminAccountId"], self._organization
        if self._account != organization.management:
            raise _denied("Only the management account of the organization designates a delegated administrator")
        if organization.administrator not in ("", wanted):
            raise AwsError(
                "ConflictException", "There is another delegated administrator", status=409,
                resourceId=organization.administrator, resourceType="AWS::Inspector::DelegatedAdmin",
            )  # fmt: skip
        self._known(wanted)
        organization.administrator = wanted
        return {"delegatedAdminAccountId": wanted}

    def get_delegated_admin_account(self, _: Params) -> dict[str, Any]:
        """Name the administrator; without one it is not found."""
        administrator = self._organization.administrator
        if not administrator:
            raise AwsError("ResourceNotFoundException", "There is no delegated administrator", status=404)
        return {"delegatedAdmin": {"accountId": administrator, "relationshipStatus": "ENABLED"}}

    def associate_member(self, params: Params) -> dict[str, Any]:
        """Associate an account of the organization, as the administrator."""
        return self._change(params["accountId"], associated=True)

    def disassociate_member(self, params: Params) -> dict[str, Any]:
        """End the association of a member, as the administrator."""
        return self._change(params["accountId"], associated=False)

    def get_member(self, params: Params) -> dict[str, Any]:
        """Describe a member, to the administrator."""
        self._require_administrator()
        if params["accountId"] not in self._organization.associated:
            raise AwsError("ResourceNotFoundException", "There is no such member", status=404)
        return {"member": self._row(params["accountId"])}

    def list_members(self, params: Params) -> dict[str, Any]:
        """List members, to the administrator; those whose association ended where `onlyAssociated` is false."""
        self._require_administrator()
        every = params.get("onlyAssociated") is False
        [*self._organization.seen_by(self._account)]  # moves this account's clock on to theirs
        found = [self._row(one) for one, now in sorted(self._organization.associated.items()) if now or every]
        rows, token = self._simulator.pages.cut("ListMembers", params, lambda: found, default=50, refuse=bad_token)
        return {"members": rows, "nextToken": token}

    def _change(self, account: str, *, associated: bool) -> dict[str, Any]:
        self._require_administrator()
        self._known(account)
        self._organization.associated[account] = associated
        self._organization.since[account] = self._simulator.now()
        return {"accountId": account}

    def _row(self, account: str) -> dict[str, Any]:
        organization = self._organization
        return {
            "accountId": account,
            "delegatedAdminAccountId": organization.administrator,
            "relationshipStatus": "ENABLED" if organization.associated[account] else "REMOVED",
            "updatedAt": organization.since[account],
        }

    def _require_administrator(self) -> None:
        if self._account != self._organization.administrator:
            raise _denied("Only the delegated administrator has members")

    def _known(self, account: str) -> None:
        if account not in self._organization.accounts:
            message = f"{account} is no account of the organization"
            raise AwsError("ValidationException", message, reason="OTHER", fields=[])


def _denied(message: str) -> AwsError:
    return AwsError("AccessDeniedException", message, status=403)
