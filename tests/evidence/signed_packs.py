"""Signed packs for tests: keys, a time stamp authority, and what changes a signed pack."""

import base64
import json
import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from postpatch.__main__ import main
from postpatch.evidence.attestation import ENVELOPE, statement_of
from postpatch.evidence.envelope import signed
from postpatch.evidence.pack import read_manifest
from postpatch.evidence.signing_keys import local_signer
from tests.evidence.authority import Authority

NO_PROXY = {"no_proxy": "*", "NO_PROXY": "*"}


def make_key(folder, name="key", private=None, encryption=None):
    """Write a key pair, `NAME.pem` and `NAME.pub`; return the paths of both."""
    private = private or ec.generate_private_key(ec.SECP256R1())
    paths = folder / f"{name}.pem", folder / f"{name}.pub"
    paths[0].write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()))
    paths[1].write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return paths


@pytest.fixture
def key(tmp_path):
    """Return the private key and the public key that sign and verify, as files."""
    return make_key(tmp_path)


@pytest.fixture
def evidence(capsys, monkeypatch):
    """Return what runs `postpatch evidence WORDS`; it returns the exit code and all that was said."""
    for name, value in NO_PROXY.items():
        monkeypatch.setenv(name, value)

    def run(*words):
        capsys.readouterr()
        code = main(["evidence", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Make a time stamp authority."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, which is the time stamp authority here")
    return Authority(tmp_path_factory.mktemp("authority") / "tsa")


@pytest.fixture
def stamped(pack, key, evidence, authority):
    """Return a pack that is signed and stamped, and the words that check it."""
    with authority.serving() as url:
        code, said = evidence("sign", pack, "--key", key[0], "--timestamp", url)
    assert code == 0, said
    return pack, ("--key", key[1], "--timestamp-ca", authority.root)


def edit(path, change):
    """Change the JSON in a file."""
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def edit_payload(pack, change):
    """Change the statement in the envelope, whose signature stays as it is."""

    def rewrite(envelope):
        statement = json.loads(base64.b64decode(envelope["payload"]))
        change(statement)
        envelope["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()

    edit(pack / ENVELOPE, rewrite)


def sign_otherwise(pack, key, change):
    """Sign, with the right key, a statement that says something else than the pack."""
    statement = statement_of(pack, read_manifest(pack))
    change(statement)
    (pack / ENVELOPE).write_text(signed(statement, local_signer(key[0])), encoding="utf-8")
