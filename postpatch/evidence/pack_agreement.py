"""Whether the files of a pack agree: hashes that were made anew hide an edit from the manifest, not from the others."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from postpatch.errors import BadEvidence
from postpatch.evidence.calls import CALLS, count_calls
from postpatch.evidence.kept import read_kept
from postpatch.evidence.pack import EVIDENCE, VERDICT_JSON, PackManifest
from postpatch.evidence.request import POLICY, REQUEST, RunRequest
from postpatch.evidence.snapshot import open_snapshot

_REMEDY = "ask for the pack as it was published"
_SIDES = ("baseline", "after")

Disagreement = tuple[str, str]


def disagreements(folder: Path, manifest: PackManifest) -> Iterator[Disagreement]:
    """Yield each file of a pack that contradicts another, and in which words; the files are those of the manifest."""
    hashes = {file.name: file.sha256 for file in manifest.files}
    yield from _snapshots(folder, hashes)
    yield from _begun(folder, manifest)
    yield from _verdict(folder, manifest, hashes)


def _snapshots(folder: Path, hashes: dict[str, str]) -> Iterator[Disagreement]:
    for side in _SIDES:
        name = f"{EVIDENCE}/{side}.ndjson.gz"
        if name in hashes:
            try:
                open_snapshot(folder / name, _REMEDY)
            except BadEvidence as error:
                yield name, str(error)


def _begun(folder: Path, manifest: PackManifest) -> Iterator[Disagreement]:
    name = f"{EVIDENCE}/{REQUEST}"
    try:
        begun: RunRequest = read_kept(folder / name, RunRequest)
    except BadEvidence as error:
        yield name, str(error)
        return
    yield from _compared(
        name,
        ("run", begun.id, manifest.run),
        ("mode", begun.mode.value, manifest.mode.value),
        ("world or endpoint", begun.stage, manifest.stage),
        ("started_at", begun.started_at, manifest.started_at),
    )


def _verdict(folder: Path, manifest: PackManifest, hashes: dict[str, str]) -> Iterator[Disagreement]:
    try:
        told = json.loads((folder / VERDICT_JSON).read_bytes())
    except (ValueError, RecursionError) as error:
        yield VERDICT_JSON, f"is not JSON: {error}"
        return
    if not isinstance(told, dict):
        yield VERDICT_JSON, "holds no verdict"
        return
    yield from _compared(
        VERDICT_JSON,
        ("run", told.get("run"), manifest.run),
        ("verdict", told.get("verdict"), manifest.verdict),
        ("mode", told.get("mode"), manifest.mode.value),
        ("simulated", told.get("simulated"), bool(manifest.stage)),
        ("policy.sha256", _at(told, "policy", "sha256"), hashes.get(f"{EVIDENCE}/{POLICY}")),
        *(
            (f"{side}.sha256", _at(told, side, "sha256"), hashes.get(f"{EVIDENCE}/{side}.ndjson.gz"))
            for side in _SIDES
            if told.get(side) is not None
        ),
    )
    yield from _calls(folder, told)


def _calls(folder: Path, told: dict[str, Any]) -> Iterator[Disagreement]:
    name = f"{EVIDENCE}/{CALLS}"
    try:
        counted = count_calls(folder / name)
    except BadEvidence as error:
        yield name, str(error)
        return
    if told.get("calls") != counted:
        yield VERDICT_JSON, f"its calls are not those of {name}"


def _compared(name: str, *pairs: tuple[str, object, object]) -> Iterator[Disagreement]:
    for what, ours, theirs in pairs:
        if ours != theirs:
            yield name, f"{what} is {ours}, the pack says {theirs}"


def _at(document: dict[str, Any], *keys: str) -> object:
    value: Any = document
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
