"""The two Inspectors behind one interface: start an assessment, wait for it, read its findings."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Protocol

from postpatch.aws import cis, inspector_classic, inspector_v2, inspector_wait
from postpatch.aws.exploits import exploits
from postpatch.aws.inventory import inventory_of
from postpatch.aws.kept_inventory import Inventories
from postpatch.aws.scanning import scanning
from postpatch.aws.set_aside import other_resources
from postpatch.aws.suppression import suppression_rules
from postpatch.model import (
    Caller,
    CisScans,
    Engine,
    Exploits,
    Finding,
    Host,
    HostInventory,
    InventoryDigest,
    Launch,
    Scanning,
    ScanRun,
    SuppressionRule,
)
from postpatch.run.members import findings_read, reading_for
from postpatch.run.scope_tags import assessed_tags, scope_tags
from postpatch.run.session import Session
from postpatch.translation.row import Row


class Inspector(Protocol):
    """What the steps of the assessment need from an engine."""

    def require_ready(self, session: Session, caller: Caller) -> None:
        """Raise CouldNotCheck unless an assessment can be started; asked before anything is written."""

    def start(self, session: Session, caller: Caller, hosts: tuple[Host, ...]) -> Launch:
        """Start an assessment of the scope's hosts; a read-only session starts nothing."""

    def wait_for(
        self,
        session: Session,
        caller: Caller,
        launched: Launch,
        newer_than: Mapping[str, datetime],
        clocks: Mapping[str, timedelta],
        kept: Iterable[InventoryDigest] = (),
    ) -> ScanRun:
        """Wait until each host was scanned after its moment in `newer_than`, at most as long as the policy allows.

        `clocks` has by how much the clocks of hosts are known to be wrong, `kept` what an earlier snapshot keeps of
        what was installed.
        """

    def scanning(self, session: Session) -> Scanning | None:
        """Return how the account's hosts are scanned, as far as that changes what is found; None if it cannot."""

    def inventory(self, session: Session, host: str, names: Iterable[str]) -> HostInventory | None:
        """Return the versions of these packages in the host's inventory, if there is one."""

    def findings(
        self, session: Session, caller: Caller, hosts: tuple[Host, ...], run: ScanRun, *, with_fixes: bool
    ) -> Iterator[Finding | Row]:
        """Yield the hosts' findings; `with_fixes` adds whether they can be fixed, if that needs extra calls."""

    def set_aside(self, session: Session, caller: Caller) -> tuple[tuple[str, int], ...]:
        """Return how many resources that are no hosts are covered, by type: they are judged by no check."""

    def rules(self, session: Session, hidden_on: Collection[str]) -> tuple[SuppressionRule, ...]:
        """Return the rules that hide findings now, with what each hides on the hosts `hidden_on`."""

    def exploits(self, session: Session, arns: Mapping[str, str]) -> Exploits:
        """Return what AWS reports about exploits beyond the findings; `arns` has a finding of each vulnerability."""


class InspectorV2:
    """Amazon Inspector as it is today, with a CIS scan."""

    def require_ready(self, session: Session, caller: Caller) -> None:
        """Require that Inspector scans EC2 in the account."""
        inspector_v2.require_enabled(session.connection, caller.account)

    def start(self, session: Session, caller: Caller, hosts: tuple[Host, ...]) -> Launch:
        """Start what scans the hosts, and a one-time CIS scan unless the policy has none."""
        policy = session.settings.policy
        cis_scans = policy.inspector.cis
        tags = {} if cis_scans is CisScans.OFF else assessed_tags(policy)
        ids, say = [host.id for host in hosts], session.progress.say
        return inspector_v2.launch(
            session.connection,
            caller.account,
            policy.scope.scope,
            tags,
            ids,
            say,
            cis_scans,
            start_vm_scanner=policy.inspector.start_vm_scanner,
            shared=scope_tags(policy.scope.scope),
        )

    def wait_for(
        self,
        session: Session,
        caller: Caller,
        launched: Launch,
        newer_than: Mapping[str, datetime],
        clocks: Mapping[str, timedelta],
        kept: Iterable[InventoryDigest] = (),
    ) -> ScanRun:
        """Wait for each host's scan, by its engine, and for the CIS scan."""
        policy, update = session.settings.policy, session.progress.update
        return inspector_wait.wait_for(
            session.connection,
            caller.account,
            launched,
            newer_than,
            policy.wait.minutes,
            update,
            policy.inspector.cis,
            clocks,
            scope_tags(policy.scope.scope),
            Inventories({one.host: one for one in kept}, policy.inspector.keep_inventories),
        )

    def scanning(self, session: Session) -> Scanning:
        """Return the account's deep inspection and VM scanner."""
        return scanning(session.connection)

    def inventory(self, session: Session, host: str, names: Iterable[str]) -> HostInventory | None:
        """Return the versions of these packages in Systems Manager's inventory."""
        return inventory_of(session.connection, host, names)

    def findings(
        self, session: Session, caller: Caller, hosts: tuple[Host, ...], run: ScanRun, *, with_fixes: bool
    ) -> Iterator[Row]:
        """Yield the findings, which state whether there is a fix, and then every check of the CIS scan."""
        ids = frozenset(host.id for host in hosts)
        checked = sorted(cis_checked(run) & ids)
        reading = reading_for(session.settings, caller, run)
        return chain(
            findings_read(session.settings, reading, ids)
            if reading
            else inspector_v2.findings(session.connection, caller.account, hosts),
            cis.checks(session.connection, run.cis_scan, caller.account, checked) if checked else (),
        )

    def set_aside(self, session: Session, caller: Caller) -> tuple[tuple[str, int], ...]:
        """Return what is covered beside EC2 instances: container images, Lambda functions, machine images."""
        return other_resources(session.connection, caller.account)

    def rules(self, session: Session, hidden_on: Collection[str]) -> tuple[SuppressionRule, ...]:
        """Return the account's suppression rules."""
        return suppression_rules(session.connection, hidden_on)

    def exploits(self, session: Session, arns: Mapping[str, str]) -> Exploits:
        """Return which of the vulnerabilities CISA's catalogue holds."""
        return exploits(session.connection, arns)


