"""Hosts that came and went: SCAN-3, FIND-3 and PATCH-1 where the policy says that hosts may change, and where not."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from postpatch.model import Finding, Host, Judgement, Patching, PatchState
from postpatch.policy import Policy
from postpatch.verdict.case import Case
from postpatch.verdict.causes.kinds import Kind
from postpatch.verdict.changed_hosts import fixed_by_the_fleet, replaced_fleet
from postpatch.verdict.coverage import same_hosts
from postpatch.verdict.delta import Delta
from postpatch.verdict.new_findings import nothing_new_that_was_fixable
from postpatch.verdict.patching import every_host_patched, no_reboot_pending
from postpatch.verdict.remaining import Explained

Make = Callable[..., Finding]
MakeCase = Callable[..., Case]

A, B, C, D = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2, 3, 4))
BASELINE = datetime(2026, 11, 20, 22, tzinfo=UTC)  # that of the factory's snapshots
RUN = BASELINE + timedelta(hours=4)
MORNING = BASELINE + timedelta(hours=10)
LONG_AGO = BASELINE - timedelta(days=300)
KEY = "hosts_may_change = true"


def installed(host: str, at: datetime = RUN) -> PatchState:
    """Return the patch state of a host on which everything was installed."""
    return PatchState(host, "Install", at, at + timedelta(minutes=5), "pb-1")


@pytest.fixture(scope="session")
def make_case(make_delta: Callable[..., Delta], make_policy: Callable[..., Policy]) -> MakeCase:
    """Make the case of a run in which hosts may change; `patched` are the hosts with an Install, by its beginning."""

    def make(
        baseline: Iterable[Finding] = (),
        after: Iterable[Finding] = (),
        *,
        patched: dict[str, datetime] | None = None,
        launched_at: dict[str, datetime] | None = None,
        departed: Iterable[str] = (),
        may_change: bool = True,
        unnamed: Iterable[str] = (),
        **seen: Any,
    ) -> Case:
        delta = make_delta(baseline, after, **seen)
        seen_now = [one for one in delta.after.hosts if one.id not in unnamed]
        hosts_now = tuple(replace(one, scanned_at=MORNING if one.scanned else None) for one in seen_now)
        delta.after = replace(delta.after, started_at=MORNING, hosts=hosts_now)
        present = [one.id for one in delta.after.hosts if one.present]
        evidence = SimpleNamespace(
            baseline=SimpleNamespace(manifest=delta.baseline),
            after=SimpleNamespace(manifest=delta.after),
            hosts=tuple(Host(host, launched_at=(launched_at or {}).get(host, LONG_AGO)) for host in present),
            departed=tuple(map(Host, departed)),
            patching=Patching(
                tuple(installed(*one) for one in ({A: RUN} if patched is None else patched).items()), read_at=MORNING
            ),
            leftovers=None,
            judged_at=MORNING,
        )
        case = Case(evidence, make_policy(scope={"hosts_may_change": may_change}))  # type: ignore[arg-type] # a part
        vars(case)["delta"] = delta
        return case

    return make


def scan_3(case: Case) -> Judgement:
    """Judge SCAN-3."""
    return same_hosts(case.delta, case.changed_hosts)


class TestGone:
    """Hosts of the baseline that are not there any more."""

    def test_a_terminated_host_is_listed_and_not_counted(self, make_case: MakeCase) -> None:
        """The Auto Scaling group shrank: the note names the host, and what is left is proven."""
        judgement = scan_3(make_case(others=[A, B], gone=[B]))
        assert judgement.holds
        assert judgement.notes == (f"terminated since the baseline, and not counted: {B}",)
        assert "the same 1 host" in judgement.reason

    def test_a_host_that_left_the_scope_and_goes_on_running_is_red(self, make_case: MakeCase) -> None:
        """Only termination takes a host out of the count: one that lost its tag was missed."""
        judgement = scan_3(make_case(others=[A, B], unnamed=[B], departed=[B]))
        assert not judgement.holds
        assert f"no longer in scope though they exist: {B}" in judgement.reason

    def test_without_the_key_it_is_red_and_the_key_is_named(self, make_case: MakeCase) -> None:
        """The strict rule says which key allows hosts to change."""
        judgement = scan_3(make_case(others=[A, B], gone=[B], may_change=False))
        assert not judgement.holds
        assert f"gone now: {B}" in judgement.reason
        assert KEY in judgement.reason


class TestNew:
    """Hosts that the baseline does not have."""

    def test_a_new_host_with_nothing_left_to_install_is_proven(self, make_case: MakeCase, unfixable: Make) -> None:
        """It was scanned, and what is found on it has no fix; the note says that it has no baseline."""
        judgement = scan_3(make_case([], [unfixable(host=B)], others=[A], launched=[B]))
        assert judgement.holds, judgement.reason
        assert f"1 new host proven without a baseline: {B}" in judgement.notes[0]

    @pytest.mark.parametrize(
        ("disclosed", "holds"),
        [
            pytest.param(LONG_AGO, False, id="the-image-of-a-year-ago"),
            pytest.param(RUN, False, id="as-the-fleet's-run-began"),
            pytest.param(RUN + timedelta(minutes=1), True, id="newer-than-the-fleet's-run"),
            pytest.param(None, False, id="unknown"),
        ],
    )
    def test_nothing_older_than_the_fleets_patch_run_may_be_left(
        self, make_case: MakeCase, make_finding: Make, disclosed: datetime | None, holds: bool
    ) -> None:
        """A host without an Install of its own must be as new as the hosts that were patched."""
        case = make_case([], [make_finding(host=B, disclosed_at=disclosed)], others=[A], launched=[B])
        judgement = scan_3(case)
        assert judgement.holds is holds
        assert holds or f"newest patch run: {B} (CVE-2026-1)" in judgement.reason
        found = nothing_new_that_was_fixable(case.delta, case.waivers, case.policy, case.late)
        assert found.holds is holds

    def test_its_own_later_install_counts(self, make_case: MakeCase, make_finding: Make) -> None:
        """An Install of its own that began after the fleet's must have removed what was known by then."""
        found = make_finding(host=B, disclosed_at=RUN + timedelta(hours=1))
        later = {A: RUN, B: RUN + timedelta(hours=2)}
        assert scan_3(make_case([], [found], others=[A], launched=[B])).holds
        assert not scan_3(make_case([], [found], others=[A], launched=[B], patched=later)).holds

    @pytest.mark.parametrize(("own", "left"), [(RUN - timedelta(hours=1), 1), (RUN, 0), (RUN + timedelta(hours=1), 0)])
    def test_a_fix_newer_than_its_own_install_alone_is_no_excuse(
        self, make_case: MakeCase, make_finding: Make, own: datetime, left: int
    ) -> None:
        """What came out between its own Install and the fleet's must be gone from a new host too."""
        case = make_case(others=[A], launched=[B], patched={A: RUN, B: own})
        newer: Any = SimpleNamespace(new_groups=lambda: [(Explained(make_finding(host=B), Kind.FIX_NEWER, ()),)])
        assert len([*fixed_by_the_fleet(newer, case.patch_runs, case.evidence.patching)]) == left

    def test_an_install_before_the_baseline_is_no_measure(self, make_case: MakeCase, make_finding: Make) -> None:
        """Where nothing was installed since the baseline, nothing with a fix may be left at all."""
        found = make_finding(host=B, disclosed_at=RUN)
        assert not scan_3(make_case([], [found], others=[A], launched=[B], patched={A: LONG_AGO, B: LONG_AGO})).holds

    def test_a_new_host_without_a_scan_is_red(self, make_case: MakeCase) -> None:
        """What was not scanned is not proven."""
        judgement = scan_3(make_case(others=[A], launched=[B], unscanned=[B], unscanned_before=[B]))
        assert not judgement.holds
        assert f"without a scan: {B}" in judgement.reason

    def test_without_the_key_it_is_red_and_the_key_is_named(self, make_case: MakeCase) -> None:
        """A new host fails, however new it is."""
        judgement = scan_3(make_case(others=[A], launched=[B], may_change=False))
        assert not judgement.holds
        assert KEY in judgement.reason

    def test_a_host_that_inspector_never_scanned_is_red(self, make_case: MakeCase) -> None:
        """A newer inventory proves the scan of a host that was scanned before; of a new one it proves nothing."""
        case = make_case(others=[A], launched=[B])
        hosts = tuple(replace(one, scanned_at=None) if one.id == B else one for one in case.delta.after.hosts)
        case.delta.after = replace(case.delta.after, hosts=hosts)
        assert f"without a scan: {B}" in scan_3(case).reason

    def test_no_host_in_common_and_none_provable_is_an_error(self, make_case: MakeCase) -> None:
        """All hosts were replaced, and none of the new ones was scanned: nothing is known, which is no failure."""
        judgement = scan_3(make_case(others=[A], gone=[A], launched=[B], unscanned=[B]))
        assert not judgement.checked
        assert judgement.reason.startswith("Wait until Inspector has scanned the hosts")

    def test_a_replaced_fleet_is_proven_by_its_new_hosts(self, make_case: MakeCase, make_finding: Make) -> None:
        """All hosts were replaced: each new one stands for itself, and one with an old fix left is red."""
        assert scan_3(make_case(others=[A], gone=[A], launched=[B, C])).holds
        old = make_finding(host=C, disclosed_at=LONG_AGO)
        assert not scan_3(make_case([], [old], others=[A], gone=[A], launched=[B, C])).holds

    @pytest.mark.parametrize(
        ("seen", "holds"),
        [
            pytest.param({"others": [A], "gone": [A], "launched": [B, C]}, True, id="all-replaced-and-proven"),
            pytest.param({"others": [A], "launched": [B]}, None, id="a-host-in-common-is-compared"),
            pytest.param({"others": [A], "unscanned": [A], "launched": [B]}, None, id="the-old-host-is-there"),
            pytest.param({"others": [A], "gone": [A], "launched": [B, C], "unscanned": [C]}, None, id="one-unscanned"),
            pytest.param({"others": [A], "unnamed": [A], "departed": [A], "launched": [B]}, None, id="one-missed"),
        ],
    )
    def test_find_1_needs_no_comparison_where_every_host_is_new_and_proven(
        self, make_case: MakeCase, seen: dict[str, Any], holds: bool | None
    ) -> None:
        """Only a fleet that was replaced as a whole is judged without one."""
        case = make_case(**seen)
        judgement = replaced_fleet(case.delta, case.changed_hosts)
        assert (judgement.holds if judgement else None) is holds


