"""Judge the registered target: TGT-1 and TGT-2."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from postpatch.model import ExistingWindow, Fact, Host, Judgement, ScopeMembers, WindowTarget
from postpatch.policy import Policy, SelectionPolicy, TargetPolicy
from postpatch.verdict.facts import count, fact, found_wrong, judged, naming
from postpatch.verdict.patching import patched_in_place
from postpatch.verdict.subject import absent, subject_of, subject_of_association

_WARM = (
    "hosts that wait in a warm pool of an Auto Scaling group are left out with leave_out_warm_pools = true in [scope]"
)


def target_tags(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TGT-1: the policy's targets are registered and no other, each with its name and exactly its selectors."""
    if existing.window is None:
        return absent(existing, "there is no window, so there is no target to check")
    names = naming(target.name or target.id for target in existing.targets)
    pairs = targets_by_policy(existing.targets, policy.target)
    facts = [fact("number of registered targets", len(pairs), len(existing.targets))]
    for number, (wanted, found) in enumerate(pairs, start=1):
        of = f" of {wanted.name or f'target {number}'}" if len(pairs) > 1 else ""
        if found:
            facts += target_facts(found, wanted, of)
        elif of:
            facts.append(fact(f"target tags{of}", selectors_text(wanted.selectors), ""))
    subject = f"targets of {subject_of(existing.window)}"
    return judged(subject, facts, [f"registered: {names}"] if names else [], f"{subject} match the policy")


def selected_hosts(
    existing: ExistingWindow,
    hosts: Collection[Host],
    members: ScopeMembers | None = None,
    hybrid: Collection[str] = (),
) -> Judgement:
    """Judge TGT-2: the registered targets select exactly the hosts in scope, and all are managed and online.

    `hybrid` are the ids of the hybrid nodes in scope. Hosts that are replaced by an image, and those that wait in a
    warm pool, are left out on both sides.
    What of the stack was not examined is in the notes.
    """
    if existing.window is None and existing.association is None:
        return absent(existing, "there is no window, so no target selects a host")
    subject = subject_of(existing.window) if existing.window else subject_of_association(existing)
    patched, notes = patched_in_place(hosts)
    replaced = {host.id for host in hosts if host.replaced_by_image}
    left_out = replaced | set(members.warm if members else ())
    owned, selected = {host.id for host in patched} | set(hybrid), set(existing.selected) - left_out
    ping = {host.host: host.ping for host in existing.managed}
    problems = (
        (owned - selected, "in scope but not selected"),
        (selected - owned, "selected but not in scope"),
        (selected - ping.keys(), "selected but not managed by Systems Manager"),
        ({host for host in selected if ping.get(host, "Online") != "Online"}, "selected but not online"),
    )
    facts = [fact(f"hosts {words}", "none", naming(sorted(hosts_)) or "none", not hosts_) for hosts_, words in problems]
    what = "the targets select" if len(existing.targets) > 1 else "the target's tags select"
    right = f"{what} the {count(len(owned), 'host')} in scope and no other, all managed and online"
    judgement = found_wrong(f"target of {subject}", facts, right, (*notes, *_unexamined(members)))
    if judgement.holds or not any(host.group for host in hosts):
        return judgement
    return replace(judgement, notes=(*judgement.notes, _WARM))


def _unexamined(members: ScopeMembers | None) -> list[str]:
    if members is None:
        return []
    notes = [f"may own hosts, and was not examined: {one}" for one in members.unexamined]
    if members.warm:
        notes.append(f"wait in a warm pool, stopped or hibernated, so left out: {naming(members.warm)}")
    if members.others:
        notes.append(f"taken to own no host: {naming(members.others)}")
    return notes


def targets_by_policy(
    targets: Iterable[WindowTarget], policy: TargetPolicy
) -> list[tuple[SelectionPolicy, WindowTarget | None]]:
    """Return each target of the policy with the registered one that it is, or most likely was meant to be."""
    rest, found = list(targets), dict[int, WindowTarget]()
    alike: tuple[Callable[[WindowTarget, SelectionPolicy], bool], ...] = (
        lambda target, wanted: all(one.holds for one in target_facts(target, wanted)),
        lambda target, wanted: bool(wanted.name) and target.name == wanted.name,
        lambda _target, _wanted: True,
    )
    for is_alike in alike:
        for place, wanted in enumerate(policy.every):
            match = next((one for one in rest if place not in found and is_alike(one, wanted)), None)
            if match:
                found[place] = match
                rest.remove(match)
    return [(wanted, found.get(place)) for place, wanted in enumerate(policy.every)]


def target_facts(target: WindowTarget, policy: SelectionPolicy, of: str = "") -> list[Fact]:
    """Return what a registered target is called and selects, beside what the policy says; without a name, any holds.

    `of` says which target it is, where there are several.
    """
    named = [fact(f"target name{of}", policy.name, target.name)] if policy.name else []
    return [
        *named,
        fact(f"target resource type{of}", policy.resource_type, target.resource_type),
        fact(f"target tags{of}", selectors_text(policy.selectors), selectors_text(target.selectors)),
    ]


def selectors_text(selectors: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """Return target keys in words: `tag:NAME = a, b`."""
    return "; ".join(f"{key} = {', '.join(values)}" for key, values in selectors)
