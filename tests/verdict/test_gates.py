"""FIND-8: the limits of the policy's gate, and what was opened since the baseline."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from postpatch.model import Exploits, Finding, FindingType, Judgement, Package
from postpatch.policy import Policy
from postpatch.verdict.delta import Delta
from postpatch.verdict.gates import Gate, exploited, fixable, gate_limits, limits_hold, unsettled
from postpatch.verdict.waivers import Waivers

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
WAIVER = {"reason": "not reachable", "approver": "CISO", "expires": NOW.date()}

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]
Judged = Callable[..., tuple[Judgement, Gate]]


@pytest.fixture
def judged(make_policy: Callable[..., Policy], make_delta: MakeDelta) -> Judged:
    """Judge FIND-8 where these findings are active afterwards, and none was before unless `baseline` says so."""

    def judge(
        gate: dict[str, Any],
        after: Iterable[Finding],
        baseline: Iterable[Finding] = (),
        waiver: Iterable[dict[str, Any]] = (),
        exploits: Exploits | None = None,
        **seen: Any,
    ) -> tuple[Judgement, Gate]:
        policy = make_policy(gate=gate, waiver=[WAIVER | one for one in waiver])
        delta = make_delta(baseline, after, others=[A], **seen)
        found = gate_limits(delta, Waivers(policy.waiver, delta, NOW), policy, exploits or Exploits())
        return limits_hold(found, policy), found

    return judge


def rated(make: Make, **numbers: int) -> list[Finding]:
    """Return so many findings of each severity."""
    return [
        make(f"CVE-2026-{severity}-{place}", severity=severity)
        for severity, number in numbers.items()
        for place in range(number)
    ]


def test_without_limits_it_is_proven_and_said(judged: Judged, make_finding: Make) -> None:
    """A policy that limits nothing is kept, whatever is active, and the sentence says that there is no limit."""
    judgement, gate = judged({}, rated(make_finding, CRITICAL=9))
    assert judgement.holds
    assert judgement.reason == (
        "the policy limits no number of findings; on the hosts scanned both times, no setting or port was "
        "opened since the baseline"
    )
    assert [(one.name, one.limit, one.found) for one in gate.limits] == [
        ("settings and ports opened since the baseline", 0, 0)
    ]


@pytest.mark.parametrize(
    ("limits", "active", "found"),
    [
        pytest.param({"CRITICAL": 0}, {}, [0], id="nothing-active"),
        pytest.param({"CRITICAL": 0}, {"HIGH": 9}, [0], id="milder-ones"),
        pytest.param({"CRITICAL": 0}, {"CRITICAL": 1}, [1], id="one-too-many"),
        pytest.param({"CRITICAL": 2}, {"CRITICAL": 2}, [2], id="as-many-as-allowed"),
        pytest.param({"HIGH": 2}, {"CRITICAL": 2, "HIGH": 1}, [3], id="worse-ones-count-too"),
        pytest.param({"CRITICAL": 0, "HIGH": 5}, {"HIGH": 5, "LOW": 90}, [0, 5], id="both-hold"),
        pytest.param({"CRITICAL": 0, "HIGH": 5}, {"CRITICAL": 1, "HIGH": 5}, [1, 6], id="both-do-not"),
        pytest.param({"INFORMATIONAL": 3}, {"LOW": 2, "INFORMATIONAL": 2}, [4], id="the-mildest"),
        pytest.param({"CRITICAL": 0}, {"UNTRIAGED": 1}, [1], id="not-rated-counts-as-the-worst"),
        pytest.param({"LOW": 0, "UNTRIAGED": 1}, {"UNTRIAGED": 1}, [0, 1], id="unless-it-has-its-own-limit"),
        pytest.param({"UNTRIAGED": 0}, {"CRITICAL": 1}, [0], id="its-own-limit-counts-no-other"),
    ],
)
def test_limits_by_severity(
    judged: Judged, make_finding: Make, limits: dict[str, int], active: dict[str, int], found: list[int]
) -> None:
    """A limit counts its severity and worse, new or remaining, and is red beyond its number."""
    judgement, gate = judged({"max": limits, "configuration": "report"}, rated(make_finding, **active))
    assert [one.found for one in gate.limits] == found
    assert [one.holds for one in gate.limits] == [
        number <= limit for number, limit in zip(found, limits.values(), strict=True)
    ]
    assert judgement.holds is all(one.holds for one in gate.limits)


def test_the_sentence_names_what_is_beyond(judged: Judged, make_finding: Make) -> None:
    """Red says the limit, the number and the first few findings by name."""
    judgement, gate = judged({"max": {"HIGH": 5}, "configuration": "report"}, rated(make_finding, HIGH=7))
    assert judgement.reason == (
        f"beyond the policy's limits: active findings, HIGH or worse: 7 (CVE-2026-HIGH-0 on {A}, CVE-2026-HIGH-1 on "
        f"{A}, CVE-2026-HIGH-2 on {A}, CVE-2026-HIGH-3 on {A}, CVE-2026-HIGH-4 on {A} and 2 more), at most 5"
    )
    assert len(gate.limits[0].named) == 5
    assert (judgement.facts[0].expected, judgement.facts[0].holds) == ("at most 5", False)


def test_what_remains_and_what_is_new_count_alike(judged: Judged, make_finding: Make) -> None:
    """The limit is on what is active, whenever it came, on hosts that are compared or not."""
    known, new = make_finding("CVE-1"), make_finding("CVE-2")
    _, gate = judged({"max": {"HIGH": 0}}, [known, new, make_finding("CVE-3", B)], [known], launched=[B])
    assert gate.limits[0].found == 3


def test_suppressed_and_closed_findings_are_not_active(judged: Judged, make_finding: Make) -> None:
    """What is hidden is FIND-6's matter, what is closed nobody's."""
    after = [make_finding("CVE-1", status="SUPPRESSED"), make_finding("CVE-2", status="CLOSED")]
    assert judged({"max": {"INFORMATIONAL": 0}}, after)[0].holds


def test_cis_checks_have_no_severity(judged: Judged, root_login: Make) -> None:
    """A failed CIS check is kept as not rated, and counts against no limit by severity."""
    _, gate = judged({"max": {"CRITICAL": 0, "UNTRIAGED": 0}}, [root_login()], [root_login()])
    assert [one.found for one in gate.limits] == [0, 0, 0]


def test_a_waived_finding_counts_against_no_limit(judged: Judged, make_finding: Make) -> None:
    """An accepted risk is out of the limits as long as its waiver holds."""
    gate = {"max": {"HIGH": 0}, "exploited_max": 0}
    active = [make_finding("CVE-1", exploit_available="YES")]
    assert judged(gate, active, waiver=[{"vulnerability": "CVE-1"}])[0].holds
    over = {"vulnerability": "CVE-1", "expires": datetime(2026, 11, 20, tzinfo=UTC).date()}
    assert not judged(gate, active, waiver=[over])[0].holds


def test_a_host_that_was_not_scanned_proves_no_limit(judged: Judged, make_finding: Make) -> None:
    """Where a host was not looked at nobody knows what is active: no limit can be proven, and the host is named."""
    judgement, gate = judged({"max": {"CRITICAL": 9}}, [], [make_finding(host=B)], unscanned=[B])
    assert not judgement.holds
    assert gate.unscanned == (B,)
    assert f"hosts whose active findings are unknown: {B}" in judgement.reason
    assert judged({}, [], [make_finding(host=B)], unscanned=[B])[1].unscanned == ()
    assert judged({"max": {"CRITICAL": 9}}, [], [make_finding(host=B)], gone=[B])[0].holds


@pytest.mark.parametrize("turned", [False, True], ids=["so", "turned"])
def test_a_finding_does_not_hide_behind_its_twin(judged: Judged, make_finding: Make, turned: bool) -> None:
    """Of findings that share an identity any that counts makes it count, once."""
    twins = [
        make_finding(arn=f"arn:{1 + turned}", severity="LOW", exploit_available="NO"),
        make_finding(arn=f"arn:{2 - turned}", severity="CRITICAL", exploit_available="YES"),
    ]
    _, gate = judged({"max": {"CRITICAL": 0, "LOW": 0}, "exploited_max": 0}, twins)
    assert [one.found for one in gate.limits] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("changes", "packages", "has_fix"),
    [
        pytest.param({"fix_available": "YES"}, [{}], True, id="a-fix"),
        pytest.param({"fix_available": "PARTIAL"}, [{}, {"fixed_in": "NotAvailable"}], True, id="a-fix-for-some"),
        pytest.param({"fix_available": "NO"}, [{"fixed_in": "NotAvailable"}], False, id="none"),
        pytest.param({"fix_available": None}, [{"fixed_in": "NotAvailable"}], False, id="no-version-has-it"),
        pytest.param({"fix_available": "NO"}, [], False, id="it-says-none"),
        pytest.param({"fix_available": None}, [], True, id="it-says-nothing"),
        pytest.param({"fix_available": None}, [{"fixed_in": None}], True, id="the-package-says-nothing"),
        pytest.param({"fix_available": "NO"}, [{}], True, id="a-version-all-the-same"),
        pytest.param({"fix_available": "YES"}, [{"manager": "NODEPKG"}], True, id="a-language-package"),
        pytest.param({"fix_available": "NO"}, [{"manager": "NODEPKG", "fixed_in": None}], False, id="not-even-that"),
        pytest.param({"type": FindingType.NETWORK, "fix_available": None}, [], False, id="an-open-port"),
        pytest.param({"type": FindingType.RULE, "fix_available": None}, [], False, id="a-rule"),
    ],
)
def test_fixable_only(
    judged: Judged,
    make_finding: Make,
    make_package: Callable[..., Package],
    changes: dict[str, Any],
    packages: list[dict[str, Any]],
    has_fix: bool,
) -> None:
    """Where the policy says so, only what has a fix counts; a missing word on fixes is none that there is no fix."""
    one = make_finding(**changes, packages=tuple(make_package(**package) for package in packages))
    assert fixable(one) is has_fix
    for gate, counts in (({"max": {"LOW": 0}}, True), ({"max": {"LOW": 0}, "fixable_only": True}, has_fix)):
        assert judged(gate | {"configuration": "report"}, [one])[0].holds is not counts


@pytest.mark.parametrize(
    ("changes", "catalogued", "epss_from", "counts"),
    [
        pytest.param({"exploit_available": "YES"}, {}, None, True, id="an-exploit"),
        pytest.param({"exploit_available": "NO"}, {}, None, False, id="none"),
        pytest.param({"exploit_available": "NO"}, {"CVE-2026-1": True}, None, True, id="in-cisas-catalogue"),
        pytest.param({"exploit_available": "NO"}, {"CVE-2026-1": False}, None, False, id="not-in-it"),
        pytest.param({"exploit_available": "NO"}, {"CVE-2026-2": True}, None, False, id="another-in-it"),
        pytest.param({"exploit_available": "NO", "epss": 0.5}, {}, 0.5, True, id="likely"),
        pytest.param({"exploit_available": "NO", "epss": 0.49}, {}, 0.5, False, id="not-so-likely"),
        pytest.param({"exploit_available": "NO", "epss": 0.99}, {}, None, False, id="epss-does-not-count"),
        pytest.param({"exploit_available": "NO", "epss": None}, {}, 0.5, False, id="no-epss"),
        pytest.param({"exploit_available": None}, {}, None, True, id="nobody-said"),
        pytest.param({"exploit_available": None}, {"CVE-2026-1": False}, None, False, id="cisa-knows-of-none"),
        pytest.param({"exploit_available": None}, {"CVE-2026-1": True}, None, True, id="cisa-knows-of-one"),
        pytest.param({"type": FindingType.NETWORK}, {}, None, False, id="an-open-port"),
    ],
)
def test_what_is_exploited(
    judged: Judged,
    make_finding: Make,
    changes: dict[str, Any],
    catalogued: dict[str, bool],
    epss_from: float | None,
    counts: bool,
) -> None:
    """Exploits have a limit of their own: by Inspector, by CISA's catalogue, by EPSS; silence is no all-clear."""
    one = make_finding(**changes)
    assert exploited(one, Exploits(catalogued), epss_from) is counts
    gate = {"exploited_max": 0, "epss_from": epss_from, "configuration": "report"}
    judgement, found = judged(gate, [one], exploits=Exploits(catalogued))
    assert (judgement.holds, found.limits[0].found) == (not counts, int(counts))