class TestPatching:
    """PATCH-1 and PATCH-2 of new hosts."""

    def judged(self, case: Case) -> tuple[Judgement, Judgement]:
        """Judge PATCH-1 and PATCH-2."""
        evidence = case.evidence
        patching: Any = evidence.patching
        first = every_host_patched(patching, evidence.hosts, BASELINE, case.policy, case.never_patched)
        return first, no_reboot_pending(patching, evidence.hosts, case.never_patched)

    @pytest.mark.parametrize(
        ("launched_at", "holds"),
        [
            pytest.param(RUN + timedelta(hours=1), True, id="after-the-patch-run"),
            pytest.param(RUN - timedelta(hours=1), False, id="before-it-and-missed"),
        ],
    )
    def test_a_host_launched_after_the_patch_run_needs_no_install(
        self, make_case: MakeCase, launched_at: datetime, holds: bool
    ) -> None:
        """Patching could not reach it; one that was there and was not patched was missed."""
        for judgement in self.judged(make_case(others=[A], launched=[B], launched_at={B: launched_at})):
            assert judgement.holds is holds
            assert (B in " ".join(judgement.notes)) is holds

    @pytest.mark.parametrize(("launched_at", "holds"), [(MORNING - timedelta(hours=1), True), (LONG_AGO, False)])
    def test_where_every_host_was_replaced_none_needs_an_install(
        self, make_case: MakeCase, launched_at: datetime, holds: bool
    ) -> None:
        """Nothing was patched in place; a host launched before the baseline has not replaced another since."""
        case = make_case(others=[A], gone=[A], launched=[B], launched_at={B: launched_at}, patched={})
        assert [judgement.holds for judgement in self.judged(case)] == [holds, holds]

    def test_without_the_key_every_host_needs_one(self, make_case: MakeCase) -> None:
        """The strict rule asks each host for its own Install."""
        case = make_case(others=[A], launched=[B], launched_at={B: RUN + timedelta(hours=1)}, may_change=False)
        assert [judgement.holds for judgement in self.judged(case)] == [False, False]
