"""Waivers: what they match, how long they hold, and FIND-7."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from postpatch.model import Finding, Judgement, Package
from postpatch.policy import Policy, Waiver
from postpatch.verdict.delta import Delta
from postpatch.verdict.findings import waivers_current
from postpatch.verdict.waivers import ends_at, matches, waived

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
LATER = date(2027, 6, 1)


def waiver(**named: Any) -> Waiver:
    """Return a waiver of what is named."""
    return Waiver(**{"reason": "not reachable", "approver": "CISO", "expires": LATER, **named})


@pytest.mark.parametrize(
    ("named", "matched"),
    [
        pytest.param({"vulnerability": "CVE-2026-1"}, True, id="vulnerability"),
        pytest.param({"vulnerability": "CVE-2026-11"}, False, id="another-vulnerability"),
        pytest.param({"package": "openssl"}, True, id="package"),
        pytest.param({"package": "openssl-libs"}, False, id="another-package"),
        pytest.param({"vulnerability": "CVE-2026-1", "package": "openssl"}, True, id="both"),
        pytest.param({"vulnerability": "CVE-2026-1", "package": "vim"}, False, id="both-must-match"),
        pytest.param({"vulnerability": "CVE-2026-1", "host": A}, True, id="on-its-host"),
        pytest.param({"vulnerability": "CVE-2026-1", "host": B}, False, id="on-another-host"),
    ],
)
def test_a_waiver_matches_by_all_that_it_names(
    make_finding: Callable[..., Finding], named: dict[str, str], matched: bool
) -> None:
    """A waiver speaks of a finding only if everything it names is so."""
    assert matches(waiver(**named), make_finding()) is matched


def test_a_package_waiver_accepts_no_other_package(
    make_finding: Callable[..., Finding], make_package: Callable[..., Package]
) -> None:
    """Where a finding has a second package besides the waived one, its risk is not accepted."""
    both = make_finding(packages=(make_package(), make_package(name="vim")))
    twice = make_finding(packages=(make_package(), make_package(arch="I686")))
    assert not matches(waiver(package="openssl"), both)
    assert matches(waiver(package="openssl"), twice)
    assert not matches(waiver(package="openssl"), make_finding(packages=()))


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        (datetime(2027, 6, 1, 0, 0, 0, tzinfo=UTC), True),
        (datetime(2027, 6, 1, 23, 59, 59, 999999, tzinfo=UTC), True),
        (datetime(2027, 6, 2, 0, 0, 0, tzinfo=UTC), False),
    ],
)
def test_a_waiver_holds_through_its_last_second(
    make_finding: Callable[..., Finding], moment: datetime, holds: bool
) -> None:
    """The day it expires on is the last day it holds, in UTC."""
    one = waiver(vulnerability="CVE-2026-1")
    assert ends_at(one) == datetime(2027, 6, 2, tzinfo=UTC)
    assert waived(make_finding(), [one], moment) is holds


@pytest.fixture
def judged(make_policy: Callable[..., Policy], make_delta: Callable[..., Delta]) -> Callable[..., Judgement]:
    """Judge FIND-7 of these waivers where these findings remain."""

    def judge(waivers: list[dict[str, Any]], *remaining: Finding) -> Judgement:
        usual = {"reason": "not reachable", "approver": "CISO", "expires": LATER}
        policy = make_policy(waiver=[usual | one for one in waivers])
        return waivers_current(make_delta(remaining, remaining), policy, NOW)

    return judge


def test_no_waivers_is_proven(judged: Callable[..., Judgement]) -> None:
    """A policy without waivers has none that expired, and says so."""
    assert judged([]) == Judgement(True, "the policy has no waivers")


def test_a_current_waiver_that_is_used_is_proven(
    judged: Callable[..., Judgement], make_finding: Callable[..., Finding]
) -> None:
    """A waiver in its time that matches a finding is green and needs no note."""
    judgement = judged([{"vulnerability": "CVE-2026-1"}], make_finding())
    assert (judgement.holds, judgement.reason, judgement.notes) == (True, "1 waiver current", ())


def test_an_expired_waiver_is_red(judged: Callable[..., Judgement], make_finding: Callable[..., Finding]) -> None:
    """A waiver past its day is red and named with that day, also beside one that is current."""
    expired = {"vulnerability": "CVE-2026-1", "package": "openssl", "host": A, "expires": date(2026, 11, 20)}
    judgement = judged([expired, {"package": "openssl"}], make_finding())
    assert not judgement.holds
    assert f"waiver CVE-2026-1 in openssl on {A} is through 2026-11-20, must be not expired" in judgement.reason
    assert [one.holds for one in judgement.facts] == [False, True]


def test_an_unused_waiver_is_told(judged: Callable[..., Judgement], make_finding: Callable[..., Finding]) -> None:
    """A waiver that matches nothing any more is reported, so that it can go."""
    judgement = judged([{"vulnerability": "CVE-1999-1"}], make_finding())
    assert judgement.notes == ("unused: CVE-1999-1",)


@pytest.mark.parametrize(
    ("expires", "told"),
    [(date(2026, 11, 21), True), (date(2026, 12, 4), True), (date(2026, 12, 5), False)],
    ids=["today", "in-two-weeks", "later"],
)
def test_a_waiver_that_ends_soon_is_told(
    judged: Callable[..., Judgement], make_finding: Callable[..., Finding], expires: date, told: bool
) -> None:
    """Two weeks before a waiver ends somebody hears of it."""
    judgement = judged([{"vulnerability": "CVE-2026-1", "expires": expires}], make_finding())
    assert judgement.holds
    assert judgement.notes == ((f"ends soon: CVE-2026-1, {expires}",) if told else ())
