"""Collect once: each step runs in one process and stores its value on disk, where every process reads it.

Under pytest-xdist the first worker that asks collects: it runs every step that the run needs, in
order. A step that failed, or whose process was killed, is an error in every worker.
Where a value cannot be stored no further step is run: AWS is changed by nothing that no pack would show.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from postpatch.errors import CouldNotCheck
from postpatch.evidence.kept import keep, read_kept, replace_text
from postpatch.policy import Policy
from postpatch.run.session import Session
from postpatch.run.unwritable import what_to_do
from postpatch.text.credentials import redacted
from postpatch.text.places import without_places
from postpatch.verdict.case import Case
from postpatch.verdict.evidence import Evidence

_MARK = "collecting"


@dataclass(frozen=True)
class Step:
    """One step: the function that runs it, and the type of the value that it stores."""

    run: Callable[["Collection"], Any]
    kind: Any


class Collection:
    """The evidence that one run collects. `folder` has what was stored, `session` the state of this process.

    `steps` are in the order in which they run, `needed` are those that the run's checks need, and `shared` says
    whether other processes wait for them. `evidence` reads the stored values by name; `case` derives from them.
    """

    def __init__(
        self,
        folder: Path,
        steps: Mapping[str, Step],
        needed: Sequence[str],
        *,
        shared: bool,
        session: Session,
        evidence: Callable[["Collection"], Evidence],
    ) -> None:
        self.folder = folder
        self.session = session
        self._steps = steps
        self.needed = [name for name in steps if name in needed]
        self._shared = shared
        self._evidence = evidence
        self._ended = False
        self._unstored: CouldNotCheck | None = None
        self._lock = FileLock(folder / "collection.lock")
        self._values: dict[str, Any] = {}

    @cached_property
    def case(self) -> Case:
        """Return what is derived from the evidence, for the checks, the steps and the report of this process."""
        policy: Policy = self.session.settings.policy
        return Case(self._evidence(self), policy)

    def value(self, name: str) -> Any:
        """Return the value of step `name`; CouldNotCheck if this step, or one that it needs, failed."""
        if name not in self._values:
            self._values[name] = self._collected(name) if self._lock.is_locked else self._awaited(name)
        value = self._values[name]
        if isinstance(value, CouldNotCheck):
            raise CouldNotCheck(str(value)) from value.__cause__
        return value

    def end(self) -> None:
        """Run no further step: reading a value that was not collected raises CouldNotCheck."""
        self._ended = True

    def _awaited(self, name: str) -> Any:
        # Wait for the value from another process, until it is stored or no process collects any more.
        while not self._is_stored(name):
            if self._ended:
                return CouldNotCheck(f"{name} was not collected in this run.")
            try:
                with self._lock.acquire(timeout=0.2):
                    self._claim(name)
                    for step in self._now(name):
                        if step not in self._values:
                            self._values[step] = self._collected(step)
                    return self._values[name]
            except Timeout:
                continue
            except OSError as error:
                return self._could_not_store(error)
        return self._stored(name)

    def _now(self, name: str) -> list[str]:
        # In a single process, run the steps up to this one; if others wait, run all that any of them needs.
        order = list(self._steps)
        last = len(order) if self._shared else order.index(name) + 1
        return [step for step in order[:last] if step in self.needed or step == name]

    def _claim(self, name: str) -> None:
        mark = self.folder / _MARK
        if mark.exists() and mark.read_text(encoding="utf-8") != str(os.getpid()) and not self._is_stored(name):
            killed = f"Run the suite again: the collecting process was killed, or could write no more, before {name!r}."
            with suppress(OSError):
                replace_text(self._error(name), killed)
            raise CouldNotCheck(killed)
        replace_text(mark, str(os.getpid()))

    def _collected(self, name: str) -> Any:
        if self._is_stored(name):
            return self._stored(name)
        if self._unstored:
            return self._unstored
        try:
            value = self._steps[name].run(self)
            keep(self._file(name), value, self._steps[name].kind)
        except CouldNotCheck as error:
            return self._store_error(name, str(error), error)
        except OSError as error:
            return self._could_not_store(error)
        except Exception as error:  # noqa: BLE001 - any exception means that it could not be checked
            return self._store_error(name, f"{type(error).__name__}: {error}", error)
        return value

    def _could_not_store(self, error: OSError) -> CouldNotCheck:
        self._unstored = _failure(f"{what_to_do(error)}: what this run collects cannot be stored: {error}", error)
        return self._unstored

    def _store_error(self, name: str, message: str, cause: Exception) -> CouldNotCheck:
        failure = _failure(message, cause)
        try:
            replace_text(self._error(name), str(failure))
        except OSError as error:
            self._could_not_store(error)
        return failure

    def _is_stored(self, name: str) -> bool:
        return self._file(name).exists() or self._error(name).exists()

    def _stored(self, name: str) -> Any:
        error = self._error(name)
        if error.exists():
            return CouldNotCheck(error.read_text(encoding="utf-8"))
        return read_kept(self._file(name), self._steps[name].kind)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _error(self, name: str) -> Path:
        return self.folder / f"{name}.error"


def _failure(message: str, cause: Exception) -> CouldNotCheck:
    failure = CouldNotCheck(without_places(redacted(message)))
    failure.__cause__ = cause
    return failure