class InspectorClassic:
    """Inspector Classic, as in the tutorial: a run of an assessment template."""

    def require_ready(self, session: Session, caller: Caller) -> None:
        """Require the template of the Assess phase."""
        self._template(session)

    def start(self, session: Session, caller: Caller, hosts: tuple[Host, ...]) -> Launch:
        """Run the template of the Assess phase again."""
        return inspector_classic.launch(session.connection, self._template(session), session.progress.say)

    def wait_for(
        self,
        session: Session,
        caller: Caller,
        launched: Launch,
        newer_than: Mapping[str, datetime],
        clocks: Mapping[str, timedelta],
        kept: Iterable[InventoryDigest] = (),
    ) -> ScanRun:
        """Wait for the run; a read-only session uses the template's last completed run."""
        if launched.started:
            minutes, update = session.settings.policy.wait.minutes, session.progress.update
            return inspector_classic.wait_for(session.connection, launched, newer_than, minutes, update)
        last = inspector_classic.completed_run(session.connection, self._template(session), launched.launched_at)
        return inspector_classic.described_run(session.connection, launched, last, newer_than)

    def scanning(self, session: Session) -> None:
        """Return nothing: Classic's rules packages are part of its run."""

    def inventory(self, session: Session, host: str, names: Iterable[str]) -> None:
        """Return nothing: the agent of Classic looks during the run."""

    def findings(
        self, session: Session, caller: Caller, hosts: tuple[Host, ...], run: ScanRun, *, with_fixes: bool
    ) -> Iterator[Finding]:
        """Yield what the run found on the hosts in scope."""
        ids = {host.id for host in hosts}
        found = inspector_classic.findings(session.connection, run, caller.account, with_fixes=with_fixes)
        return (finding for finding in found if finding.host in ids)

    def set_aside(self, session: Session, caller: Caller) -> tuple[tuple[str, int], ...]:
        """Return nothing: Classic assesses hosts alone."""
        return ()

    def rules(self, session: Session, hidden_on: Collection[str]) -> tuple[SuppressionRule, ...]:
        """Return none: Classic has no suppression."""
        return ()

    def exploits(self, session: Session, arns: Mapping[str, str]) -> Exploits:
        """Return nothing: Classic reports nothing about exploits."""
        return Exploits()

    def run_before(self, session: Session) -> ScanRun:
        """Return the completed run to compare with, with the hosts whose agents took part.

        It is the template's last one. If this run starts none and judges the last one, it is the one before that.
        """
        connection = session.connection
        now = connection.clock()
        back = 1 if connection.read_only else 0
        arn = inspector_classic.completed_run(connection, self._template(session), now, back=back)
        always = datetime.min.replace(tzinfo=UTC)
        agents = inspector_classic.agents_of(connection, arn)
        launched = Launch(Engine.CLASSIC.service, now, started=False)
        return inspector_classic.described_run(connection, launched, arn, dict.fromkeys(agents, always))

    def _template(self, session: Session) -> inspector_classic.Template:
        return inspector_classic.find_template(session.connection, session.settings.policy.inspector.template)


CLASSIC = InspectorClassic()
ENGINES: Mapping[Engine, Inspector] = {Engine.V2: InspectorV2(), Engine.CLASSIC: CLASSIC}


def cis_checked(run: ScanRun) -> frozenset[str]:
    """Return the hosts on which the CIS scan finished."""
    return frozenset(host.host for host in run.cis_hosts if host.status == "COMPLETED")
