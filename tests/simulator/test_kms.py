"""A simulated KMS key signs a digest as it is: what it signed is verified with the public key alone."""

import hashlib

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

MESSAGE = b"a message of more than 4096 bytes" * 200
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO)
KEYS = {
    "ECDSA_SHA_256": ("ECC_NIST_P256", (ec.ECDSA(hashes.SHA256()),)),
    "RSASSA_PSS_SHA_256": ("RSA_2048", (PSS, hashes.SHA256())),
    "RSASSA_PKCS1_V1_5_SHA_256": ("RSA_2048", (padding.PKCS1v15(), hashes.SHA256())),
}


@pytest.mark.parametrize("algorithm", KEYS)
@pytest.mark.parametrize("kind", ["DIGEST", "RAW"])
def test_what_it_signed_is_verified_offline(aws, algorithm, kind):
    """A digest is not hashed again, a message is; either way the signature is that of the message."""
    kms = aws.session().client("kms")
    spec, verified_by = KEYS[algorithm]
    key = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    message = MESSAGE[:4096]  # the longest that Sign takes
    sent = hashlib.sha256(message).digest() if kind == "DIGEST" else message
    signed = kms.sign(KeyId=key, Message=sent, MessageType=kind, SigningAlgorithm=algorithm)
    assert (signed["KeyId"], signed["SigningAlgorithm"]) == (key, algorithm)
    public = load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    public.verify(signed["Signature"], message, *verified_by)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Message": b"short"}, "ValidationException"),
        ({"SigningAlgorithm": "ECDSA_SHA_384"}, "ValidationException"),
        ({"KeyId": "arn:aws:kms:us-east-1:123456789012:key/none"}, "NotFoundException"),
    ],
)
def test_what_no_key_signs(aws, changed, code):
    """A digest of another length, an algorithm that the key has not, a key that does not exist."""
    kms = aws.session().client("kms")
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    asked = {"KeyId": key, "Message": bytes(32), "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    with pytest.raises(ClientError) as refused:
        kms.sign(**asked | changed)
    assert refused.value.response["Error"]["Code"] == code
