"""What a run is going to start and create: read from AWS, printed by `--plan`, and the permissions that it needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from postpatch.aws import permissions
from postpatch.aws.coverage import coverage
from postpatch.aws.inspector_v2 import INVENTORY_ASSOCIATION, associations_for, inventory_association
from postpatch.aws.maintenance_window import missing_parts
from postpatch.aws.session import SCAN_PATCHES
from postpatch.aws.vm_scanner import START_COMMANDS, startable
from postpatch.model import Caller, CisScans, Engine, Host, MaintenanceWindow, WindowTarget
from postpatch.policy import Policy
from postpatch.run.session import Session
from postpatch.verdict.facts import count
from postpatch.verdict.window import is_sound


@dataclass(frozen=True)
class Plan:
    """What would be started and created now. `associations` are the ids of those that would be started, by name.

    `scans_settings`: a CIS scan is launched too. `create` holds those of `window`, `target` and `task` that are absent;
    `creates` says whether the policy has them created. `rescans`: the policy lets the run scan for patches.
    `vm_scanners` are the hosts whose VM scanner would be started, by platform.
    """

    launches: bool = False
    associations: Mapping[str, str] = field(default_factory=dict)
    scans_settings: bool = False
    create: tuple[str, ...] = ()
    creates: bool = True
    rescans: bool = False
    vm_scanners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def plan_of(
    session: Session, caller: Caller, hosts: tuple[Host, ...] | None = None, *, launches: bool, window: bool
) -> Plan:
    """Return the plan of a run that launches an assessment and ensures the window, or does one of these; reads only.

    Where the hosts are not known, the plan has what nearly every fleet needs: the inventory association, and the VM
    scanner of Linux, if the policy has it started.
    """
    if session.settings.read_only:
        return Plan()
    policy, connection = session.settings.policy, session.connection

    def sound(existing: MaintenanceWindow, targets: tuple[WindowTarget, ...]) -> bool:
        return is_sound(existing, targets, policy)

    associations: Mapping[str, str] = {}
    vm_scanners: Mapping[str, tuple[str, ...]] = {}
    inspects = launches and session.settings.engine is Engine.V2
    if inspects:
        if hosts is None:
            associations = {INVENTORY_ASSOCIATION: inventory_association(connection)}
            vm_scanners = {"LINUX": ()} if policy.inspector.start_vm_scanner else {}
        else:
            ids = tuple(host.id for host in hosts)
            covered = tuple(coverage(connection, caller.account, ids))
            associations = associations_for(connection, covered, ids)
            vm_scanners = startable(connection, covered) if policy.inspector.start_vm_scanner else {}
    return Plan(
        launches=launches,
        associations={name: found for name, found in associations.items() if found},
        scans_settings=inspects and policy.inspector.cis is not CisScans.OFF,
        create=missing_parts(connection, policy.expected_window, sound) if window and policy.window else (),
        creates=policy.creates,
        rescans=launches and policy.patching.rescan and not session.taking_baseline,
        vm_scanners=vm_scanners,
    )


def needed(plan: Plan, caller: Caller) -> Iterator[tuple[str, str]]:
    """Yield the actions that the plan needs, each with the ARN of what it concerns."""
    if plan.launches:
        yield from ((action, "*") for action in permissions.READS)
    if plan.scans_settings:
        yield permissions.on(permissions.CIS_SCAN, caller)
        yield from ((action, "*") for action in permissions.CIS_READS)
    for association in plan.associations.values():
        yield permissions.on(permissions.ASSOCIATION, caller, id=association)
    if plan.rescans:
        yield permissions.command_of(SCAN_PATCHES["DocumentName"], caller)
    for platform in plan.vm_scanners:
        yield permissions.command_of(START_COMMANDS[platform]["DocumentName"], caller)
    for part in plan.create if plan.creates else ():
        yield permissions.on(permissions.WINDOW_PARTS[part], caller)


def described(plan: Plan, session: Session, withheld: str = "") -> Iterator[str]:
    """Yield a line for each thing that would be started or created, and for each that would not.

    `withheld` says why nothing absent would be created, if so.
    """
    settings, policy = session.settings, session.settings.policy
    if settings.read_only:
        yield "reads only: nothing is started or created"
        return
    if plan.launches and settings.engine is Engine.CLASSIC:
        yield f"start: a run of the assessment template {policy.inspector.template}"
    elif plan.launches:
        yield from _launched(plan, policy)
    if settings.taking_baseline:
        kept = "which hybrid nodes there are" if policy.scope.nodes_alone else "the findings"
        yield f"keep: {kept}, in {settings.baseline_path}; no window is created"
        return
    if policy.window is None:
        yield f"leave as it is: {policy.recurs_by}"
        return
    names = {
        "maintenance window": policy.window.called,
        "target": ", ".join(one.name for one in policy.target.every if one.name),
        "task": policy.task.name,
    }
    for kind, name in names.items():
        part, what = kind.rpartition(" ")[2], f"{kind} {name}" if name else f"the window's {kind}"
        if part not in plan.create:
            yield f"leave as it is: {what}"
        else:
            yield f"{what}: absent, and {withheld}" if withheld else f"create: {what}"


def _launched(plan: Plan, policy: Policy) -> Iterator[str]:
    for started, association in plan.associations.items():
        yield f"start: association {started} ({association}) once, on every host it covers"
    for platform, ids in plan.vm_scanners.items():
        yield f"start: the VM scanner of {count(len(ids), 'host')}, {platform.capitalize()}, by Run Command"
    if plan.scans_settings:
        yield f"start: a one-time CIS scan of {policy.scope.scope}"
    if plan.rescans:
        yield "run: AWS-RunPatchBaseline, Operation Scan, on hosts whose older list of patches leaves a cause open"
