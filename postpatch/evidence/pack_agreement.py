"""Check whether the files of a pack agree: new hashes hide an edit from the manifest, not from the other files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from postpatch.errors import BadEvidence
from postpatch.evidence.calls import CALLS, count_calls
from postpatch.evidence.delta_check import DELTA, delta_problem
from postpatch.evidence.kept import read_kept
from postpatch.evidence.pack import EVIDENCE, VERDICT_JSON, NotAPack, PackManifest, read_document
from postpatch.evidence.request import POLICY, REQUEST, RunRequest
from postpatch.evidence.snapshot import open_snapshot

_REMEDY = "ask for the pack as it was published"
_SNAPSHOTS = ("baseline", "after")

Disagreement = tuple[str, str]


def disagreements(folder: Path, manifest: PackManifest) -> Iterator[Disagreement]:
    """Yield each file of a pack that contradicts another, with the problem; the files are those of the manifest."""
    hashes = {file.name: file.sha256 for file in manifest.files}
    yield from _snapshots(folder, manifest, hashes)
    yield from _begun(folder, manifest)
    yield from _verdict(folder, manifest, hashes)
    if DELTA in hashes and (problem := delta_problem(folder / DELTA)):
        yield DELTA, problem


def _snapshots(folder: Path, manifest: PackManifest, hashes: dict[str, str]) -> Iterator[Disagreement]:
    for side in _SNAPSHOTS:
        name = f"{EVIDENCE}/{side}.ndjson.gz"
        if name in hashes:
            try:
                found = open_snapshot(folder / name, _REMEDY).manifest
            except BadEvidence as error:
                yield name, str(error)
                continue
            yield from _compared(
                name,
                ("mode", found.mode.value, manifest.mode.value),
                ("world or endpoint", found.stage, manifest.stage),
            )


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
        ("tool", begun.tool, manifest.tool),
        ("change", str(begun.change), str(manifest.change)),
        ("started_at", begun.started_at, manifest.started_at),
    )


def _verdict(folder: Path, manifest: PackManifest, hashes: dict[str, str]) -> Iterator[Disagreement]:
    try:
        verdict = json.loads(read_document(folder / VERDICT_JSON))
    except (NotAPack, ValueError, RecursionError) as error:
        yield VERDICT_JSON, f"is not JSON: {error}"
        return
    if not isinstance(verdict, dict):
        yield VERDICT_JSON, "holds no verdict"
        return
    yield from _compared(
        VERDICT_JSON,
        ("run", verdict.get("run"), manifest.run),
        ("verdict", verdict.get("verdict"), manifest.verdict),
        ("mode", verdict.get("mode"), manifest.mode.value),
        ("simulated", verdict.get("simulated"), bool(manifest.stage)),
        ("policy.sha256", _at(verdict, "policy", "sha256"), hashes.get(f"{EVIDENCE}/{POLICY}")),
        *(
            (f"{side}.sha256", _at(verdict, side, "sha256"), hashes.get(f"{EVIDENCE}/{side}.ndjson.gz"))
            for side in _SNAPSHOTS
            if verdict.get(side) is not None
        ),
    )
    yield from _calls(folder, verdict)


def _calls(folder: Path, verdict: dict[str, Any]) -> Iterator[Disagreement]:
    name = f"{EVIDENCE}/{CALLS}"
    try:
        counted = count_calls(folder / name)
    except BadEvidence as error:
        yield name, str(error)
        return
    if verdict.get("calls") != counted:
        yield VERDICT_JSON, f"its calls are not those of {name}"


def _compared(name: str, *pairs: tuple[str, object, object]) -> Iterator[Disagreement]:
    for what, found, expected in pairs:
        if found != expected:
            yield name, f"{what} is {found}, the pack says {expected}"


def _at(document: dict[str, Any], *keys: str) -> object:
    value: Any = document
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
