"""A key of AWS KMS as a signer of securesystemslib, through the suite's own connection."""

import hashlib

from securesystemslib.signer import Key, SecretsHandler, Signature, Signer, SSlibKey

from postpatch.aws.kms import kms_connection, public_key, sign_digest
from postpatch.errors import BadEvidence
from postpatch.evidence.signing_keys import public_key as verifying_key

# The scheme of securesystemslib for each kind of key, and KMS's name for it.
_ALGORITHMS = {
    "ecdsa-sha2-nistp256": "ECDSA_SHA_256",
    "ecdsa-sha2-nistp384": "ECDSA_SHA_384",
    "rsassa-pss-sha256": "RSASSA_PSS_SHA_256",
}


def kms_public_key(arn: str, endpoint_url: str) -> SSlibKey:
    """Return the public half of a key in KMS; CouldNotCheck if KMS does not give it."""
    return verifying_key(public_key(kms_connection(arn, endpoint_url), arn), arn)


class KmsSigner(Signer):
    """Sign with a key in KMS: the digest is computed here, and nothing but the digest is sent."""

    def __init__(self, arn: str, endpoint_url: str) -> None:
        self._arn = arn
        self._connection = kms_connection(arn, endpoint_url, signing=True)
        self._key = verifying_key(public_key(self._connection, arn), arn)
        if self._key.scheme not in _ALGORITHMS:
            raise BadEvidence(f"Name a key of RSA, ECC_NIST_P256 or ECC_NIST_P384: {arn} is for {self._key.scheme}.")

    @property
    def public_key(self) -> SSlibKey:
        """Return the key that verifies."""
        return self._key

    @classmethod
    def from_priv_key_uri(
        cls, priv_key_uri: str, public_key: Key, secrets_handler: SecretsHandler | None = None
    ) -> "KmsSigner":
        """Refuse: the key is named by its ARN."""
        raise NotImplementedError

    def sign(self, payload: bytes) -> Signature:
        """Return KMS's signature of a payload."""
        digest = hashlib.new(self._key.get_hash_algorithm_name(), payload).digest()
        made = sign_digest(self._connection, self._arn, digest, _ALGORITHMS[self._key.scheme])
        return Signature(self._key.keyid, made.hex())
