"""State that only the collecting process holds: the settings, the connection to AWS, the progress line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from postpatch.aws.live import live_connection
from postpatch.aws.session import NOTICES, SCAN_PATCHES, WRITES, Connection
from postpatch.aws.vm_scanner import START_COMMANDS
from postpatch.evidence.calls import append_call
from postpatch.model import Call, Mode
from postpatch.run.deployment import deployment_of
from postpatch.run.progress import Progress
from postpatch.run.settings import Settings
from postpatch.simulator import Simulator, worlds


class Session:
    """What the collecting process works with; `calls` is the file that each call to AWS is appended to."""

    def __init__(
        self, settings: Settings, progress: Progress, *, taking_baseline: bool = False, calls: Path | None = None
    ) -> None:
        self.settings = settings
        self.progress = progress
        self.taking_baseline = taking_baseline
        self._calls = calls

    @cached_property
    def simulator(self) -> Simulator:
        """The embedded AWS, deployed anew on an evening that lets its next morning lie in the past."""
        evening = (datetime.now(UTC) - timedelta(days=2)).replace(hour=21, minute=0, second=0, microsecond=0)
        return Simulator(worlds()[self.settings.world], evening, deployment_of(self.settings.policy))

    @cached_property
    def connection(self) -> Connection:
        """The connection to AWS, real or embedded."""
        return self._connected(WRITES, [*self._commands()])

    @cached_property
    def sending(self) -> Connection:
        """The connection by which the verdict is sent: it writes nothing else, and gives up soon."""
        return self._connected(NOTICES, brief=True)

    def _connected(
        self, writes: frozenset[str], commands: Sequence[Mapping[str, Any]] = (), *, brief: bool = False
    ) -> Connection:
        read_only = self.settings.read_only
        if self.settings.mode is Mode.SIMULATED:
            # The simulated clock moves with each poll, so nothing sleeps.
            return Connection(
                self.simulator.session(),
                read_only=read_only,
                clock=self.simulator.now,
                poll_seconds=0,
                writes=writes,
                commands=commands,
                on_call=self._keep_call,
                brief=brief,
            )
        return live_connection(
            self.settings.policy.scope.region,
            read_only=read_only,
            poll_seconds=self.settings.policy.wait.poll_seconds,
            endpoint_url=self.settings.endpoint_url,
            roles=self.settings.roles,
            writes=writes,
            commands=commands,
            on_call=self._keep_call,
            brief=brief,
        )

    def earlier(self) -> "Session":
        """Return the session of the phases before this one: the same embedded AWS, where a person changes things."""
        session = Session(replace(self.settings, read_only=False), self.progress)
        vars(session)["simulator"] = self.simulator
        return session

    def _commands(self) -> Iterator[Mapping[str, Any]]:
        policy = self.settings.policy
        if policy.patching.rescan:
            yield SCAN_PATCHES
        if policy.inspector.start_vm_scanner:
            yield from START_COMMANDS.values()

    def _keep_call(self, call: Call) -> None:
        # The phases that a rehearsal lives through first are no part of the collection.
        if self._calls:
            append_call(self._calls, call)
