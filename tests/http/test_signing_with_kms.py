"""A pack signed by a key in KMS: checked with KMS, and offline with the public key that KMS gave once."""

import json
import shutil

import pytest

from postpatch.aws.kms import kms_connection, public_key, sign_digest
from postpatch.errors import NotAllowed
from postpatch.evidence.attestation import ENVELOPE
from tests.evidence.signed_packs import evidence
from tests.http.conftest import KEYS

__all__ = ["evidence"]


@pytest.fixture(scope="module")
def pack(rehearsed, tmp_path_factory):
    """Return a copy of the pack of a rehearsal."""
    return shutil.copytree(rehearsed("--world", "workshop").reports, tmp_path_factory.mktemp("kms") / "pack")


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    """Have credentials that nobody checks."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def make_key(server, spec="ECC_NIST_P256", usage="SIGN_VERIFY"):
    """Create a key in KMS, and return its ARN."""
    return server.client("kms").create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"]


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384", "RSA_2048"])
def test_it_is_verified_with_kms_and_offline(served, pack, evidence, tmp_path, spec):
    """KMS signs more than the 4096 bytes that it takes; the exported public key verifies, another key does not."""
    key, other = make_key(served, spec), make_key(served, spec)
    there = ("--endpoint-url", served.url)
    code, said = evidence("sign", pack, "--kms", key, *there)
    assert code == 0, said
    assert "signed by a SIMULATED KMS" in said
    assert (pack / ENVELOPE).stat().st_size > 4096
    code, said = evidence("check", pack, "--kms", key, *there)
    assert (code, "Verified: the holder of the key" in said) == (0, True), said
    assert "SIMULATED: the key is the one that" in said
    exported = tmp_path / "key.der"
    exported.write_bytes(served.client("kms").get_public_key(KeyId=key)["PublicKey"])
    code, said = evidence("check", pack, "--key", exported)
    assert (code, "Verified: the holder of the key" in said) == (0, True), said
    code, said = evidence("check", pack, "--kms", other, *there)
    assert (code, "the signature is not that of the key" in said) == (1, True), said


def test_an_edit_is_refused_with_kms_too(served, pack, evidence):
    """A verdict that was edited after KMS signed is refused."""
    key = make_key(served)
    assert evidence("sign", pack, "--kms", key, "--endpoint-url", served.url)[0] == 0
    verdict = (pack / "verify.json").read_bytes()
    (pack / "verify.json").write_bytes(json.dumps(json.loads(verdict) | {"verdict": "FAIL"}).encode())
    code, said = evidence("check", pack, "--kms", key, "--endpoint-url", served.url)
    (pack / "verify.json").write_bytes(verdict)
    assert (code, "Verified: " in said) == (1, False), said


@pytest.mark.parametrize(
    ("spec", "usage", "words"),
    [("ECC_NIST_P521", "SIGN_VERIFY", "Name a key of RSA"), ("RSA_2048", "ENCRYPT_DECRYPT", "ENCRYPT_DECRYPT")],
)
def test_a_key_that_cannot_sign(served, pack, evidence, spec, usage, words):
    """A key of another kind or for another use is refused with what to name."""
    key = make_key(served, spec, usage)
    code, said = evidence("sign", pack, "--kms", key, "--endpoint-url", served.url)
    assert (code, words in said) == (2, True), said


def test_a_key_that_does_not_exist(served, pack, evidence):
    """KMS's own words come last."""
    key = "arn:aws:kms:us-east-1:123456789012:key/none"
    code, said = evidence("sign", pack, "--kms", key, "--endpoint-url", served.url)
    assert (code, f"Could not ask for the public key of {key}" in said) == (2, True), said


@pytest.mark.usefixtures("evidence")
def test_only_these_calls_are_made(served):
    """Signing asks for the public key and one signature, checking for the public key; a check can sign nothing."""
    key = make_key(served)
    signing = kms_connection(key, served.url, signing=True)
    public_key(signing, key)
    sign_digest(signing, key, bytes(32), "ECDSA_SHA_256")
    assert signing.calls == {"kms:GetPublicKey": 1, "kms:Sign": 1}
    with pytest.raises(NotAllowed):
        sign_digest(kms_connection(key, served.url), key, bytes(32), "ECDSA_SHA_256")
