"""What became of each finding: the classes, and what must never change them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from postpatch.model import DeltaClass, Finding, FindingType, Severity
from postpatch.verdict.delta import Counts, Delta

A, B, C = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2, 3))

Make = Callable[..., Finding]
MakeDelta = Callable[..., Delta]


def classes(delta: Delta, *, configuration: bool = False) -> dict[str, str]:
    """Return the class of each vulnerability."""
    return {row.vulnerability: kind for kind in DeltaClass for row in delta.rows(kind, configuration=configuration)}


# What the baseline has active; what the snapshot after has of it; how its host was seen then; what became of it.
CLASSES = [
    pytest.param("ACTIVE", {}, DeltaClass.REMAINING, id="active-again"),
    pytest.param("CLOSED", {}, DeltaClass.FIXED, id="closed"),
    pytest.param(None, {}, DeltaClass.FIXED, id="absent-on-a-scanned-host"),
    pytest.param("SUPPRESSED", {}, DeltaClass.SUPPRESSED, id="suppressed"),
    pytest.param(None, {"gone": [A]}, DeltaClass.HOST_GONE, id="absent-with-its-host"),
    pytest.param("CLOSED", {"gone": [A]}, DeltaClass.HOST_GONE, id="closed-because-its-host-went"),
    pytest.param("SUPPRESSED", {"gone": [A]}, DeltaClass.HOST_GONE, id="suppressed-and-its-host-went"),
    pytest.param("ACTIVE", {"gone": [A]}, DeltaClass.HOST_GONE, id="active-though-its-host-went"),
    pytest.param(None, {"unscanned": [A]}, DeltaClass.NOT_SCANNED, id="absent-on-a-host-not-scanned"),
    pytest.param("CLOSED", {"unscanned": [A]}, DeltaClass.NOT_SCANNED, id="closed-on-a-host-not-scanned"),
    pytest.param("ACTIVE", {"unscanned": [A]}, DeltaClass.NOT_SCANNED, id="active-on-a-host-not-scanned"),
    pytest.param("SUPPRESSED", {"unscanned": [A]}, DeltaClass.SUPPRESSED, id="suppressed-on-a-host-not-scanned"),
]


@pytest.mark.parametrize(("status", "seen", "expected"), CLASSES)
def test_what_became_of_an_active_finding(
    make_finding: Make, make_delta: MakeDelta, status: str | None, seen: dict[str, list[str]], expected: DeltaClass
) -> None:
    """An active finding of the baseline is fixed only if its host is there, was scanned, and has it no more."""
    after = [make_finding(status=status)] if status else []
    delta = make_delta([make_finding()], after, **seen)
    assert classes(delta) == {"CVE-2026-1": expected}
    assert getattr(delta.counts, expected) == 1
    assert delta.counts.baseline == 1


@pytest.mark.parametrize(
    ("status", "seen", "expected"),
    [
        pytest.param("ACTIVE", {}, DeltaClass.REMAINING, id="failed-again"),
        pytest.param("CLOSED", {}, DeltaClass.FIXED, id="passed"),
        pytest.param("SKIPPED", {}, DeltaClass.NOT_SCANNED, id="skipped"),
        pytest.param(None, {}, DeltaClass.NOT_SCANNED, id="absent-as-another-benchmark-would-have-it"),
        pytest.param("CLOSED", {"cis_unscanned": [A]}, DeltaClass.NOT_SCANNED, id="host-left-out-of-the-cis-scan"),
        pytest.param("CLOSED", {"unscanned": [A]}, DeltaClass.FIXED, id="the-package-scan-is-another-matter"),
        pytest.param("CLOSED", {"gone": [A]}, DeltaClass.HOST_GONE, id="host-gone"),
    ],
)
def test_what_became_of_a_failed_cis_check(
    root_login: Make, make_delta: MakeDelta, status: str | None, seen: dict[str, list[str]], expected: DeltaClass
) -> None:
    """A CIS check is fixed only if it passed; skipped or absent it was not evaluated."""
    delta = make_delta([root_login()], [root_login(status=status)] if status else [], others=[A], **seen)
    assert classes(delta, configuration=True) == {"5.1.20": expected}
    assert getattr(delta.configuration, expected) == 1
    assert delta.counts == Counts()


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param({}, DeltaClass.NEW, id="passed-then"),
        pytest.param({"unscanned_before": [A]}, DeltaClass.NOT_SCANNED, id="no-cis-scan-looked-then"),
        pytest.param({"launched": [A]}, DeltaClass.NEW, id="on-a-new-host"),
    ],
)
def test_a_cis_check_is_new_only_if_it_was_looked_at_before(
    root_login: Make, make_delta: MakeDelta, seen: dict[str, list[str]], expected: DeltaClass
) -> None:
    """What fails now on a host that was there, and that no CIS scan looked at then, may have failed then too."""
    delta = make_delta([], [root_login()], **seen)
    assert classes(delta, configuration=True) == {"5.1.20": expected}
    assert (delta.configuration.after, delta.counts) == (1, Counts())


@pytest.mark.parametrize(
    ("before", "expected"),
    [("CLOSED", {"CVE-2026-1": "new"}), ("SUPPRESSED", {"CVE-2026-1": "new"}), (None, {"CVE-2026-1": "new"})],
)
def test_new_is_what_the_baseline_did_not_have_as_active(
    make_finding: Make, make_delta: MakeDelta, before: str | None, expected: dict[str, str]
) -> None:
    """A finding that was closed, suppressed or absent in the baseline and is active now is new."""
    baseline = [make_finding(status=before)] if before else []
    assert classes(make_delta(baseline, [make_finding()])) == expected


@pytest.mark.parametrize("after", ["CLOSED", "SUPPRESSED", None])
def test_what_was_closed_in_the_baseline_is_never_fixed(
    make_finding: Make, make_delta: MakeDelta, after: str | None
) -> None:
    """A finding that the baseline had as closed is no success of this round."""
    later = [make_finding(status=after)] if after else []
    delta = make_delta([make_finding(status="CLOSED")], later, others=[A])
    assert delta.counts == Counts()


def test_a_new_finding_on_a_host_that_was_not_there_before_is_not_comparable(
    make_finding: Make, make_delta: MakeDelta
) -> None:
    """What a replacement host brings is new, but stands outside the comparison."""
    delta = make_delta([make_finding(host=A)], [make_finding(host=A), make_finding(host=B)], launched=[B])
    assert (delta.counts.new, delta.comparable.new, delta.comparable.remaining) == (1, 0, 1)


@pytest.mark.parametrize(
    ("seen", "comparable"),
    [
        pytest.param({}, 1, id="scanned-twice"),
        pytest.param({"unscanned_before": [A]}, 0, id="not-scanned-before"),
        pytest.param({"unscanned": [A]}, 0, id="not-scanned-after"),
        pytest.param({"gone": [A]}, 0, id="gone"),
    ],
)
def test_only_hosts_looked_at_twice_are_comparable(
    make_finding: Make, make_delta: MakeDelta, seen: dict[str, list[str]], comparable: int
) -> None:
    """The comparison leaves out every host that was not there and scanned in both snapshots."""
    delta = make_delta([make_finding()], [], **seen)
    assert (delta.counts.baseline, delta.comparable.baseline) == (1, comparable)


DIFFERENCES = [
    pytest.param({"account": "210987654321"}, id="account"),
    pytest.param({"region": "eu-west-1"}, id="region"),
    pytest.param({"host": B}, id="host"),
    pytest.param({"vulnerability": "CVE-2026-2"}, id="vulnerability"),
    pytest.param({"type": FindingType.CODE}, id="type"),
    pytest.param({"protocol": "TCP"}, id="protocol"),
    pytest.param({"port_begin": 22}, id="first-port"),
    pytest.param({"port_end": 22}, id="last-port"),
]


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_what_is_another_finding(make_finding: Make, make_delta: MakeDelta, difference: dict[str, object]) -> None:
    """Two findings that differ in any part of their identity are two: one fixed, one new."""
    delta = make_delta([make_finding()], [make_finding(**difference)], others=[A, B])
    assert (delta.counts.fixed, delta.counts.new, delta.counts.remaining) == (1, 1, 0)


@pytest.mark.parametrize(
    "difference",
    [
        pytest.param({"arn": "arn:aws:inspector2:us-east-1:123456789012:finding/another"}, id="arn"),
        pytest.param({"title": "another title"}, id="title"),
        pytest.param({"score": 9.8, "epss": 0.9}, id="score"),
        pytest.param({"severity": "CRITICAL"}, id="severity"),
        pytest.param({"first_observed_at": datetime(2026, 11, 21, tzinfo=UTC)}, id="time"),
        pytest.param({"packages": ()}, id="packages"),
    ],
)
def test_what_is_the_same_finding(make_finding: Make, make_delta: MakeDelta, difference: dict[str, object]) -> None:
    """A finding that changed its ARN, title, score, severity, times or packages is still there."""
    counts = make_delta([make_finding()], [make_finding(**difference)]).counts
    assert (counts.remaining, counts.fixed, counts.new) == (1, 0, 0)


@pytest.mark.parametrize(("before", "after"), [("HIGH", "CRITICAL"), ("CRITICAL", "LOW"), ("UNTRIAGED", "MEDIUM")])
def test_a_changed_severity_is_shown_on_what_remains(
    make_finding: Make, make_delta: MakeDelta, before: str, after: str
) -> None:
    """A remaining finding shows both ratings, and each snapshot counts it as it was rated there."""
    delta = make_delta([make_finding(severity=before)], [make_finding(severity=after)])
    (row,) = delta.rows(DeltaClass.REMAINING)
    assert (row.severity_before, row.severity_after) == (before, after)
    assert (delta.severities[Severity(before)].baseline, delta.severities[Severity(after)].after) == (1, 1)
    assert delta.severities[Severity(after)].remaining == 1


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        pytest.param(("ACTIVE", "ACTIVE"), "remaining", id="repeated-by-a-page"),
        pytest.param(("ACTIVE", "CLOSED"), "remaining", id="active-and-closed"),
        pytest.param(("ACTIVE", "SUPPRESSED"), "remaining", id="active-and-suppressed"),
        pytest.param(("SUPPRESSED", "CLOSED"), "suppressed", id="suppressed-and-closed"),
        pytest.param(("CLOSED", "CLOSED"), "fixed", id="closed-twice"),
    ],
)
@pytest.mark.parametrize("turned", [False, True], ids=["so", "turned"])
def test_of_contradicting_rows_the_worst_speaks(
    make_finding: Make, make_delta: MakeDelta, statuses: tuple[str, str], expected: str, turned: bool
) -> None:
    """Rows that repeat or contradict one identity count once, as the worst of them, in whatever order they come."""
    after = [make_finding(status=status, arn=f"arn:{number}") for number, status in enumerate(statuses)]
    delta = make_delta([make_finding()], after[::-1] if turned else after)
    assert classes(delta) == {"CVE-2026-1": expected}
    assert delta.counts.after == (expected == "remaining")


def test_of_two_ratings_of_one_identity_the_worse_speaks(make_finding: Make, make_delta: MakeDelta) -> None:
    """Where two findings share an identity the worse severity is the one that counts."""
    delta = make_delta([make_finding(severity="LOW"), make_finding(severity="CRITICAL", arn="z")], [])
    assert (delta.severities[Severity.CRITICAL].fixed, delta.severities[Severity.LOW].fixed) == (1, 0)


def test_rows_come_worst_first(make_finding: Make, make_delta: MakeDelta) -> None:
    """The findings of a class come in the order in which a person should read them."""
    rated = [make_finding(f"CVE-2026-{place}", severity=one) for place, one in enumerate(reversed(Severity))]
    assert [row.severity_after for row in make_delta([], rated).rows(DeltaClass.NEW)] == list(Severity)


def test_active_findings_come_back_as_they_were_kept(make_finding: Make, make_delta: MakeDelta) -> None:
    """What the delta hands to the judges is the finding itself: packages, times, score and all."""
    moment = datetime(2026, 11, 20, 21, 4, 5, 678000, UTC)
    kept = make_finding(score=7.5, epss=0.25, disclosed_at=moment, first_observed_at=moment, exploit_available="NO")
    assert list(make_delta([], [kept, kept]).active(DeltaClass.NEW)) == [kept]


def test_both_findings_of_one_identity_come_back(make_finding: Make, unfixable: Make, make_delta: MakeDelta) -> None:
    """Of two findings that share an identity neither hides the other from the judges."""
    both = [make_finding(arn="arn:1"), unfixable(arn="arn:2")]
    delta = make_delta([make_finding()], both)
    assert list(delta.active(DeltaClass.REMAINING)) == both
    assert delta.counts.remaining == 1


def test_counts_by_host_add_up(make_finding: Make, root_login: Make, make_delta: MakeDelta) -> None:
    """Each host's counts stand alone and add up to the whole; CIS checks are counted apart."""
    baseline = [make_finding("CVE-1", A), make_finding("CVE-2", A), make_finding("CVE-1", B), root_login(host=B)]
    delta = make_delta(baseline, [make_finding("CVE-2", A), make_finding("CVE-3", C)], others=[A, B])
    assert delta.by_host() == {
        A: Counts(baseline=2, after=1, fixed=1, remaining=1, fixed_by_absence=1),
        B: Counts(baseline=1, fixed=1, fixed_by_absence=1),
        C: Counts(after=1, new=1),
    }
    assert delta.counts == Counts(baseline=3, after=2, fixed=2, remaining=1, new=1, fixed_by_absence=2)
    assert delta.configuration == Counts(baseline=1, not_scanned=1)
