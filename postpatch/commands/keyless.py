"""Sign without a key of one's own, and verify that: Sigstore, for a pipeline that has an OIDC identity.

UNTESTED: it needs Sigstore's public services, so no test of this project runs it. It is written to the documented
interface of sigstore-python 4 (extra `keyless`), which asks Fulcio for a certificate of the pipeline's identity and
enters the signature in the public log Rekor. The statement, with its file names and verdict, is public there.
"""

from postpatch.errors import CouldNotCheck
from postpatch.evidence.attestation import BUNDLE, PAYLOAD_TYPE, BadSignature, Statement, payload_of

UNTESTED = "keyless signing is UNTESTED: no test of this project reaches Sigstore"


def keyless_bundle(statement: Statement) -> str:
    """Return the Sigstore bundle of a statement, signed with the pipeline's identity, as the text of its file."""
    from sigstore.dsse import Statement as Signable
    from sigstore.errors import Error
    from sigstore.models import ClientTrustConfig
    from sigstore.oidc import IdentityToken, detect_credential
    from sigstore.sign import SigningContext

    try:
        credential = detect_credential()
        if credential is None:
            raise CouldNotCheck(
                "Sign in a pipeline that has an OIDC identity (on GitHub: permissions: id-token: write), or with --key "
                "or --kms: there is no identity here."
            )
        context = SigningContext.from_trust_config(ClientTrustConfig.production())
        with context.signer(IdentityToken(credential)) as signer:
            return str(signer.sign_dsse(Signable(payload_of(statement))).to_json())
    except Error as error:
        raise CouldNotCheck(
            f"Sign again later, or with --key or --kms. Sigstore did not sign: {_in_a_line(error)}"
        ) from error


def keyless_payload(content: bytes, identity: str, issuer: str) -> bytes:
    """Return the payload that `identity` signed, as `issuer` names it; BadSignature if another one did, or none."""
    from sigstore.errors import Error
    from sigstore.models import Bundle, InvalidBundle
    from sigstore.verify import Verifier
    from sigstore.verify.policy import Identity

    try:
        verifier = Verifier.production()
    except Error as error:
        raise CouldNotCheck(
            f"Check again later. Sigstore's root of trust cannot be had: {_in_a_line(error)}"
        ) from error
    try:
        kind, payload = verifier.verify_dsse(Bundle.from_json(content), Identity(identity=identity, issuer=issuer))
    except (Error, InvalidBundle, ValueError) as error:
        raise BadSignature(f"{BUNDLE}: it is not verified: {_in_a_line(error)}") from error
    if kind != PAYLOAD_TYPE:
        raise BadSignature(f"{BUNDLE}: payloadType is {kind!a}, expected {PAYLOAD_TYPE!r}")
    return bytes(payload)


def _in_a_line(error: Exception) -> str:
    return ascii(" ".join(str(error).split()))[1:500].removesuffix("'")
