"""Which run may take the place of an earlier run's pack: evidence gives way to evidence that is as good, or better."""

from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

from postpatch.evidence.pack import MANIFEST, NotAPack, read_manifest
from postpatch.model import Mode
from postpatch.run.settings import Settings

PREVIOUS = "previous"  # the folder below the reports that holds the pack of the run before


class Worth(IntEnum):
    """What a pack is worth as evidence. A pack whose manifest cannot be read may be worth anything."""

    REHEARSAL = 0
    RECORDED = 1
    AWS = 2


_WHAT = {Worth.REHEARSAL: "a rehearsal", Worth.RECORDED: "a run on exported files", Worth.AWS: "a run on AWS itself"}


def worth(mode: Mode, stage: str) -> Worth:
    """Return what the pack of a run is worth; `stage` is what stood in for AWS, or nothing."""
    if mode is Mode.SIMULATED or stage:
        return Worth.REHEARSAL
    return Worth.RECORDED if mode is Mode.RECORDED else Worth.AWS


def may_displace(new: Worth, existing: Worth) -> bool:
    """Tell whether the pack of a new run may take the place of an existing one."""
    return new >= existing


def objections(settings: Settings) -> Iterator[str]:
    """Yield a sentence for each pack below the reports that this run must not displace.

    Publishing moves the pack in the reports to `previous`, and deletes the one that is there: both are looked at.
    """
    new = worth(settings.mode, settings.stage)
    if settings.pack:
        new = min(new, Worth.RECORDED)  # judged again, evidence of AWS is still worth less than the run itself
    for folder in (settings.reports, settings.reports / PREVIOUS):
        existing = _existing(folder)
        if existing is not None and not may_displace(new, existing):
            yield (
                f"Name another folder with --reports DIR: {folder} holds the evidence of {_WHAT[existing]}, and "
                f"{_WHAT[new]} never takes its place"
            )


def _existing(folder: Path) -> Worth | None:
    if not (folder / MANIFEST).exists():
        return None
    try:
        manifest = read_manifest(folder)
    except NotAPack:
        return Worth.AWS
    return worth(manifest.mode, manifest.stage)
