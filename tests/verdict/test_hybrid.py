"""Hybrid nodes: PATCH-1, PATCH-2 and TGT-2 judge them beside the hosts, by Patch Manager alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postpatch.model import (
    ApprovalRule,
    ExistingWindow,
    Fact,
    Host,
    HybridNodes,
    Judgement,
    ManagedHost,
    PatchBaseline,
    Patching,
)
from postpatch.policy import Policy
from postpatch.verdict.checks import CHECKS
from postpatch.verdict.hybrid import (
    left_out,
    nothing_lacking,
    of_inspector,
    with_nodes_patched,
    with_nodes_rebooted,
    without_nodes,
)
from postpatch.verdict.target import selected_hosts
from tests.verdict.test_patching import BASELINE, HOUR, TUTORIALS, command, state

X, Y = (f"mi-0aaaaaaaaaaaaaaa{number}" for number in (1, 2))
NODES = (Host(X), Host(Y))
HOSTS = Judgement(True, "all 3 hosts are proven", (Fact("i-1", "patched", "patched", True),), ("a note",))
UNSETTLED = replace(HOSTS, holds=False, checked=False, reason="wait")
RED = replace(HOSTS, holds=False, reason="1 host of 3 is not patched")
PATCHED = Patching((state(X), state(Y)))


OURS = PatchBaseline(state(X).baseline, "pww", rules=(ApprovalRule((), 0, None),))


def alone_in_scope(**scope: object) -> Policy:
    """Return a policy of hybrid nodes alone."""
    changes = {"stack": None, "tag": {"key": "Site", "value": "branch"}, "hybrid": "only"} | scope
    document = TUTORIALS.model_dump(exclude_unset=True)
    return Policy.model_validate({**document, "scope": {**document["scope"], **changes}})


def patched(patching: Patching, hosts: Judgement = HOSTS, policy: Policy = TUTORIALS, **found: object) -> Judgement:
    """Return PATCH-1 of the hosts and two nodes of which Patch Manager reports this."""
    nodes = replace(HybridNodes(NODES, patching, (OURS,)), **found)
    return with_nodes_patched(hosts, nodes, BASELINE, policy)


def test_without_hybrid_nodes_nothing_changes() -> None:
    """Where the policy has none, each judgement is that of the hosts."""
    assert with_nodes_patched(HOSTS, HybridNodes(), BASELINE, TUTORIALS) is HOSTS
    assert with_nodes_rebooted(HOSTS, HybridNodes(), TUTORIALS) is HOSTS
    assert without_nodes(HOSTS, HybridNodes()) is HOSTS


def test_patched_nodes_are_proven_beside_the_hosts() -> None:
    """The reason says which proof is whose, and each node has its fact."""
    judgement = patched(PATCHED)
    assert judgement.holds
    assert judgement.reason.startswith("all 3 hosts are proven; hybrid nodes, by Patch Manager alone: all 2 hosts had")
    assert [one.name for one in judgement.facts] == ["i-1", X, Y]
    assert judgement.notes[0] == "a note"


@pytest.mark.parametrize(
    ("patching", "words"),
    [
        pytest.param(Patching((state(X),)), "Patch Manager has no report for it", id="no-state"),
        pytest.param(Patching((state(X), state(Y, failed=1))), "1 patch failed", id="failed"),
        pytest.param(
            Patching((state(X), state(Y, "Scan", BASELINE + 9 * HOUR, missing=2)), (command(Y),)),
            f"1 host of 2 not proven complete: patches of {Y}: 2 missing, 0 failed",
            id="missing-after-a-later-scan",
        ),
        pytest.param(
            Patching((state(X), state(Y, ended=BASELINE - HOUR))), "before the baseline", id="before-the-baseline"
        ),
    ],
)
def test_a_node_turns_patch_1_red(patching: Patching, words: str) -> None:
    """A node that was not patched, or lacks a patch, fails the check although every host is proven."""
    judgement = patched(patching)
    assert (judgement.holds, judgement.checked) == (False, True)
    assert judgement.reason.startswith("hybrid nodes, by Patch Manager alone: ")
    assert words in judgement.reason


def test_a_patch_state_that_is_outdated_proves_nothing() -> None:
    """A Scan that began after the patch state, and did not become it, is an error: the state says nothing of now."""
    later = command(Y, "Scan", requested=BASELINE + 5 * HOUR)
    judgement = patched(Patching((state(X), state(Y)), (later,)))
    assert (judgement.holds, judgement.checked) == (False, False)
    assert "Run AWS-RunPatchBaseline with Operation Scan" in judgement.reason


def test_a_pending_reboot_turns_patch_2_red() -> None:
    """A node on which patches wait for a reboot fails the check; one without any is proven."""
    waiting = HybridNodes(NODES, Patching((state(X), state(Y, pending_reboot=3))))
    assert with_nodes_rebooted(HOSTS, HybridNodes(NODES, PATCHED), TUTORIALS).holds
    judgement = with_nodes_rebooted(HOSTS, waiting, TUTORIALS)
    assert not judgement.holds
    assert Y in judgement.reason


@given(
    st.sampled_from([HOSTS, UNSETTLED, RED]),
    st.lists(st.sampled_from(["good", "failed", "missing", "absent", "unknown"]), min_size=2, max_size=2),
)
def test_nodes_only_ever_make_it_worse(hosts: Judgement, kinds: list[str]) -> None:
    """Failed before error before proven, whichever side it comes from; a pass needs every host and every node."""
    counts = {"failed": {"failed": 1}, "missing": {"missing": 1}}
    states = [state(node, **counts.get(kind, {})) for node, kind in zip((X, Y), kinds, strict=True) if kind != "absent"]
    running = [
        command(node, status="InProgress") for node, kind in zip((X, Y), kinds, strict=True) if kind == "unknown"
    ]
    judgement = patched(Patching(tuple(states), tuple(running)), hosts)
    red = hosts is RED or bool({"failed", "missing", "absent"} & set(kinds))
    assert judgement.holds == (hosts is HOSTS and kinds == ["good", "good"])
    assert judgement.checked == (judgement.holds or red)


@given(st.integers(0, 3), st.integers(0, 3))
def test_a_node_lacks_nothing_only_without_missing_and_failed(missing: int, failed: int) -> None:
    """Any patch that is missing or failed counts; a node without a patch state is not proven either."""
    judgement = nothing_lacking(Patching((state(X, missing=missing, failed=failed),)), [X])
    assert judgement.holds == (missing == failed == 0)
    assert not nothing_lacking(Patching(), [X]).holds


def test_checks_about_inspector_name_the_nodes_that_they_leave_out() -> None:
    """A note names them, and the outcome stays."""
    judgement = without_nodes(RED, HybridNodes(NODES, PATCHED))
    assert (judgement.holds, judgement.reason) == (RED.holds, RED.reason)
    assert judgement.notes[-1].startswith("left out here: 2 hybrid nodes, judged by Patch Manager alone")
    assert X in judgement.notes[-1]
    assert [of_inspector(check) for check in ("SCAN-2", "FIND-1", "PATCH-1", "TGT-2", "MW-1")] == [True, True] + 3 * [
        False
    ]


@pytest.mark.parametrize(
    ("baseline", "words"),
    [
        pytest.param(replace(OURS, name="lax", id="pb-0bbbbbbbbbbbbbbbb"), "which is not known", id="unknown"),
        pytest.param(replace(OURS, name="lax"), "not the policy's", id="of-another-name"),
        pytest.param(replace(OURS, rules=()), "it approves nothing", id="approves-nothing"),
    ],
)
def test_a_node_is_complete_only_by_the_policys_baseline(baseline: PatchBaseline, words: str) -> None:
    """No finding shows what a baseline leaves out, so that nothing missing means little by one of anybody's."""
    named = TUTORIALS.model_copy(update={"patching": TUTORIALS.patching.model_copy(update={"baseline": "pww"})})
    assert patched(PATCHED, policy=named).holds
    judgement = patched(PATCHED, policy=named, baselines=(baseline,))
    assert (judgement.holds, judgement.checked) == (False, True)
    assert f"2 hosts of 2 not patched as the policy says: patch baseline of {X}" in judgement.reason
    assert words in judgement.reason


