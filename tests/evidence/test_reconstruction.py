"""A baseline put together afterwards: which findings were there, which hosts, and before which patch round."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from postpatch.errors import CouldNotCheck
from postpatch.evidence.reconstruction import Reconstruction, before_the_round
from postpatch.model import Finding, FindingType, Host, PatchCommand, Patching, PatchState, ScannedHost

A, B = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
ROUND = datetime(2026, 11, 20, 22, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
REMEDY = "pytest -m baseline --aws live"


def finding(status: str, first: datetime | None = ROUND - DAY, updated: datetime | None = ROUND + HOUR) -> Finding:
    """Return a finding as Inspector tells it after the round."""
    return Finding(
        account="123456789012", region="us-east-1", host=A, type=FindingType.PACKAGE, vulnerability="CVE-2026-1",
        status=status, severity="HIGH", title="", first_observed_at=first, updated_at=updated,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("now", "then"),
    [
        pytest.param(finding("ACTIVE"), "ACTIVE", id="still-active"),
        pytest.param(finding("ACTIVE", first=ROUND - SECOND), "ACTIVE", id="first-seen-just-before"),
        pytest.param(finding("ACTIVE", first=ROUND), None, id="first-seen-at-the-very-moment"),
        pytest.param(finding("ACTIVE", first=ROUND + HOUR), None, id="first-seen-since"),
        pytest.param(finding("ACTIVE", first=None), None, id="nobody-says-when-it-was-seen"),
        pytest.param(finding("CLOSED"), "ACTIVE", id="closed-since"),
        pytest.param(finding("CLOSED", updated=ROUND), "ACTIVE", id="closed-at-the-very-moment"),
        pytest.param(finding("CLOSED", updated=ROUND - SECOND), "CLOSED", id="closed-before"),
        pytest.param(finding("CLOSED", first=ROUND + HOUR, updated=ROUND + DAY), None, id="came-and-went-since"),
        pytest.param(finding("CLOSED", updated=None), None, id="nobody-says-when-it-closed"),
        pytest.param(finding("SUPPRESSED", updated=ROUND - SECOND), "SUPPRESSED", id="suppressed-before"),
        pytest.param(finding("SUPPRESSED"), None, id="suppressed-perhaps-since"),
    ],
)
def test_what_stood_before_the_round(now: Finding, then: str | None) -> None:
    """Only what was seen before the round stood then, active if it closed since; what is not known is left out."""
    assert list(Reconstruction([now], ROUND)) == ([replace(now, status=then)] if then else [])


@pytest.mark.parametrize(
    ("launched", "found", "known"),
    [
        pytest.param(ROUND - DAY, True, ScannedHost(A, scanned=True, proof="findings"), id="there-and-looked-at"),
        pytest.param(ROUND - DAY, False, ScannedHost(A), id="there-and-not-shown-to-be-looked-at"),
        pytest.param(ROUND + HOUR, True, ScannedHost(A, scanned=True, proof="findings"), id="started-anew-since"),
        pytest.param(ROUND + HOUR, False, None, id="launched-since"),
        pytest.param(None, True, ScannedHost(A, scanned=True, proof="findings"), id="gone-since"),
        pytest.param(None, False, None, id="nothing-known"),
    ],
)
def test_which_hosts_were_there(launched: datetime | None, found: bool, known: ScannedHost | None) -> None:
    """A host was there if it was launched before the round, or has a finding from then: a start resets the launch."""
    stood = Reconstruction([finding("CLOSED")] if found else [], ROUND)
    list(stood)
    assert stood.known_hosts([Host(A, launched_at=launched)]) == ((known,) if known else ())


def state(host: str, began: datetime, operation: str = "Install") -> PatchState:
    """Return a host's last patch operation."""
    return PatchState(host, operation, began, began + HOUR / 6, "pb-0123456789abcdef0")


def command(host: str, requested: datetime, operation: str = "Install", lasted: timedelta = HOUR / 4) -> PatchCommand:
    """Return an AWS-RunPatchBaseline command that ended well."""
    return PatchCommand(host, "c-1", operation, "Success", requested, requested + lasted)


@pytest.mark.parametrize(
    ("told", "first"),
    [
        pytest.param(Patching((state(A, ROUND), state(B, ROUND + HOUR))), ROUND, id="one-host-after-the-other"),
        pytest.param(
            Patching((state(A, ROUND + HOUR / 12),), (command(A, ROUND),)), ROUND, id="requested-before-its-turn-came"
        ),
        pytest.param(
            Patching((state(A, ROUND + 9 * HOUR, "Scan"),), (command(A, ROUND),)), ROUND, id="overwritten-by-a-scan"
        ),
        pytest.param(Patching((state(A, ROUND), state(B, ROUND - 7 * DAY))), ROUND, id="a-host-that-this-round-missed"),
        pytest.param(
            Patching((state(A, ROUND),), (command(A, ROUND - 7 * DAY), command(A, ROUND))),
            ROUND,
            id="last-of-two-rounds",
        ),
        pytest.param(Patching((state(A, ROUND), state(B, ROUND + DAY))), ROUND, id="a-day-apart-is-one-round"),
        pytest.param(
            Patching((state(A, ROUND - DAY - SECOND), state(B, ROUND))), ROUND, id="more-than-a-day-apart-is-two"
        ),
    ],
)
def test_the_moment_before_the_round(told: Patching, first: datetime) -> None:
    """It lies one second before the first installation of the last round, by state or by command history."""
    assert before_the_round(told, (A, B), ROUND + 2 * DAY, REMEDY) == first - SECOND


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(Patching(), id="nothing-told"),
        pytest.param(Patching((state(A, ROUND, "Scan"),), (command(A, ROUND, "Scan"),)), id="only-scanned"),
        pytest.param(Patching((state("i-0bbbbbbbbbbbbbbbb", ROUND),)), id="only-a-stranger"),
    ],
)
def test_without_a_round_there_is_nothing_to_reconstruct(told: Patching) -> None:
    """No known installation on any host in scope is could-not-look, with the next step."""
    with pytest.raises(
        CouldNotCheck, match=f"^Take a baseline before you patch: {REMEDY}. .* no patching before which"
    ):
        before_the_round(told, (A, B), ROUND + DAY, REMEDY)


@pytest.mark.parametrize(("age", "possible"), [(30 * DAY - SECOND, True), (30 * DAY, False), (31 * DAY, False)])
def test_beyond_the_retention_nothing_can_be_reconstructed(age: timedelta, possible: bool) -> None:
    """Thirty days after the round Inspector has deleted what closed at its beginning: nobody can look any more."""
    told = Patching((state(A, ROUND),))
    if possible:
        assert before_the_round(told, (A,), ROUND + age, REMEDY) == ROUND - SECOND
        return
    with pytest.raises(CouldNotCheck, match="began 2026-11-20 21:59:59 UTC, more than 30 days ago: Inspector has"):
        before_the_round(told, (A,), ROUND + age, REMEDY)
