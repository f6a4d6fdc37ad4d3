"""The folder of a fleet: a folder for the reports of each target, and beside them what its run is given and says.

What is done is read from the packs. A run that lives holds a lock, which ends with its process however that ends.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from postpatch.errors import BadEvidence
from postpatch.evidence.kept import read_kept, replace_text
from postpatch.evidence.members import record_of
from postpatch.evidence.pack import VERDICT_JSON, NotAPack, read_document, read_manifest
from postpatch.evidence.snapshot import manifest_path
from postpatch.fleet.expected import BASELINE
from postpatch.fleet.targets import Target
from postpatch.model import Manifest
from postpatch.policy.role import roles_as_toml
from postpatch.run.members import SCANNED
from postpatch.run.resuming import LAUNCHED
from postpatch.text.legible import one_line

OF_TARGETS = "targets"
_TAIL = 8_000  # bytes of a log
_SUMMARY = 20  # lines at the end of a log in which pytest's summary is
# A line of pytest's summary, with the test and the kind of the error before its words, and a refused option.
_ERROR = re.compile(r"ERROR:? (?:\S+::\S+ - (?:[\w.]+: )?)?(.*)")
_RULE = re.compile(r"[=!_-]{3,}")


class FleetFolder:
    """The places of one fleet's files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def reports(self, name: str) -> Path:
        """Return the folder of a target's reports and evidence."""
        return self.root / name

    def policy(self, name: str) -> Path:
        """Return the file of a target's policy."""
        return self._beside(name, "toml")

    def roles(self, name: str) -> Path:
        """Return the file of the roles that a target's run assumes."""
        return self._beside(name, "roles.toml")

    def log(self, name: str) -> Path:
        """Return the file of what a target's run printed."""
        return self._beside(name, "log")

    def findings(self, account: str, region: str) -> Path:
        """Return the file of the findings that Inspector's delegated administrator reads of an account in a Region."""
        return self._beside(f"{account}_{region}", "findings.ndjson.gz")

    def prepare(self, target: Target, region: str) -> None:
        """Write what the run of a target is given; `region` is where STS is asked."""
        replace_text(self.policy(target.name), target.policy)
        if target.roles:
            replace_text(self.roles(target.name), roles_as_toml(region, target.roles))
        else:
            self.roles(target.name).unlink(missing_ok=True)

    def lock(self, name: str) -> int | None:
        """Return a descriptor that holds the target's lock, to be inherited by its run; None while a run holds it."""
        (self.root / OF_TARGETS).mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._beside(name, "lock"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def last_words(self, name: str) -> str:
        """Return the last line that a target's run printed, or nothing."""
        return next(iter(self.said(name, 1)), "")

    def said(self, name: str, lines: int) -> list[str]:
        """Return the last lines that a target's run printed, without empty ones and rules, as they may be shown."""
        with suppress(OSError), self.log(name).open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _TAIL))
            shown = [one_line(line) for line in file.read().decode(errors="replace").splitlines()]
            return [line for line in shown if line and not _RULE.match(line)][-lines:]
        return []

    def complaint(self, name: str) -> str:
        """Return why a target's run came to nothing: the errors that pytest lists last, or else its last lines."""
        said = self.said(name, _SUMMARY)
        errors = [found[1] for line in said if (found := _ERROR.fullmatch(line))]
        return " / ".join(errors or said[-3:])

    def is_done(self, name: str, phase: str, began_at: datetime) -> bool:
        """Return whether a target was judged, or its baseline taken, since the fleet's run began.

        A run that was interrupted, or that could not check something, is not done: it is worth another try.
        """
        reports = self.reports(name)
        if phase == BASELINE:
            with suppress(BadEvidence):
                taken: Manifest = read_kept(manifest_path(reports / "baseline.ndjson.gz"), Manifest)
                return (reports / "baseline.ndjson.gz").is_file() and taken.taken_at >= began_at
            return False
        with suppress(NotAPack, ValueError):
            if read_manifest(reports).started_at < began_at:
                return False
            verdict = _object(read_document(reports / VERDICT_JSON))
            return verdict.get("interrupted") is False and verdict.get("verdict") != "ERROR"
        return False

    def waits(self, name: str) -> bool:
        """Return whether a run has left an assessment that another one can continue."""
        return (self.reports(name) / LAUNCHED).is_file()

    def awaits_findings(self, name: str) -> bool:
        """Return whether a run has scanned its hosts, and left the findings to Inspector's delegated administrator."""
        return self.waits(name) and (self.reports(name) / SCANNED).is_file()

    def forget_findings(self, target: Target) -> None:
        """Delete the findings that an administrator read of a target's account, and that a run waits for them."""
        findings = self.findings(target.account, target.region)
        for path in (record_of(findings), findings, self.reports(target.name) / SCANNED):
            path.unlink(missing_ok=True)

    def packs(self) -> Iterator[Path]:
        """Yield the folders in which a pack may be, in order."""
        yield from sorted(path for path in self.root.iterdir() if path.is_dir() and path.name != OF_TARGETS)

    def _beside(self, name: str, kind: str) -> Path:
        return self.root / OF_TARGETS / f"{name}.{kind}"


def _object(text: bytes) -> dict[str, Any]:
    import json

    found = json.loads(text)
    return found if isinstance(found, dict) else {}
