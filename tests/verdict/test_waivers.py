"""Waivers: what they match, how long they hold, and FIND-7."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from postpatch.model import Finding, Judgement, Package
from postpatch.policy import Policy, Waiver
from postpatch.verdict.delta import Delta
from postpatch.verdict.waivers import (
    Waivers,
    WaiverState,
    WaiverUse,
    holds,
    matches,
    waiver_uses,
    waivers_current,
)

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
LATER = date(2027, 6, 1)
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


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
    ("named", "tags", "matched"),
    [
        pytest.param({"key": "Env", "value": "test"}, {"Env": "test", "Name": "a"}, True, id="its-tag"),
        pytest.param({"key": "Env", "value": "prod"}, {"Env": "test"}, False, id="another-value"),
        pytest.param({"key": "env", "value": "test"}, {"Env": "test"}, False, id="tags-are-case-sensitive"),
        pytest.param({"key": "Env", "value": ""}, {"Env": ""}, True, id="an-empty-value"),
        pytest.param({"key": "Env", "value": ""}, {}, False, id="no-such-tag"),
    ],
)
def test_a_waiver_may_name_hosts_by_a_tag(
    make_finding: Callable[..., Finding], named: dict[str, str], tags: dict[str, str], matched: bool
) -> None:
    """A waiver for the hosts with a tag speaks of those that have it now, to the letter."""
    one = waiver(vulnerability="CVE-2026-1", host_tag=named)
    assert matches(one, make_finding(), frozenset(tags.items())) is matched


@pytest.mark.parametrize(
    ("port", "begin", "end", "matched"),
    [("TCP 22", 22, 22, True), ("TCP 22", 22, 80, False), ("TCP 22-80", 22, 80, True), ("UDP 22", 22, 22, False)],
)
def test_a_waiver_may_name_a_port(
    make_finding: Callable[..., Finding], port: str, begin: int, end: int, matched: bool
) -> None:
    """An open port has no vulnerability's id: it is accepted by protocol and range, exactly."""
    open_port = make_finding("", type="NETWORK_REACHABILITY", protocol="TCP", port_begin=begin, port_end=end)
    assert matches(waiver(port=port), open_port) is matched
    assert not matches(waiver(port=port), make_finding())


@pytest.mark.parametrize(
    ("expires", "moment", "held"),
    [
        (date(2027, 6, 1), datetime(2027, 6, 1, 0, 0, 0, tzinfo=UTC), True),
        (date(2027, 6, 1), datetime(2027, 6, 1, 23, 59, 59, 999999, tzinfo=UTC), True),
        (date(2027, 6, 1), datetime(2027, 6, 2, 0, 0, 0, tzinfo=UTC), False),
        pytest.param(date(2027, 6, 1), datetime(2027, 6, 2, 1, tzinfo=BERLIN), True, id="late-in-utc"),
        pytest.param(date(2027, 6, 1), datetime(2027, 6, 1, 20, tzinfo=NEW_YORK), False, id="early-in-new-york"),
        pytest.param(date(2028, 2, 29), datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC), True, id="a-leap-day"),
        pytest.param(date(9999, 12, 31), datetime(2027, 6, 1, tzinfo=UTC), True, id="the-last-day-there-is"),
    ],
)
def test_a_waiver_holds_through_its_last_second(expires: date, moment: datetime, held: bool) -> None:
    """The day it expires on is the last day it holds, in UTC, whatever zone a clock shows."""
    assert holds(waiver(vulnerability="CVE-2026-1", expires=expires), moment) is held


def test_only_a_waiver_that_holds_accepts(
    make_finding: Callable[..., Finding], make_delta: Callable[..., Delta]
) -> None:
    """An expired waiver speaks of a finding and no longer accepts its risk; another may."""
    one = make_finding()
    over = waiver(vulnerability="CVE-2026-1", expires=date(2026, 11, 20))
    delta = make_delta([one], [one], tags={A: {"Env": "test"}})
    assert not Waivers([over], delta, NOW).accept(one)
    assert Waivers([over, waiver(package="openssl")], delta, NOW).accept(one)
    assert Waivers([waiver(package="openssl", host_tag={"key": "Env", "value": "test"})], delta, NOW).accept(one)
    assert not Waivers([waiver(package="openssl", host_tag={"key": "Env", "value": "prod"})], delta, NOW).accept(one)
    assert not Waivers([waiver(vulnerability="CVE-2026-2"), waiver(package="vim")], delta, NOW).accept(one)


