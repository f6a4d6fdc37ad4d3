"""Hosts that came and went: what no mixture of them may turn green."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.verdict.findings import nothing_remains_patchable
from postpatch.verdict.new_findings import nothing_new_that_was_fixable
from postpatch.verdict.patching import every_host_patched, no_reboot_pending
from postpatch.verdict.remaining import RemainingFindings
from tests.verdict.test_changed_hosts import BASELINE, LONG_AGO, RUN, A, B, C, D, Make, MakeCase, make_case, scan_3

__all__ = ["make_case"]

moments = st.sampled_from([LONG_AGO, RUN - timedelta(hours=1), RUN + timedelta(hours=1), None])
leftovers = st.lists(st.tuples(st.sampled_from(["CVE-2026-1", "CVE-2026-2"]), moments, st.booleans()), max_size=3)


@st.composite
def fleets(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a fleet of two hosts in the baseline and one that may be new: what was installed, and what is left."""
    patched = draw(st.dictionaries(st.sampled_from([A, B, C]), st.sampled_from([RUN, LONG_AGO]), max_size=3))
    return {
        "rows": {host: draw(leftovers) for host in (A, B, C)},
        "patched": patched or {A: RUN},
        "launched": [C] if draw(st.booleans()) else [],
        "launched_at": {C: draw(st.sampled_from([RUN - timedelta(hours=1), RUN + timedelta(hours=1)]))},
        "gone": [A] if draw(st.booleans()) else [],
        "unscanned": [B] if draw(st.booleans()) else [],
    }


@pytest.fixture(scope="session")
def failed(make_case: MakeCase, make_finding: Make, unfixable: Make) -> Callable[..., set[str]]:
    """Return the checks that do not hold in a fleet; `dropped` is a host without its rows in the baseline."""

    def judge(fleet: dict[str, Any], *, dropped: str = "", departed: str = "") -> set[str]:
        rows = [
            (make_finding if fixable else unfixable)(cve, host, disclosed_at=moment)
            for host, left in fleet["rows"].items()
            if host in (A, B) or host in fleet["launched"]
            for cve, moment, fixable in left
            if host not in (departed, *fleet["gone"])
        ]
        launched = [*fleet["launched"], *([dropped] if dropped else [])]
        case = make_case(
            [one for one in rows if one.host not in launched],
            rows,
            others=[host for host in (A, B) if host != dropped],
            unnamed=[departed],
            departed=[departed] if departed else [],
            **{name: fleet[name] for name in ("patched", "launched_at", "gone", "unscanned")},
            launched=launched,
        )
        patching: Any = case.evidence.patching
        hosts, policy = case.evidence.hosts, case.policy
        remaining = RemainingFindings(case.delta, {})
        judged = {
            "SCAN-3": scan_3(case),
            "FIND-3": nothing_new_that_was_fixable(case.delta, case.waivers, policy, case.late),
            "FIND-4": nothing_remains_patchable(remaining, case.waivers, policy),
            "PATCH-1": every_host_patched(patching, hosts, BASELINE, policy, case.never_patched),
            "PATCH-2": no_reboot_pending(patching, hosts, case.never_patched),
        }
        return {name for name, judgement in judged.items() if not judgement.holds}

    return judge


class TestWhatNeverPasses:
    """No new host and no row that is missing makes a check pass that failed."""

    @settings(max_examples=15, deadline=None)
    @given(fleet=fleets(), left=leftovers, launched_at=st.sampled_from([LONG_AGO, RUN + timedelta(hours=1)]))
    def test_a_new_host_never_makes_a_check_pass(
        self, failed: Callable[..., set[str]], fleet: dict[str, Any], left: list[Any], launched_at: datetime
    ) -> None:
        """One more host on which nothing was installed leaves every failed check failed."""
        more = fleet | {
            "rows": fleet["rows"] | {D: left},
            "launched": [*fleet["launched"], D],
            "launched_at": fleet["launched_at"] | {D: launched_at},
        }
        assert failed(fleet) <= failed(more)

    @settings(max_examples=15, deadline=None)
    @given(fleet=fleets(), dropped=st.sampled_from([A, B]))
    def test_a_host_without_its_rows_in_the_baseline_never_passes(
        self, failed: Callable[..., set[str]], fleet: dict[str, Any], dropped: str
    ) -> None:
        """A host that the baseline loses is new, and what was left on it is found all the same."""
        if failed(fleet):
            assert failed(fleet, dropped=dropped)

    @settings(max_examples=5, deadline=None)
    @given(fleet=fleets())
    def test_a_host_without_its_rows_now_never_passes(
        self, failed: Callable[..., set[str]], fleet: dict[str, Any]
    ) -> None:
        """A host that exists and is missing in the scope fails, whatever was found on it."""
        assert "SCAN-3" in failed(fleet, departed=B)
