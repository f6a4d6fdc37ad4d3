"""Keys that sign and verify, as securesystemslib takes them (extra `sign`)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from postpatch.errors import BadEvidence

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey

_KINDS = "ECDSA on P-256, P-384 or P-521, RSA, or Ed25519"


def local_signer(path: Path) -> "CryptoSigner":
    """Return what signs with the private key at `path`, PKCS#8 in PEM without a passphrase; BadEvidence if it cannot.

    A signature with RSA is RSASSA-PSS with SHA-256.
    """
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    content = _content(path)
    try:
        return CryptoSigner(load_pem_private_key(content, password=None))
    except TypeError as error:
        raise BadEvidence(f"Name a key without a passphrase, or one in KMS with --kms: {path} is encrypted.") from error
    except Exception as error:
        raise BadEvidence(f"Name a private key in PEM: {path} is none that can sign ({_KINDS}).") from error


def public_key(content: bytes, name: str) -> "SSlibKey":
    """Return the key that verifies, of a public key in PEM or DER; `name` is where it is from. BadEvidence if none.

    Its `keyid` is the one that securesystemslib computes, also for the key's signatures.
    """
    from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key
    from securesystemslib.signer import SSlibKey

    load: Any = load_pem_public_key if content.lstrip().startswith(b"-----") else load_der_public_key
    try:
        return SSlibKey.from_crypto(load(content))
    except Exception as error:
        raise BadEvidence(f"Name a public key in PEM or DER: {name} is none that can verify ({_KINDS}).") from error


def local_public_key(path: Path) -> "SSlibKey":
    """Return the key that verifies at `path`; BadEvidence if there is none."""
    return public_key(_content(path), str(path))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadEvidence(f"Name the file of a key: {path} cannot be read: {error.strerror}.") from error
