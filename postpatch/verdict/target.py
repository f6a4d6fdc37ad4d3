"""Judge the registered target: TGT-1 and TGT-2."""

from collections.abc import Collection

from postpatch.model import ExistingWindow, Fact, Host, Judgement, ScopeMembers, WindowTarget
from postpatch.policy import Policy, TargetPolicy
from postpatch.verdict.facts import count, fact, found_wrong, judged, naming
from postpatch.verdict.patching import patched_in_place
from postpatch.verdict.subject import absent, subject_of, subject_of_association


def target_tags(existing: ExistingWindow, policy: Policy) -> Judgement:
    """Judge TGT-1: one target is registered; it has the policy's name and selects by exactly the policy's tags."""
    if existing.window is None:
        return absent(existing, "there is no window, so there is no target to check")
    names = naming(target.name or target.id for target in existing.targets)
    facts = [fact("number of registered targets", 1, len(existing.targets))]
    for target in existing.targets[:1]:
        facts += target_facts(target, policy.target)
    return judged(f"targets of {subject_of(existing.window)}", facts, [f"registered: {names}"] if names else [])


def selected_hosts(
    existing: ExistingWindow,
    hosts: Collection[Host],
    members: ScopeMembers | None = None,
    hybrid: Collection[str] = (),
) -> Judgement:
    """Judge TGT-2: the registered target selects exactly the hosts in scope, and all are managed and online.

    `hybrid` are the ids of the hybrid nodes in scope. Hosts that are replaced by an image are left out on both sides.
    What of the stack was not examined is in the notes.
    """
    if existing.window is None and existing.association is None:
        return absent(existing, "there is no window, so no target selects a host")
    subject = subject_of(existing.window) if existing.window else subject_of_association(existing)
    patched, notes = patched_in_place(hosts)
    replaced = {host.id for host in hosts if host.replaced_by_image}
    owned, selected = {host.id for host in patched} | set(hybrid), set(existing.selected) - replaced
    ping = {host.host: host.ping for host in existing.managed}
    problems = (
        (owned - selected, "in scope but not selected"),
        (selected - owned, "selected but not in scope"),
        (selected - ping.keys(), "selected but not managed by Systems Manager"),
        ({host for host in selected if ping.get(host, "Online") != "Online"}, "selected but not online"),
    )
    facts = [fact(f"hosts {words}", "none", naming(sorted(hosts_)) or "none", not hosts_) for hosts_, words in problems]
    right = f"the target's tags select the {count(len(owned), 'host')} in scope and no other, all managed and online"
    return found_wrong(f"target of {subject}", facts, right, (*notes, *_unexamined(members)))


def _unexamined(members: ScopeMembers | None) -> list[str]:
    if members is None:
        return []
    notes = [f"may own hosts, and was not examined: {one}" for one in members.unexamined]
    if members.others:
        notes.append(f"taken to own no host: {naming(members.others)}")
    return notes


def target_facts(target: WindowTarget, policy: TargetPolicy) -> list[Fact]:
    """Return what a registered target is called and selects, beside what the policy says; without a name, any holds."""
    named = [fact("target name", policy.name, target.name)] if policy.name else []
    return [
        *named,
        fact("target resource type", policy.resource_type, target.resource_type),
        fact("target tags", selectors_text(policy.selectors), selectors_text(target.selectors)),
    ]


def selectors_text(selectors: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """Return target keys in words: `tag:NAME = a, b`."""
    return "; ".join(f"{key} = {', '.join(values)}" for key, values in selectors)