Judged = Callable[..., tuple[Judgement, tuple[WaiverUse, ...]]]


def used(delta: Delta, policy: Policy) -> tuple[WaiverUse, ...]:
    """Return what each waiver of the policy does with the delta."""
    return waiver_uses(delta, Waivers(policy.waiver, delta, NOW))


@pytest.fixture
def judged(make_policy: Callable[..., Policy], make_delta: Callable[..., Delta]) -> Judged:
    """Judge FIND-7 of these waivers where these findings remain, and tell each waiver's use."""

    def judge(
        waivers: list[dict[str, Any]], *remaining: Finding, **seen: Any
    ) -> tuple[Judgement, tuple[WaiverUse, ...]]:
        usual = {"reason": "not reachable", "approver": "CISO", "expires": LATER}
        policy = make_policy(waiver=[usual | one for one in waivers])
        uses = used(make_delta(remaining, remaining, **seen), policy)
        return waivers_current(uses), uses

    return judge


def test_no_waivers_is_proven(judged: Judged) -> None:
    """A policy without waivers has none that expired, and says so."""
    assert judged([]) == (Judgement(True, "the policy has no waivers"), ())


def test_a_current_waiver_that_is_used_is_proven(judged: Judged, make_finding: Callable[..., Finding]) -> None:
    """A waiver in its time that matches a finding is green and needs no note."""
    judgement, [use] = judged(
        [{"vulnerability": "CVE-2026-1", "host": A, "ticket": "SEC-1"}], make_finding(), make_finding("CVE-2026-2")
    )
    assert (judgement.holds, judgement.reason, judgement.notes) == (True, "1 waiver, none expired", ())
    assert use == WaiverUse(
        what="CVE-2026-1", where=A, reason="not reachable", approver="CISO", expires=LATER, ticket="SEC-1",
        state=WaiverState.CURRENT, findings=1, hosts=1, days_left=192,
    )  # fmt: skip
    assert use.accepts


def test_an_expired_waiver_is_red(judged: Judged, make_finding: Callable[..., Finding]) -> None:
    """A waiver past its day is red and named with that day, also beside one that is current."""
    expired = {"vulnerability": "CVE-2026-1", "package": "openssl", "host": A, "expires": date(2026, 11, 20)}
    judgement, uses = judged([expired, {"package": "openssl"}], make_finding())
    assert not judgement.holds
    assert f"waiver CVE-2026-1 in openssl on {A}: expected not expired, found through 2026-11-20" in judgement.reason
    assert [one.holds for one in judgement.facts] == [False, True]
    assert [(use.state, use.days_left, use.findings, use.accepts) for use in uses] == [
        (WaiverState.EXPIRED, -1, 1, False),
        (WaiverState.CURRENT, 192, 1, True),
    ]


def test_a_package_beside_others_is_not_waived_and_the_note_says_so(
    judged: Judged, make_finding: Callable[..., Finding]
) -> None:
    """A waiver for a package never accepts what other packages have too; that it was meant to is told."""
    both = tuple(Package(name, "1", manager="OS") for name in ("openssh", "openssh-clients"))
    judgement, [use] = judged([{"package": "openssh"}], make_finding(packages=both))
    assert use.state is WaiverState.UNUSED
    told = "unused: openssh on every host; 1 finding in openssh and in other packages: name the vulnerability"
    assert judgement.notes == (told,)


def test_an_unused_waiver_is_told(judged: Judged, make_finding: Callable[..., Finding]) -> None:
    """A waiver that matches nothing any more is reported, so that it can go."""
    judgement, [use] = judged([{"vulnerability": "CVE-1999-1"}], make_finding())
    assert (judgement.holds, judgement.notes) == (True, ("unused: CVE-1999-1 on every host",))
    assert (use.state, use.findings, use.accepts) == (WaiverState.UNUSED, 0, False)


@pytest.mark.parametrize(
    ("tags", "note"),
    [
        ({}, "unused: CVE-2026-1 on hosts tagged Env=test; the collected data has no host tags"),
        ({A: {"Env": "prod"}}, "unused: CVE-2026-1 on hosts tagged Env=test"),
    ],
    ids=["no-tags-at-all", "other-tags"],
)
def test_a_tag_that_nobody_has_is_told(
    judged: Judged, make_finding: Callable[..., Finding], tags: dict[str, dict[str, str]], note: str
) -> None:
    """Where the evidence holds no tags a waiver by tag accepts nothing, and the reader hears why."""
    by_tag = {"vulnerability": "CVE-2026-1", "host_tag": {"key": "Env", "value": "test"}}
    judgement, [use] = judged([by_tag], make_finding(), tags=tags)
    assert (judgement.notes, use.state) == ((note,), WaiverState.UNUSED)


