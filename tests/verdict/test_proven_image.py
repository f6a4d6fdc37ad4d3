"""Fleets whose hosts come from a proven image: SCAN-3, PATCH-1, FIND-1 and FIND-2 by role, and FIND-3."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postpatch.model import Finding, Host, Images, Judgement, Patching, PatchState, Severity
from postpatch.policy import Policy
from postpatch.verdict.by_role import fewer_by_role, no_severity_worse_by_role
from postpatch.verdict.case import Case
from postpatch.verdict.coverage import same_hosts
from postpatch.verdict.delta import Delta
from postpatch.verdict.new_findings import nothing_new_that_was_fixable
from postpatch.verdict.patching import every_host_patched

Make = Callable[..., Finding]
MakeCase = Callable[..., Case]

A, B, C, D = (f"i-0aaaaaaaaaaaaaaa{number}" for number in (1, 2, 3, 4))
OLD, PROVEN, NEWER = "ami-00000001", "ami-00000002", "ami-00000003"
BASELINE = datetime(2026, 11, 20, 22, tzinfo=UTC)  # that of the factory's snapshots
BUILT = BASELINE + timedelta(hours=2)
MORNING = BASELINE + timedelta(hours=10)
LONG_AGO = BASELINE - timedelta(days=300)
CREATED = {OLD: LONG_AGO, PROVEN: BUILT, NEWER: BUILT + timedelta(hours=1)}
BY_TAG = {"ami": PROVEN, "role": "tag:Role"}


@pytest.fixture(scope="session")
def make_case(make_delta: Callable[..., Delta], make_policy: Callable[..., Policy]) -> MakeCase:
    """Make the case of a run with a proven image.

    `images` are the hosts' by host, the proven one by default; `roles` too, `web` by default. What the baseline has and
    is `gone` now was terminated, and what it does not have is `launched`.
    """

    def make(
        baseline: Iterable[Finding] = (),
        after: Iterable[Finding] = (),
        *,
        images: Mapping[str, str] | None = None,
        roles: Mapping[str, str] | None = None,
        created: Mapping[str, datetime] | None = None,
        patched: Mapping[str, datetime] | None = None,
        policy: Mapping[str, Any] | None = None,
        **seen: Any,
    ) -> Case:
        delta = make_delta(baseline, after, **seen)
        named = {one.id: (roles or {}).get(one.id, "web") for one in (*delta.baseline.hosts, *delta.after.hosts)}
        tags = {host: (("Role", role),) if role else () for host, role in named.items()}
        earlier = tuple(replace(one, tags=tags[one.id]) for one in delta.baseline.hosts)
        delta.baseline = replace(delta.baseline, hosts=earlier)
        now = tuple(replace(one, scanned_at=MORNING if one.scanned else None) for one in delta.after.hosts)
        delta.after = replace(delta.after, started_at=MORNING, hosts=now)
        present = [one.id for one in delta.after.hosts if one.present]
        states = [PatchState(host, "Install", at, at, "pb-1") for host, at in (patched or {}).items()]
        evidence = SimpleNamespace(
            baseline=SimpleNamespace(manifest=delta.baseline),
            after=SimpleNamespace(manifest=delta.after),
            hosts=tuple(
                Host(host, image=(images or {}).get(host, PROVEN), launched_at=LONG_AGO, tags=tags[host])
                for host in sorted(present)
            ),
            departed=(),
            images=Images(PROVEN, {**CREATED, **(created or {})}),
            patching=Patching(tuple(states), read_at=MORNING),
            leftovers=None,
            judged_at=MORNING,
        )
        sections = {"scope": {"hosts_may_change": True}, "image": BY_TAG} | dict(policy or {})
        wanted = {name: keys for name, keys in sections.items() if keys is not None}
        case = Case(evidence, make_policy(**wanted))  # type: ignore[arg-type] # a part
        vars(case)["delta"] = delta
        return case

    return make


def scan_3(case: Case) -> Judgement:
    """Judge SCAN-3."""
    return same_hosts(case.delta, case.changed_hosts)


def find_1(case: Case) -> Judgement:
    """Judge FIND-1, which is by role here."""
    judgement = fewer_by_role(case.by_role, case.delta)
    assert judgement
    return judgement


def find_2(case: Case) -> Judgement:
    """Judge FIND-2, which is by role here."""
    judgement = no_severity_worse_by_role(case.by_role, case.delta)
    assert judgement
    return judgement


def patch_1(case: Case) -> Judgement:
    """Judge PATCH-1."""
    patching, hosts = case.evidence.patching, case.evidence.hosts
    assert patching
    return every_host_patched(patching, hosts, BASELINE, case.policy, case.never_patched, image=case.image)


class TestImages:
    """Every host must come from the proven image or a newer one."""

    @pytest.mark.parametrize("image", [PROVEN, NEWER])
    def test_the_proven_image_and_a_newer_one(self, make_case: MakeCase, image: str) -> None:
        """The note says which image is proven, by what, and which ones the hosts run."""
        judgement = scan_3(make_case(others=[A], gone=[A], launched=[B], images={B: image}))
        assert judgement.holds, judgement.reason
        assert any(f"the proven image is {PROVEN}, which AMI {PROVEN} names" in note for note in judgement.notes)
        assert any(f"{image} on 1 host" in note for note in judgement.notes)

    @pytest.mark.parametrize("image", [OLD, "ami-00000009"])
    def test_an_older_image_and_one_that_is_not_known(self, make_case: MakeCase, image: str) -> None:
        """One host that does not come from it is enough."""
        judgement = scan_3(make_case(others=[A], gone=[A], launched=[B, C], images={B: image}))
        assert not judgement.holds
        assert (
            f"hosts from an image older than {PROVEN}, created 2026-11-21 00:00:00 UTC: {B} ({image})"
            in judgement.reason
        )

    def test_a_host_that_stayed_counts_too(self, make_case: MakeCase) -> None:
        """A host of the baseline that was not replaced must come from the image like the others."""
        assert not scan_3(make_case(others=[A, B], gone=[B], launched=[C], images={A: OLD})).holds

    def test_an_image_made_at_the_same_moment_is_not_older(self, make_case: MakeCase) -> None:
        """Only an earlier creation makes an image older."""
        assert scan_3(make_case(others=[A], gone=[A], launched=[B], images={B: OLD}, created={OLD: BUILT})).holds


class TestRoles:
    """Hosts that replace each other have one role, and none vanishes."""

    def test_a_role_that_no_host_serves(self, make_case: MakeCase) -> None:
        """The group of the API was replaced by a second one of the web."""
        judgement = scan_3(make_case(others=[A, B], gone=[A, B], launched=[C], roles={B: "api"}))
        assert not judgement.holds
        assert "roles of the baseline without a host now: api" in judgement.reason

    @pytest.mark.parametrize("host", [A, B])
    def test_a_host_without_a_role(self, make_case: MakeCase, host: str) -> None:
        """Neither of the baseline nor of now may a host be without one: it could not be compared."""
        judgement = scan_3(make_case(others=[A, D], gone=[A], launched=[B], roles={host: ""}))
        assert not judgement.holds
        assert f"hosts without the tag Role, which is their role: {host}" in judgement.reason

    def test_a_new_role_is_named(self, make_case: MakeCase) -> None:
        """It has nothing to be compared with, and is proven host by host."""
        judgement = scan_3(make_case(others=[A], launched=[B], roles={B: "api"}))
        assert judgement.holds, judgement.reason
        assert any("roles that the baseline does not have: api" in note for note in judgement.notes)


class TestInstalled:
    """PATCH-1: what comes from the image needs no Install, if the image is recent."""

    def test_hosts_from_the_image_need_none(self, make_case: MakeCase) -> None:
        """New or not: what the image has was installed when it was built."""
        judgement = patch_1(make_case(others=[A], launched=[B]))
        assert judgement.holds, judgement.reason
        assert any(
            f"from a proven image, so left out here and proven by SCAN-3 and FIND-3: {A}, {B}" in note
            for note in judgement.notes
        )

    def test_a_host_from_an_older_image_needs_one(self, make_case: MakeCase) -> None:
        """It was not replaced, so it must have been patched."""
        judgement = patch_1(make_case(others=[A], launched=[B], images={A: OLD}))
        assert not judgement.holds
        assert A in judgement.reason

    @pytest.mark.parametrize(
        ("began", "judged"),
        [pytest.param(LONG_AGO, False, id="before-the-baseline"), pytest.param(BUILT, True, id="since")],
    )
    def test_an_install_since_the_baseline_is_judged(self, make_case: MakeCase, began: datetime, judged: bool) -> None:
        """What was installed on a host from the image since is judged like any other; an earlier one is nothing."""
        case = make_case(others=[A], patched={A: began})
        assert (case.never_patched == frozenset()) is judged
        assert (A in [one.name for one in patch_1(case).facts]) is judged

    def test_a_stale_image_proves_nothing(self, make_case: MakeCase) -> None:
        """It must be as recent as an Install must be."""
        judgement = patch_1(make_case(others=[A], launched=[B], created={PROVEN: MORNING - timedelta(days=36)}))
        assert not judgement.holds
        assert f"the proven image {PROVEN}: expected created at most 35 days before 2026-11-21" in judgement.reason

    def test_the_limit_is_that_of_an_install(self, make_case: MakeCase) -> None:
        """`within_days` holds for both."""
        old = {PROVEN: MORNING - timedelta(days=36)}
        assert patch_1(make_case(others=[A], created=old, policy={"patching": {"within_days": 40}})).holds


class TestProgress:
    """FIND-1 and FIND-2: a role is compared with itself, whichever hosts serve it."""

    def test_a_replaced_host_is_compared_with_its_role(self, make_case: MakeCase, make_finding: Make) -> None:
        """What its role had is gone, and the sentence says how much that was."""
        case = make_case([make_finding(host=A), make_finding("CVE-2026-2", host=A)], [], gone=[A], launched=[B])
        assert find_1(case).holds
        assert "web 2 → 0" in find_1(case).reason
        assert find_2(case).holds

    def test_the_same_findings_on_new_hosts_are_no_progress(self, make_case: MakeCase, make_finding: Make) -> None:
        """A fleet rolled back to the image of the baseline has what it had."""
        late = {"disclosed_at": LONG_AGO}
        case = make_case([make_finding(host=A, **late)], [make_finding(host=B, **late)], gone=[A], launched=[B])
        assert not find_1(case).holds
        assert "expected fewer than 1, found 1" in find_1(case).reason
        assert find_2(case).holds

    def test_roles_are_judged_apart(self, make_case: MakeCase, make_finding: Make) -> None:
        """Progress of the web does not hide that the API made none."""
        before = [make_finding(f"CVE-2026-{number}", host=A) for number in range(5)] + [make_finding(host=B)]
        case = make_case(before, [make_finding(host=D)], gone=[A, B], launched=[C, D], roles={B: "api", D: "api"})
        assert not find_1(case).holds
        assert "role api" in find_1(case).reason
        assert "role web" not in find_1(case).reason

    def test_a_worse_severity_is_red(self, make_case: MakeCase, make_finding: Make) -> None:
        """Two findings became one that is worse."""
        before = [make_finding(f"CVE-2026-{number}", host=A, severity="LOW") for number in (1, 2)]
        case = make_case(before, [make_finding("CVE-2026-3", host=B, severity="CRITICAL")], gone=[A], launched=[B])
        assert find_1(case).holds
        assert not find_2(case).holds
        assert "CRITICAL, role web: expected at most 0, found 1" in find_2(case).reason

    def test_a_role_that_nobody_scanned_proves_nothing(self, make_case: MakeCase, make_finding: Make) -> None:
        """Without a scan nothing is compared, and that is no progress."""
        case = make_case([make_finding(host=A)], [], gone=[A], launched=[B], unscanned=[B])
        assert (find_1(case).holds, find_1(case).checked) == (False, False)
        assert (find_2(case).holds, find_2(case).checked) == (False, False)

    def test_a_new_host_does_not_stand_in_for_one_that_exists(self, make_case: MakeCase, make_finding: Make) -> None:
        """Where the role's host of the baseline exists and was not scanned, the new one proves nothing."""
        case = make_case([make_finding(host=A)], [], launched=[B], unscanned=[A])
        assert (find_1(case).holds, find_1(case).checked) == (False, False)
        assert (find_2(case).holds, find_2(case).checked) == (False, False)

    def test_what_was_disclosed_after_the_image_is_left_out(self, make_case: MakeCase, make_finding: Make) -> None:
        """On a new host it is newer than what could have been built in; on both sides it counts nothing."""
        fresh = make_finding(host=B, disclosed_at=BUILT + timedelta(hours=1))
        case = make_case([], [fresh], others=[A], gone=[A], launched=[B])
        assert find_1(case).holds
        assert nothing_new_that_was_fixable(
            case.delta, case.waivers, case.policy, case.late, case.remaining, case.holding
        ).holds

    def test_what_was_disclosed_before_the_image_is_red(self, make_case: MakeCase, make_finding: Make) -> None:
        """The image should have had the fix."""
        known = make_finding(host=B, disclosed_at=BUILT - timedelta(hours=1))
        case = make_case([], [known], others=[A], gone=[A], launched=[B])
        assert not find_1(case).holds
        assert not nothing_new_that_was_fixable(
            case.delta, case.waivers, case.policy, case.late, case.remaining, case.holding
        ).holds
        assert not scan_3(case).holds

    @settings(max_examples=20, deadline=None)
    @given(data=st.data())
    def test_counts_are_those_of_sets(
        self, make_case: MakeCase, make_finding: Make, unfixable: Make, data: st.DataObject
    ) -> None:
        """By role, a finding counts once: before and after are the sizes of sets, whatever hosts have it."""
        ids = st.sets(st.tuples(st.integers(1, 4), st.booleans()), max_size=5)
        on = {host: data.draw(ids, label=host) for host in (A, B, C, D)}

        def findings(host: str) -> list[Finding]:
            # One vulnerability is either fixable everywhere or nowhere, as an advisory is.
            makers = {number: make_finding if number % 2 else unfixable for number, _ in on[host]}
            return [maker(f"CVE-2026-{number}", host=host, disclosed_at=LONG_AGO) for number, maker in makers.items()]

        before, after = [*findings(A), *findings(B)], [*findings(C), *findings(D)]
        case = make_case(before, after, others=[A, B], gone=[A, B], launched=[C, D])
        roles = case.by_role
        assert roles is not None
        fixable_before = {one.vulnerability for one in before if one.fix_available == "YES"}
        fixable_after = {one.vulnerability for one in after if one.fix_available == "YES"}
        assert roles["web"].before == ({Severity.HIGH: len(fixable_before)} if fixable_before else {})
        assert roles["web"].after == ({Severity.HIGH: len(fixable_after)} if fixable_after else {})
        assert roles["web"].new == len(fixable_after - fixable_before)
        expected = len(fixable_after) < len(fixable_before) or not (fixable_after or fixable_before)
        assert find_1(case).holds == expected


def test_without_an_image_nothing_is_judged_by_role(make_case: MakeCase) -> None:
    """A policy without the section compares hosts with themselves."""
    case = make_case(others=[A], policy={"image": None})
    assert (case.image, case.by_role) == (None, None)
    assert (fewer_by_role(None, case.delta), no_severity_worse_by_role(None, case.delta)) == (None, None)
