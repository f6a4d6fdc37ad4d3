"""What a signature of a pack says: an in-toto Statement v1 with each file's sha256, and the verdict as predicate.

Sources: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and .../resource_descriptor.md. The
predicate is our own; its fields are described in docs/signing.md.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from postpatch.errors import BadEvidence
from postpatch.evidence.pack import EVIDENCE, MANIFEST, PackManifest, digest
from postpatch.evidence.request import POLICY

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://github.com/postpatch/postpatch/verdict/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
# Beside the pack, not part of it: they are made from its files.
ENVELOPE = "attestation.dsse.json"
BUNDLE = "attestation.sigstore.json"
TIMESTAMP = "attestation.tsr"

Statement = dict[str, Any]


class BadSignature(BadEvidence):
    """A signature does not fit the pack, or cannot be verified; the message says what is wrong with which file."""


def simulated(manifest: PackManifest) -> str:
    """Return `SIMULATED on …` for a rehearsal and for a run on another endpoint than AWS, or an empty text."""
    return f"SIMULATED on {manifest.stage}" if manifest.stage else ""


def statement_of(folder: Path, manifest: PackManifest) -> Statement:
    """Return the statement about the pack in `folder`: its manifest and every file in it, and what the run came to."""
    hashes = {MANIFEST: digest(folder), **{file.name: file.sha256 for file in manifest.files}}
    return {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": hashes[name]}} for name in sorted(hashes)],
        "predicateType": PREDICATE,
        "predicate": {
            "verdict": manifest.verdict,
            "mode": manifest.mode.value,
            "evidence": simulated(manifest) or manifest.mode.value.upper(),
            "simulated": bool(manifest.stage),
            "run": manifest.run,
            "startedAt": manifest.started_at.isoformat(),
            "finishedAt": manifest.finished_at.isoformat(),
            "policySha256": hashes.get(f"{EVIDENCE}/{POLICY}", ""),
            "tool": manifest.tool,
        },
    }


def payload_of(statement: Statement) -> bytes:
    """Return a statement as the bytes that are signed: JSON in UTF-8."""
    return json.dumps(statement, indent=1, ensure_ascii=False).encode()


def contradictions(payload: bytes, folder: Path, manifest: PackManifest) -> Iterator[str]:
    """Yield a sentence for each thing that a signed payload says otherwise than the pack, or nothing.

    The statement must be exactly the one of this pack: whatever is missing, added or repeated in it is said.
    """
    expected = statement_of(folder, manifest)
    try:
        signed = strict_json(payload)
    except BadSignature as error:
        yield f"the signed payload is not a statement: {error}"
        return
    if not isinstance(signed, dict) or signed.keys() != expected.keys():
        yield f"the signed payload is not a statement: its keys must be {', '.join(expected)}"
        return
    for key in ("_type", "predicateType"):
        if signed[key] != expected[key]:
            yield f"{key} is {_text(signed[key])}, expected {_text(expected[key])}"
    yield from _subjects(signed["subject"], expected["subject"])
    yield from _predicate(signed["predicate"], expected["predicate"])


def _subjects(signed: Any, expected: list[Statement]) -> Iterator[str]:
    if not isinstance(signed, list):
        yield "subject is not a list of files"
        return
    # As texts, because what is signed may be of any form.
    ours, theirs = ({_text(one): one for one in files} for files in (expected, signed))
    if len(theirs) != len(signed):
        yield "subject lists a file twice"
    for text in theirs.keys() - ours.keys():
        yield f"signed, but not in the pack: {text}"
    for text in sorted(ours.keys() - theirs.keys()):
        yield f"in the pack, but not signed: {ours[text]['name']} with sha256 {ours[text]['digest']['sha256']}"


def _predicate(signed: Any, expected: Statement) -> Iterator[str]:
    if not isinstance(signed, dict) or signed.keys() != expected.keys():
        yield f"the predicate's keys must be {', '.join(expected)}"
        return
    for key, value in expected.items():
        if signed[key] != value or isinstance(signed[key], bool) != isinstance(value, bool):
            yield f"predicate: {key} is {_text(signed[key])}, the pack says {_text(value)}"


def strict_json(content: bytes) -> Any:
    """Read JSON in which no object repeats a key: readers differ in which of the two they take."""
    try:
        return json.loads(content, object_pairs_hook=_unrepeated)
    except (ValueError, RecursionError) as error:
        raise BadSignature(f"it is not JSON: {error}") from error


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = sorted({name for name in names if names.count(name) > 1})
        raise BadSignature(f"an object in it repeats {', '.join(map(ascii, repeated))}")
    return found


def _text(value: Any) -> str:
    # ASCII: it may come from a stranger, and must not control a terminal.
    return json.dumps(value, sort_keys=True)
