"""The DSSE envelope of a pack's statement, signed and verified by securesystemslib (extra `sign`).

Source: https://github.com/secure-systems-lab/dsse/blob/master/envelope.md. Ours has exactly one signature.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from postpatch.evidence.attestation import ENVELOPE, PAYLOAD_TYPE, BadSignature, payload_of, strict_json

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import Signer, SSlibKey

    from postpatch.evidence.attestation import Statement

# The statement about a pack of 10,000 files has 2 MB.
_LARGEST = 16 * 1024 * 1024
_KEYS = {"payload", "payloadType", "signatures"}
_SIGNATURE_KEYS = {"keyid", "sig"}


def signed(statement: "Statement", signer: "Signer") -> str:
    """Return the envelope of a statement, signed, as the text of its file."""
    from securesystemslib.dsse import Envelope

    envelope = Envelope(payload_of(statement), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return json.dumps(envelope.to_dict(), indent=1) + "\n"


def read_envelope(content: bytes) -> "Envelope":
    """Return the envelope in a file's content; BadSignature says why there is none that can be verified."""
    from securesystemslib.dsse import Envelope

    try:
        document = strict_json(content)
    except BadSignature as error:
        raise BadSignature(f"{ENVELOPE}: {error}") from error
    if not isinstance(document, dict) or document.keys() != _KEYS:
        raise BadSignature(f"{ENVELOPE}: it is not an envelope: its keys must be {', '.join(sorted(_KEYS))}")
    signatures = document["signatures"]
    if not (isinstance(signatures, list) and len(signatures) == 1):
        raise BadSignature(f"{ENVELOPE}: an envelope has exactly one signature")
    if not isinstance(signatures[0], dict) or signatures[0].keys() != _SIGNATURE_KEYS:
        raise BadSignature(f"{ENVELOPE}: a signature has exactly the keys {', '.join(sorted(_SIGNATURE_KEYS))}")
    texts = [document["payload"], document["payloadType"], *signatures[0].values()]
    if not all(isinstance(text, str) and text for text in texts):
        raise BadSignature(f"{ENVELOPE}: each value must be a text, and none may be empty")
    if document["payloadType"] != PAYLOAD_TYPE:
        raise BadSignature(f"{ENVELOPE}: payloadType is {document['payloadType']!a}, expected {PAYLOAD_TYPE!r}")
    try:
        return Envelope.from_dict(document)
    except ValueError as error:
        raise BadSignature(f"{ENVELOPE}: it is not base64: {error}") from error


def verified_payload(envelope: "Envelope", key: "SSlibKey") -> bytes:
    """Return the payload that the holder of `key` signed; BadSignature if the signature is not that key's."""
    from securesystemslib.exceptions import UnverifiedSignatureError

    (signature,) = envelope.signatures.values()
    try:
        # The key alone decides: a keyid is a hint that nobody signed (DSSE, "Parsing rules").
        key.verify_signature(signature, envelope.pae())
    except UnverifiedSignatureError as error:
        raise BadSignature(f"{ENVELOPE}: the signature is not that of the key {key.keyid}") from error
    return bytes(envelope.payload)


def read_small(path: Path) -> bytes:
    """Return the content of a signature's file; BadSignature if it is a link, no file, or far too large."""
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise BadSignature(f"{path.name}: it is not a file; it was not opened")
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise BadSignature(f"{path.name}: there is no signature that can be read: {error.strerror}") from error
    if len(content) > _LARGEST:
        raise BadSignature(f"{path.name}: it has more than {_LARGEST} bytes, as no signature has")
    return content
