"""The one operation of KMS that moto answers otherwise than AWS documents: signing a digest.

Source: AWS KMS API reference, Sign: with MessageType DIGEST, KMS "skips the hashing step", and the message must be as
long as the algorithm's digests are. moto hashes it again.
"""

from typing import Any

from .wire.errors import AwsError, HandOn
from .wire.front import Operations
from .wire.reading import Params

_BITS = ("256", "384", "512")


class KmsOperations:
    """Sign with the keys that moto keeps."""

    def __init__(self, account: str, region: str) -> None:
        from moto.kms.models import kms_backends

        self._backend: Any = kms_backends[account][region]

    def operations(self) -> Operations:
        """Name the operation that this class answers."""
        return {"Sign": self.sign}

    def sign(self, params: Params) -> dict[str, Any]:
        """Sign a digest as it is; a message, and whatever key or algorithm does not fit, is moto's."""
        named, algorithm = params["KeyId"], params["SigningAlgorithm"]
        key = self._backend.keys.get(self._backend.get_key_id(named))
        if params.get("MessageType") != "DIGEST" or key is None or algorithm not in (key.signing_algorithms or ()):
            raise HandOn
        return {
            "KeyId": key.arn,
            "Signature": _signed(key.private_key.private_key, params["Message"], algorithm),
            "SigningAlgorithm": algorithm,
        }


def _signed(key: Any, digest: bytes, algorithm: str) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

    kind, bits = algorithm.rsplit("_SHA_", 1)
    if bits not in _BITS:
        raise HandOn
    hashed: hashes.HashAlgorithm = getattr(hashes, f"SHA{bits}")()
    if len(digest) != hashed.digest_size:
        raise AwsError("ValidationException", f"Digest is invalid length for algorithm {algorithm}.")
    prehashed = utils.Prehashed(hashed)
    if kind == "ECDSA":
        return bytes(key.sign(digest, ec.ECDSA(prehashed)))
    if kind == "RSASSA_PSS":
        salted = padding.PSS(padding.MGF1(hashed), padding.PSS.DIGEST_LENGTH)
        return bytes(key.sign(digest, salted, prehashed))
    return bytes(key.sign(digest, padding.PKCS1v15(), prehashed))
