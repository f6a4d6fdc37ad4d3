"""A snapshot of findings: its file, and the manifest that says what was scanned, when, by whom."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, PlainSerializer, ValidationInfo

from postpatch.model.backend import Mode
from postpatch.model.inventory import HostInventory, InventoryDigest
from postpatch.model.moment import Utc
from postpatch.model.scope import Scope

FORMAT = 1


def _beside(path: Path, info: ValidationInfo) -> Path:
    return Path(info.context["folder"]) / path.name if info.context else path


# A file stored beside the value that names it, by its name alone: the folder is moved when a run is published.
Beside = Annotated[Path, PlainSerializer(lambda path: path.name), AfterValidator(_beside)]


@dataclass(frozen=True)
class ScannedHost:
    """A host that the snapshot covers.

    `present`: it existed when the snapshot was taken. `scanned`: its packages and network were scanned.
    `cis_scanned`: the CIS scan finished on it. `tags` are its own, as far as the engine or the export has them.
    `mode` and `reason` are those of Inspector's coverage. `image` is the machine image that it was launched from.
    `unchanged`: it runs Windows, and nothing was installed on it since the baseline of the findings.
    """

    id: str
    present: bool = True
    scanned: bool = False
    cis_scanned: bool = False
    scanned_at: Utc | None = None
    proof: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    mode: str = ""
    reason: str = ""
    image: str = ""
    unchanged: bool = False


@dataclass(frozen=True)
class Scanning:
    """How Inspector scans the account's EC2 instances, as far as that changes what it finds.

    `deep_inspection` is the account's status of it, `deep_inspection_paths` its own and the organization's paths, and
    `vm_scanner_since` when the VM scanner was activated, or None.
    """

    deep_inspection: str = ""
    deep_inspection_paths: tuple[str, ...] = ()
    vm_scanner_since: Utc | None = None


@dataclass(frozen=True)
class Manifest:
    """The description of a snapshot. Times are aware and in UTC; `sha256` is that of the compressed file.

    `stage` is what replaced AWS: a world, an endpoint, or nothing. `covers` is what was scanned for, where the
    engine lets that differ: the rules packages of Inspector Classic. `reconstructed`: it was put together after
    `taken_at`. `limits` says, a sentence each, what it cannot contain or does not prove. `scanning` is None where it is
    not known, and `inventories` are of the hosts whose scan time alone does not show that they were scanned. `digests`
    are of whole inventories, so that a later run can show that nothing changed. Of an exported file, `asked` is what
    its recorded requests asked for, in canonical JSON, and `whole` whether the file itself shows that no finding is
    missing in it; nothing and None where that is not known. `hybrid_nodes` are those in scope, None where that is not
    known. `read_by` is Inspector's delegated administrator, where it read the findings in the caller's place.
    """

    mode: Mode
    engine: str
    account: str
    region: str
    scope: Scope
    caller: str
    started_at: Utc
    taken_at: Utc
    tool: str
    hosts: tuple[ScannedHost, ...]
    covers: tuple[str, ...] = ()
    stage: str = ""
    source: str = ""
    set_aside: dict[str, int] = field(default_factory=dict)
    reconstructed: bool = False
    limits: tuple[str, ...] = ()
    scanning: Scanning | None = None
    inventories: tuple[HostInventory, ...] = ()
    digests: tuple[InventoryDigest, ...] = ()
    asked: str = ""
    whole: bool | None = None
    hybrid_nodes: tuple[str, ...] | None = None
    read_by: str = ""
    rows: int = 0
    sha256: str = ""
    format: int = FORMAT

    @property
    def origin(self) -> str:
        """Return in words where the findings come from: a file, a simulation, or the caller who read them."""
        origin = self.source or (f"SIMULATED, {self.stage}" if self.stage else self.caller)
        if self.read_by:
            origin = f"{origin}; read by {self.read_by}, Inspector's delegated administrator"
        return f"reconstructed after patching; {origin}" if self.reconstructed else origin

    @property
    def by_rows(self) -> bool:
        """Return whether a host counts as scanned because it has a row: exported files have no coverage."""
        return self.mode is Mode.RECORDED


@dataclass(frozen=True)
class Snapshot:
    """A snapshot that is complete: its file and its manifest."""

    path: Beside
    manifest: Manifest
