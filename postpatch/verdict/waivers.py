"""Waivers: accepted risks. One takes a finding out of the gates; it never changes the finding's class."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from postpatch.model import Finding
from postpatch.policy import Waiver

SOON = timedelta(days=14)


def ends_at(waiver: Waiver) -> datetime:
    """Return the first moment at which the waiver no longer holds: midnight UTC after its last day."""
    return datetime.combine(waiver.expires, time(), UTC) + timedelta(days=1)


def matches(waiver: Waiver, finding: Finding) -> bool:
    """Tell whether the waiver speaks of the finding: all that it names must match."""
    names = {package.name for package in finding.packages}
    return (
        waiver.vulnerability in (None, finding.vulnerability)
        and (waiver.package is None or names == {waiver.package})
        and waiver.host in (None, finding.host)
    )


def waived(finding: Finding, waivers: Iterable[Waiver], now: datetime) -> bool:
    """Tell whether a waiver that holds at `now` accepts the finding's risk."""
    return any(now < ends_at(waiver) and matches(waiver, finding) for waiver in waivers)