def test_a_tag_counts_its_hosts(judged: Judged, make_finding: Callable[..., Finding]) -> None:
    """A waiver by tag accepts its findings on the hosts that carry the tag, and says on how many."""
    by_tag = {"package": "openssl", "host_tag": {"key": "Env", "value": "test"}}
    findings = [make_finding(cve, host) for cve in ("CVE-1", "CVE-2") for host in (A, B)]
    _, [use] = judged([by_tag], *findings, tags={A: {"Env": "test"}, B: {"Env": "prod"}})
    assert (use.where, use.findings, use.hosts, use.state) == ("hosts tagged Env=test", 2, 1, WaiverState.CURRENT)


@pytest.mark.parametrize(
    ("findings", "broad"),
    [
        pytest.param([("CVE-1", "openssl"), ("CVE-2", "openssl")], True, id="everything"),
        pytest.param([("CVE-1", "openssl")], False, id="the-only-finding"),
        pytest.param([("CVE-1", "openssl"), ("CVE-2", "vim")], False, id="not-everything"),
        pytest.param([], False, id="nothing"),
    ],
)
def test_a_waiver_for_everything_is_told(
    judged: Judged,
    make_finding: Callable[..., Finding],
    make_package: Callable[..., Package],
    findings: list[tuple[str, str]],
    broad: bool,
) -> None:
    """A waiver that accepts all there is, two findings or more, is no exception but the rule."""
    found = [make_finding(cve, packages=(make_package(name=name),)) for cve, name in findings]
    judgement, [use] = judged([{"package": "openssl"}], *found, others=[A])
    assert judgement.holds
    words = f"too broad: openssl on every host matches all {len(findings)} findings"
    assert (words in judgement.notes) is broad
    assert (use.state is WaiverState.TOO_BROAD) is broad


def test_new_findings_and_other_checks_are_part_of_everything(
    make_finding: Callable[..., Finding],
    root_login: Callable[..., Finding],
    make_policy: Callable[..., Policy],
    make_delta: Callable[..., Delta],
) -> None:
    """What is new counts like what remains, and a CIS check too: a waiver that leaves one of them is not too broad."""
    policy = make_policy(waiver=[{"package": "openssl", "reason": "r", "approver": "a", "expires": LATER}])
    known, new = make_finding("CVE-1"), make_finding("CVE-2")
    assert used(make_delta([known], [known, new]), policy)[0].state is WaiverState.TOO_BROAD
    [use] = used(make_delta([known], [known, new, root_login()]), policy)
    assert (use.state, use.findings) == (WaiverState.CURRENT, 2)


def test_twins_are_one_finding(judged: Judged, make_finding: Callable[..., Finding]) -> None:
    """Two rows that share an identity are one finding, here as everywhere."""
    _, [use] = judged([{"vulnerability": "CVE-2026-1"}], make_finding(arn="arn:1"), make_finding(arn="arn:2"))
    assert (use.findings, use.hosts) == (1, 1)


@pytest.mark.parametrize(
    ("expires", "told"),
    [(date(2026, 11, 21), True), (date(2026, 12, 4), True), (date(2026, 12, 5), False)],
    ids=["today", "in-two-weeks", "later"],
)
def test_a_waiver_that_ends_soon_is_told(
    judged: Judged, make_finding: Callable[..., Finding], expires: date, told: bool
) -> None:
    """Two weeks before a waiver ends somebody hears of it."""
    judgement, [use] = judged([{"vulnerability": "CVE-2026-1", "expires": expires}], make_finding())
    assert judgement.holds
    assert judgement.notes == ((f"expires soon: CVE-2026-1 on every host, {expires}",) if told else ())
    assert use.state is (WaiverState.EXPIRING if told else WaiverState.CURRENT)


def test_all_that_is_so_is_told_and_the_gravest_is_the_state(judged: Judged) -> None:
    """A waiver may be unused and end soon: both are told, and its state is what is graver."""
    judgement, [use] = judged([{"vulnerability": "CVE-1999-1", "expires": date(2026, 11, 30)}], others=[A])
    assert judgement.notes == (
        "unused: CVE-1999-1 on every host",
        "expires soon: CVE-1999-1 on every host, 2026-11-30",
    )
    assert (use.state, use.days_left) == (WaiverState.UNUSED, 9)
