"""Which run may take the place of an earlier run's pack: evidence gives way to evidence that is as good, or better."""

from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

from postpatch.evidence.pack import MANIFEST, NotAPack, read_manifest
from postpatch.model import Mode
from postpatch.run.settings import Settings


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
    """Yield a sentence if the pack in the reports is one that this run must not displace."""
    new = worth(settings.mode, settings.stage)
    if settings.pack:
        new = min(new, Worth.RECORDED)  # judged again, evidence of AWS is still worth less than the run itself
    if not (settings.reports / MANIFEST).exists():
        return
    existing = worth_of(settings.reports)
    if not may_displace(new, existing):
        yield (
            f"Name another folder with --reports DIR: {settings.reports} holds the evidence of {_WHAT[existing]}, and "
            f"{_WHAT[new]} never takes its place"
        )


def worth_of(folder: Path) -> Worth:
    """Return what the pack in a folder is worth."""
    try:
        manifest = read_manifest(folder)
    except NotAPack:
        return Worth.AWS
    return worth(manifest.mode, manifest.stage)
