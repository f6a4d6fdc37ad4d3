"""The names of the packages of the operating system in findings: those of which a host's inventory is asked."""

import gzip
import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from postpatch.model import Finding
from postpatch.translation.row import Row

_OF_THE_SYSTEM = ("OS", "")


class PackageNames:
    """The names of the system's packages in the active findings of `hosts`, by host."""

    def __init__(self, hosts: Collection[str]) -> None:
        self.by_host: dict[str, set[str]] = {host: set() for host in hosts}

    def passing(self, findings: Iterable[Finding | Row]) -> Iterator[Finding | Row]:
        """Yield the findings as they come, and note their packages."""
        for finding in findings:
            if finding.status == "ACTIVE" and finding.host in self.by_host:
                packages = (finding.finding() if isinstance(finding, Row) else finding).packages
                self._note(finding.host, ((one.name, one.manager) for one in packages))
            yield finding

    def read(self, path: Path) -> None:
        """Note the packages of the findings of a snapshot; without hosts it is not read."""
        if not self.by_host:
            return
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["status"] == "ACTIVE" and row["host"] in self.by_host:
                    packages = row.get("packages") or ()
                    self._note(row["host"], ((one["name"], one.get("manager", "")) for one in packages))

    def _note(self, host: str, packages: Iterable[tuple[str, str]]) -> None:
        self.by_host[host].update(name for name, manager in packages if name and manager in _OF_THE_SYSTEM)
