"""The rounds of a history: each pack in some folders, checked and read."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from postpatch.evidence.delta_check import DELTA
from postpatch.evidence.pack import (
    EVIDENCE,
    MANIFEST,
    RUNS,
    VERDICT_JSON,
    NotAPack,
    PackManifest,
    read_document,
    read_manifest,
)
from postpatch.evidence.pack_check import problems
from postpatch.model import APPEARED, Mode, Severity
from postpatch.model.round import Accepted, Round, subject_of


def packs_in(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield each folder that holds a pack: the folders themselves, and those in their `runs/`."""
    for folder in folders:
        for pack in (folder, *sorted((folder / RUNS).glob("*"))):
            if (pack / MANIFEST).is_file() and not pack.name.startswith("."):
                yield pack


def rounds(
    folders: Iterable[Path], wanted: Callable[[PackManifest], bool] = lambda _: True
) -> tuple[tuple[Round, ...], tuple[str, ...]]:
    """Return the rounds by when they ended, and a sentence for each pack that cannot be read at all.

    A run whose pack is in two of the folders counts once; each altered pack is there. Only packs whose manifest is
    `wanted` are checked and read.
    """
    whole: dict[str, Round] = {}
    altered, unreadable = [], []
    for pack in packs_in(folders):
        try:
            manifest = read_manifest(pack)
        except NotAPack as error:
            unreadable.append(f"{pack}: {error}")
            continue
        if not wanted(manifest):
            continue
        if (one := _round(pack, manifest)).altered:
            altered.append(one)
        else:
            whole.setdefault(one.run, one)
    return tuple(sorted([*whole.values(), *altered], key=lambda one: (one.finished_at, one.run))), tuple(unreadable)


def _round(pack: Path, manifest: PackManifest) -> Round:
    altered = tuple(map(str, problems(pack, manifest)))
    if not altered:
        try:
            return _whole(pack, manifest)
        except (NotAPack, ValueError, TypeError, KeyError, AttributeError) as error:
            altered = (f"{VERDICT_JSON} cannot be read: {error!r}",)
    return Round(pack, manifest.run, manifest.finished_at, manifest.verdict, altered=altered)


def _whole(pack: Path, manifest: PackManifest) -> Round:
    verdict: dict[str, Any] = json.loads(read_document(pack / VERDICT_JSON))
    account, region = (verdict.get(name) or "" for name in ("account", "region"))
    counts = verdict.get("counts") or {}
    deadlines = verdict.get("deadlines") or {}
    baseline, after = verdict.get("baseline") or {}, verdict.get("after") or {}
    names = {file.name for file in manifest.files}
    before = f"{EVIDENCE}/baseline.ndjson.gz"
    return Round(
        folder=pack,
        run=manifest.run,
        finished_at=manifest.finished_at,
        verdict=manifest.verdict,
        subject=subject_of(verdict["scope"], account, region, recorded=manifest.mode is Mode.RECORDED),
        simulated=bool(verdict["simulated"]),
        active=_active(verdict),
        fixed=_number(counts.get("fixed", 0)),
        new=sum(_number(counts.get(one, 0)) for one in APPEARED),
        overdue=_known_number(deadlines.get("overdue")),
        fixed_late=_known_number(deadlines.get("fixed_late")),
        baseline_at=datetime.fromisoformat(baseline["taken_at"]) if baseline else None,
        after_at=datetime.fromisoformat(after["taken_at"]) if after else None,
        delta=pack / DELTA if DELTA in names else None,
        before=pack / before if before in names else None,
        accepted=tuple(_accepted(one) for one in verdict.get("waivers", ())),
    )


def _active(verdict: dict[str, Any]) -> dict[Severity, int] | None:
    # Packs of 0.1.0 have the counts of each severity alone.
    if active := verdict.get("active"):
        if None in [one["after"] for one in active.values()]:
            return None
    else:
        active = verdict.get("severities") or {}
    return {Severity(name): _number(one["after"]) for name, one in active.items()} or None


def _known_number(value: object) -> int | None:
    return None if value is None else _number(value)


def _number(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is not a number of findings")
    return value


def _accepted(waiver: dict[str, Any]) -> Accepted:
    return Accepted(
        what=waiver["what"],
        where=waiver["where"],
        approver=waiver["approver"],
        expires=date.fromisoformat(waiver["expires"]),
        state=waiver["state"],
        findings=_number(waiver["findings"]),
    )
