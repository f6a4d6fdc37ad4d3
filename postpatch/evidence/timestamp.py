"""An RFC 3161 time stamp of an envelope, asked for and verified by rfc3161-client (extra `sign`).

The stamped bytes are those of the envelope's file, so `openssl ts -verify -data FILE` verifies it as well.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from postpatch.errors import BadEvidence
from postpatch.evidence.attestation import TIMESTAMP, BadSignature

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampRequest, TimeStampResponse


def request_for(content: bytes) -> "TimeStampRequest":
    """Return the request for a time stamp of `content`: its SHA-256, a nonce, and that the certificate be sent."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    return TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()


def require_answered(answer: bytes, asked: "TimeStampRequest") -> None:
    """Raise BadSignature unless `answer` grants just what was `asked`; who granted it is for `verified_time` to say."""
    response = _decoded(answer)
    said = (response.tst_info.message_imprint.message, response.tst_info.nonce)
    if said != (asked.message_imprint.message, asked.nonce):
        raise BadSignature("the time stamp authority answered another request")


def verified_time(answer: bytes, content: bytes, authorities: Path) -> tuple[datetime, str]:
    """Return when the authority stamped `content`, in UTC, and the authority's name; no network is used.

    `authorities` is a file of certificates in PEM: a self-signed one is trusted, others lead to one. BadSignature
    if the time stamp is of other content, or not by an authority that they lead to.
    """
    from cryptography.x509 import load_der_x509_certificate
    from rfc3161_client import VerificationError, VerifierBuilder

    roots, others = _certificates(authorities)
    response = _decoded(answer)
    try:
        VerifierBuilder(roots=roots, intermediates=others).build().verify_message(response, content)
    except VerificationError as error:
        raise BadSignature(f"{TIMESTAMP}: the time stamp is not verified: {error}") from error
    sent = [load_der_x509_certificate(one) for one in response.signed_data.certificates]
    by = {one.serial_number for one in response.signed_data.signer_infos}
    names = [one.subject.rfc4514_string() for one in sent if one.serial_number in by]
    return response.tst_info.gen_time.astimezone(UTC), ascii(names[0])[1:-1] if names else "an authority of the file"


def _decoded(answer: bytes) -> "TimeStampResponse":
    from rfc3161_client import decode_timestamp_response

    try:
        response = decode_timestamp_response(answer)
        granted = response.status == 0
    except ValueError as error:
        raise BadSignature(f"{TIMESTAMP}: it is not the answer of a time stamp authority: {error}") from error
    if not granted:
        raise BadSignature(f"{TIMESTAMP}: the authority granted no time stamp: {'; '.join(response.status_string)!a}")
    return response


def _certificates(path: Path) -> tuple[list["Certificate"], list["Certificate"]]:
    from cryptography.x509 import load_pem_x509_certificates

    try:
        found = load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadEvidence(f"Name a file of certificates in PEM: {path} cannot be used: {error}.") from error
    roots = [one for one in dict.fromkeys(found) if one.subject == one.issuer]
    if not roots:
        raise BadEvidence(f"Name a file that holds the authority's root: no certificate in {path} is self-signed.")
    return roots, [one for one in dict.fromkeys(found) if one not in roots]