def test_only_what_may_change_the_count_is_asked_about(make_finding: Make, make_delta: MakeDelta) -> None:
    """One finding a vulnerability, and none that Inspector or EPSS has settled, nor ports and settings."""
    after = [
        make_finding("CVE-YES", exploit_available="YES", arn="arn:1"),
        make_finding("CVE-LIKELY", exploit_available="NO", epss=0.9, arn="arn:2"),
        make_finding("CVE-NO", exploit_available="NO", arn="arn:3"),
        make_finding("CVE-NO", B, exploit_available="NO", arn="arn:4"),
        make_finding("CVE-SILENT", exploit_available=None, arn="arn:5"),
        make_finding("CVE-CLOSED", exploit_available="NO", status="CLOSED", arn="arn:6"),
        make_finding("", type=FindingType.NETWORK, port_begin=22, port_end=22, arn="arn:7"),
    ]
    asked = unsettled(make_delta([], after), 0.5)
    assert asked.keys() == {"CVE-NO", "CVE-SILENT"}
    assert asked["CVE-NO"] in ("arn:3", "arn:4")


class TestOpened:
    """Settings and ports opened since the baseline."""

    def test_a_root_login_opened_since_is_red(self, judged: Judged, root_login: Make) -> None:
        """A CIS check that passed and fails is red by default, with its title."""
        judgement, gate = judged({}, [root_login()], [root_login(status="CLOSED")])
        assert judgement.reason == (
            "beyond the policy's limits: settings and ports opened since the baseline: "
            f"1 (5.1.20 Ensure sshd PermitRootLogin is disabled on {A}), at most 0"
        )
        assert gate.opened == 1

    def test_the_policy_may_only_tell_it(self, judged: Judged, root_login: Make) -> None:
        """Where the policy only reports it, it is a note and turns nothing red."""
        judgement, gate = judged({"configuration": "report"}, [root_login()], [root_login(status="CLOSED")])
        assert (judgement.holds, judgement.reason, gate.opened) == (
            True,
            "the policy limits no number of findings",
            1,
        )
        assert judgement.notes == (
            "opened since the baseline, which the policy only reports: "
            f"1 (5.1.20 Ensure sshd PermitRootLogin is disabled on {A})",
        )

    def test_a_waiver_accepts_a_setting_and_a_port(self, judged: Judged, root_login: Make, make_finding: Make) -> None:
        """What was opened on purpose is accepted like any other risk, by the check's id or the port."""
        port = make_finding("", type=FindingType.NETWORK, protocol="TCP", port_begin=443, port_end=443, packages=())
        after, before = [root_login(), port], [root_login(status="CLOSED")]
        assert judged({}, after, before)[1].opened == 2
        waivers = [{"vulnerability": "5.1.20"}, {"port": "TCP 443"}]
        judgement, gate = judged({}, after, before, waiver=waivers)
        assert (judgement.holds, gate.opened) == (True, 0)

    def test_what_nobody_knows_is_told(self, judged: Judged, root_login: Make) -> None:
        """A check that the baseline did not evaluate turns nothing red, and the reader hears of it."""
        judgement, _ = judged({}, [root_login()], [root_login(status="SKIPPED")])
        assert judgement.holds
        assert judgement.notes == (
            "open now, and the baseline does not say whether they already were: 1 "
            f"(5.1.20 Ensure sshd PermitRootLogin is disabled on {A})",
        )

    def test_a_host_without_its_second_cis_scan_is_told(self, judged: Judged, root_login: Make) -> None:
        """Settings that were looked at only once are not compared, and the hosts are named."""
        judgement, _ = judged({}, [], [root_login(status="CLOSED")], cis_unscanned=[A])
        assert judgement.notes == (f"settings not compared because a CIS scan ran only once: {A}",)

    def test_nothing_compared_is_red(self, judged: Judged, make_finding: Make) -> None:
        """Without a host looked at both times nobody can say that nothing was opened."""
        judgement, _ = judged({}, [], [make_finding()], unscanned_before=[A])
        assert not judgement.holds
        assert judgement.reason == "beyond the policy's limits: hosts scanned both times: 0"