@given(st.booleans(), st.booleans(), st.booleans())
def test_a_node_of_the_baseline_is_missed(may_go: bool, left: bool, gone: bool) -> None:
    """One that is registered and out of scope is red; one that was deregistered only where no host may go."""
    judgement = patched(
        PATCHED,
        policy=alone_in_scope(hosts_may_change=may_go),
        left=("mi-1",) if left else (),
        deregistered=("mi-2",) if gone else (),
    )
    assert judgement.holds == (not left and (may_go or not gone))
    assert ("deregistered since the baseline: mi-2" in judgement.notes) == gone
    assert ("mi-1" in judgement.reason) == left


def test_of_nodes_alone_no_host_is_spoken_of() -> None:
    """The judgement is the nodes' own, whatever was said of no hosts; what Inspector reports is not judged."""
    policy = alone_in_scope()
    patch_1, patch_2 = patched(PATCHED, RED, policy), with_nodes_rebooted(RED, HybridNodes(NODES, PATCHED), policy)
    assert patch_1.holds
    assert patch_2.holds
    assert [one.name for one in patch_1.facts] == [X, Y]
    assert left_out(policy) == {check.id for check in CHECKS if of_inspector(check.id)}
    assert left_out(TUTORIALS) == frozenset()


def test_tgt_2_expects_the_hybrid_nodes_of_the_scope(make_standing: Callable[..., ExistingWindow]) -> None:
    """A node that the target misses is red, as is one that it selects and that is in no scope."""
    standing = make_standing()
    hosts = [Host(one) for one in standing.selected]
    both = replace(standing, selected=(*standing.selected, X), managed=(*standing.managed, ManagedHost(X, "Online")))
    assert selected_hosts(both, hosts, None, [X]).holds
    assert "in scope but not selected: mi-" in selected_hosts(standing, hosts, None, [X]).reason
    assert "selected but not in scope: mi-" in selected_hosts(both, hosts).reason
