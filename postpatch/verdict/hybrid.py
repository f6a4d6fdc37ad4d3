"""Judge hybrid nodes: by Patch Manager alone, beside the hosts that Inspector scans."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from postpatch.model import Fact, HybridNodes, Judgement, Patching
from postpatch.policy import Policy
from postpatch.verdict.facts import count, fact, naming
from postpatch.verdict.installation import outdated
from postpatch.verdict.patching import every_host_patched, no_reboot_pending

LABEL = "hybrid node, judged by Patch Manager alone"
_BY_INSPECTOR = ("SCAN-", "FIND-")


def with_nodes_patched(judgement: Judgement, hybrid: HybridNodes, baseline_at: datetime, policy: Policy) -> Judgement:
    """Return PATCH-1 of hosts and hybrid nodes: a node is judged as a host is, and lacks no patch besides.

    No finding shows what is left on a node, so that its newest patch state must list nothing as missing or failed.
    """
    if hybrid.patching is None:
        return judgement
    installed = every_host_patched(hybrid.patching, hybrid.nodes, baseline_at, policy)
    lacking = nothing_lacking(hybrid.patching, hybrid.ids)
    return _beside(judgement, installed, *(() if lacking.holds or not installed.holds else (lacking,)))


def with_nodes_rebooted(judgement: Judgement, hybrid: HybridNodes) -> Judgement:
    """Return PATCH-2 of hosts and hybrid nodes."""
    if hybrid.patching is None:
        return judgement
    return _beside(judgement, no_reboot_pending(hybrid.patching, hybrid.nodes))


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


def _beside(hosts: Judgement, *nodes: Judgement) -> Judgement:
    nodes = tuple(replace(one, reason=f"hybrid nodes, by Patch Manager alone: {one.reason}") for one in nodes)
    parts = (hosts, *nodes)
    wrong = [one for one in parts if not one.holds]
    failed = [one for one in wrong if one.checked]
    return Judgement(
        holds=not wrong,
        reason="; ".join(one.reason for one in failed or wrong or parts),
        facts=tuple(fact for one in parts for fact in one.facts),
        notes=tuple(dict.fromkeys(note for one in parts for note in one.notes)),
        checked=not wrong or bool(failed),
    )
