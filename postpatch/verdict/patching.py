"""Judge patching: PATCH-1 and PATCH-2."""

from collections.abc import Iterable
from datetime import datetime

from postpatch.errors import CouldNotCheck
from postpatch.model import Host, Judgement, Patching
from postpatch.verdict.facts import count, fact, naming


def every_host_patched(patching: Patching, hosts: Iterable[Host], baseline_at: datetime) -> Judgement:
    """Judge PATCH-1: on each host an Install ended successfully after the baseline was taken.

    The proof is the patch state, or the command history if a later Scan has overwritten that state.
    """
    hosts, notes = patched_in_place(hosts)
    wanted = f"Install without a failed patch, ended after {baseline_at:%Y-%m-%d %H:%M:%S} UTC"
    facts = [fact(host.id, wanted, *_installed(patching, host.id, baseline_at)) for host in hosts]
    unproven = [one.name for one in facts if not one.holds]
    if unproven:
        first = next(one for one in facts if not one.holds)
        reason = (
            f"{count(len(unproven), 'host')} of {len(facts)} without a successful installation since the baseline: "
            f"{naming(unproven)}; {first.found}"
        )
        return Judgement(False, reason, tuple(facts), notes)
    reason = f"all {count(len(facts), 'host')} had a successful installation since the baseline"
    return Judgement(True, reason, tuple(facts), notes)


def no_reboot_pending(patching: Patching, hosts: Iterable[Host]) -> Judgement:
    """Judge PATCH-2: no host has patches that wait for a reboot. A host without a patch state does not pass."""
    facts = []
    hosts, notes = patched_in_place(hosts)
    for host in hosts:
        state = patching.state(host.id)
        found = f"pending reboot: {state.pending_reboot}" if state else "no patch state"
        facts.append(fact(host.id, "pending reboot: 0", found, state is not None and state.pending_reboot == 0))
    waiting = [f"{one.name} ({one.found})" for one in facts if not one.holds]
    if waiting:
        reason = f"{count(len(waiting), 'host')} of {len(facts)} not proven free of a pending reboot: {naming(waiting)}"
        return Judgement(False, reason, tuple(facts), notes)
    return Judgement(True, f"none of the {count(len(facts), 'host')} awaits a reboot", tuple(facts), notes)


def patched_in_place(hosts: Iterable[Host]) -> tuple[list[Host], tuple[str, ...]]:
    """Return the hosts that are not replaced by an image, and a note that names the others.

    CouldNotCheck if there are only others: no host is left of which anything could be proven.
    """
    every = list(hosts)
    patched = [host for host in every if not host.replaced_by_image]
    if every and not patched:
        raise CouldNotCheck(
            "Correct [scope] replaced_by_image in the policy, or deselect this check: every host in scope has that tag."
        )
    replaced = naming(host.id for host in every if host.replaced_by_image)
    return patched, (f"replaced by a new image instead of being patched, so left out: {replaced}",) if replaced else ()


def _installed(patching: Patching, host: str, baseline_at: datetime) -> tuple[str, bool]:
    state = patching.state(host)
    if state and state.operation == "Install" and state.ended_at > baseline_at:
        ended = f"Install ended {state.ended_at:%Y-%m-%d %H:%M:%S} UTC"
        return (f"{ended}, {state.failed} failed", False) if state.failed else (ended, True)
    commands = [
        command
        for command in patching.installs(host)
        if command.requested_at > baseline_at and command.ended_at and command.ended_at > baseline_at
    ]
    if commands:
        later = state.operation if state else "operation"
        return f"Install command {commands[-1].command} succeeded; a later {later} overwrote the patch state", True
    if state is None:
        return "Patch Manager has no report for it", False
    return f"last patch operation was {state.operation}, ended {state.ended_at:%Y-%m-%d %H:%M:%S} UTC", False
