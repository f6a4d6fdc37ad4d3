"""Judge hybrid nodes: by Patch Manager alone, beside the hosts that Inspector scans."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from postpatch.model import Fact, HybridNodes, Judgement, PatchBaseline, Patching, PatchState
from postpatch.policy import PATCH_POLICY, Policy
from postpatch.verdict.causes.held_back import approves_nothing
from postpatch.verdict.checks import CHECKS
from postpatch.verdict.facts import count, fact, naming
from postpatch.verdict.installation import outdated
from postpatch.verdict.patching import every_host_patched, no_reboot_pending

WITHOUT_INSPECTOR = 'Inspector scans no hybrid node, and [scope] hybrid = "only" says that no other host is judged'
LABEL = "hybrid node, judged by Patch Manager alone"
_BY_INSPECTOR = ("SCAN-", "FIND-")


def with_nodes_patched(judgement: Judgement, hybrid: HybridNodes, baseline_at: datetime, policy: Policy) -> Judgement:
    """Return PATCH-1 of hosts and hybrid nodes: a node is judged as a host is, and lacks no patch besides.

    No finding shows what is left on a node, so that its newest patch state must list nothing as missing or failed, by a
    patch baseline that is the policy's and approves something. A node that left the scope since the baseline fails it.
    """
    if hybrid.patching is None:
        return judgement
    installed = every_host_patched(hybrid.patching, hybrid.nodes, baseline_at, policy)
    complete = (nothing_lacking(hybrid.patching, hybrid.ids), decided_as_wanted(hybrid, policy))
    unproven = [one for one in complete if not one.holds] if installed.holds else []
    parts = (_naming_gone(installed, hybrid), *unproven, *none_missed(hybrid, policy))
    return _beside(*(() if policy.scope.nodes_alone else (judgement,)), nodes=parts)


def with_nodes_rebooted(judgement: Judgement, hybrid: HybridNodes, policy: Policy) -> Judgement:
    """Return PATCH-2 of hosts and hybrid nodes."""
    if hybrid.patching is None:
        return judgement
    nodes = (no_reboot_pending(hybrid.patching, hybrid.nodes),)
    return _beside(*(() if policy.scope.nodes_alone else (judgement,)), nodes=nodes)


def nothing_lacking(patching: Patching, nodes: Iterable[str]) -> Judgement:
    """Return whether the patch state of each node, if it is not outdated, lists no patch as missing or failed."""
    facts: list[Fact] = []
    unknown: list[str] = []
    for node in nodes:
        state, why = patching.state(node), outdated(patching, node)
        lacking = state.missing + state.failed if state else None
        found = why or ("no patch state" if state is None else f"{state.missing} missing, {state.failed} failed")
        facts.append(fact(f"patches of {node}", "0 missing, 0 failed", found, lacking == 0 and not why))
        unknown += [found] if why else []
    wrong = [one for one in facts if not one.holds]
    if not wrong:
        return Judgement(True, f"none of {count(len(facts), 'hybrid node')} lacks a patch", tuple(facts))
    known = [one for one in wrong if one.found not in unknown]
    first = (known or wrong)[0]
    reason = f"{count(len(known or wrong), 'host')} of {len(facts)} not proven complete: {first.name}: {first.found}"
    return Judgement(False, reason if known else first.found, tuple(facts), checked=bool(known))


def decided_as_wanted(hybrid: HybridNodes, policy: Policy) -> Judgement:
    """Return whether the patch state of each node rests on a patch baseline of the policy that approves something.

    One that approves nothing lists nothing as missing, whatever a node lacks. What a patch policy installs is decided
    by its own copy of a baseline, which TASK-2 judges.
    """
    if hybrid.patching is None or policy.recurring.by == PATCH_POLICY:
        return Judgement(True, "a patch policy decides")
    baselines = {one.id: one for one in hybrid.baselines}
    facts = [_decided(state, baselines.get(state.baseline), policy) for state in hybrid.patching.states]
    wrong = [one for one in facts if not one.holds]
    if not wrong:
        return Judgement(True, "each is patched by the policy's patch baseline", tuple(facts))
    first, number = wrong[0], count(len(wrong), "host")
    reason = f"{number} of {len(hybrid.nodes)} not patched as the policy says: {first.name}: {first.found}"
    return Judgement(False, reason, tuple(facts))


def _decided(state: PatchState, baseline: PatchBaseline | None, policy: Policy) -> Fact:
    wanted = policy.patching
    name = f"{state.baseline} ({baseline.name})" if baseline and baseline.name else state.baseline
    wrong = [] if baseline else ["which is not known"]
    if not wanted.names(state.baseline, baseline.name if baseline else ""):
        wrong.append("not the policy's")
    if baseline and approves_nothing(baseline):
        wrong.append("it approves nothing")
    if not wanted.takes_group(state.patch_group):
        wrong.append(f"patch group {state.patch_group or 'none'}")
    found = f"{name}: {', '.join(wrong)}" if wrong else name
    expected = " or ".join(wanted.baselines) or "one that approves patches"
    return fact(f"patch baseline of {state.host}", expected, found, not wrong)


def none_missed(hybrid: HybridNodes, policy: Policy) -> tuple[Judgement, ...]:
    """Return what is wrong with the nodes that the baseline notes and the scope no longer has; nothing if nothing is.

    A node that Systems Manager still knows was left out of the scope. One that was deregistered is missing too, unless
    the policy lets hosts come and go.
    """
    may_go = policy.scope.hosts_may_change
    missed = (*hybrid.left, *(() if may_go else hybrid.deregistered))
    if missed:
        facts = tuple(fact(node, "in scope, as in the baseline", "not in scope", False) for node in missed)
        hint = "" if hybrid.left else "; [scope] hosts_may_change lets them go"
        reason = f"{count(len(missed), 'node')} of the baseline no longer in scope: {naming(missed)}{hint}"
        return (Judgement(False, reason, facts),)
    return ()


def _naming_gone(judgement: Judgement, hybrid: HybridNodes) -> Judgement:
    if not hybrid.deregistered:
        return judgement
    note = f"deregistered since the baseline: {naming(hybrid.deregistered)}"
    return replace(judgement, notes=(*judgement.notes, note))


def left_out(policy: Policy) -> frozenset[str]:
    """Return the checks that judge what Inspector reports, if nothing that it scans is in scope; none otherwise."""
    if not policy.scope.nodes_alone:
        return frozenset()
    return frozenset(check.id for check in CHECKS if of_inspector(check.id))


def of_inspector(check: str) -> bool:
    """Return whether a check judges what Inspector reports, which is nothing about hybrid nodes."""
    return check.startswith(_BY_INSPECTOR)


def without_nodes(judgement: Judgement, hybrid: HybridNodes | None) -> Judgement:
    """Return the judgement of a check about Inspector's data with a note that names the hybrid nodes it leaves out."""
    if not hybrid or not hybrid.nodes:
        return judgement
    return replace(judgement, notes=(*judgement.notes, f"left out here: {alone(hybrid)}"))


def alone(hybrid: HybridNodes) -> str:
    """Return in words which hybrid nodes are judged by Patch Manager alone."""
    nodes = count(len(hybrid.nodes), "hybrid node")
    return f"{nodes}, judged by Patch Manager alone, for Inspector scans none: {naming(hybrid.ids)}"


def _beside(*hosts: Judgement, nodes: tuple[Judgement, ...]) -> Judgement:
    nodes = tuple(replace(one, reason=f"hybrid nodes, by Patch Manager alone: {one.reason}") for one in nodes)
    parts = (*hosts, *nodes)
    wrong = [one for one in parts if not one.holds]
    failed = [one for one in wrong if one.checked]
    return Judgement(
        holds=not wrong,
        reason="; ".join(one.reason for one in failed or wrong or parts),
        facts=tuple(fact for one in parts for fact in one.facts),
        notes=tuple(dict.fromkeys(note for one in parts for note in one.notes)),
        checked=not wrong or bool(failed),
    )
