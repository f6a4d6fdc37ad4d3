"""A signed pack is verified offline with the public key; what was not verified is said."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption

from postpatch.commands import signing
from postpatch.evidence.attestation import BUNDLE, ENVELOPE, PREDICATE, STATEMENT, TIMESTAMP
from postpatch.evidence.pack import MANIFEST, digest, read_manifest
from postpatch.model import Mode
from tests.evidence.signed_packs import authority, edit, evidence, key, make_key, stamped

__all__ = ["authority", "evidence", "key", "stamped"]


def test_a_signed_pack_is_verified(stamped, evidence, authority):
    """What was signed, by whom and before when is said, and what is only claimed; openssl agrees with the stamp."""
    pack, words = stamped
    code, said = evidence("check", pack, *words)
    assert code == 0, said
    assert "Verified: the holder of the key" in said
    assert f"these {len(read_manifest(pack).files) + 1} files as they are now, FAIL, live, run 5c9a3c1e." in said
    assert "UTC, as the authority CN=Stamps for tests stamped it" in said
    assert "Only claimed: " in said
    assert "Not proven" not in said
    assert "OK" in authority.agrees(pack / TIMESTAMP, pack / ENVELOPE)


def test_what_was_not_asked_is_not_proven(stamped, evidence):
    """Without a key nothing of the signature is verified, and without the authority's root no time; both is said."""
    pack, (_, public, *_) = stamped
    code, said = evidence("check", pack)
    assert (code, "it was NOT verified" in said) == (0, True)
    assert "compare the sha256" in said
    code, said = evidence("check", pack, "--key", public)
    assert code == 0
    assert "Not proven: when it was signed. A time stamp is there, and was NOT verified" in said


def test_the_statement_is_in_totos(pack, key, evidence):
    """The envelope is DSSE of an in-toto Statement v1: each file with its sha256, and the verdict."""
    assert evidence("sign", pack, "--key", key[0])[0] == 0
    envelope = json.loads((pack / ENVELOPE).read_text(encoding="utf-8"))
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    statement = json.loads(base64.b64decode(envelope["payload"]))
    manifest = read_manifest(pack)
    hashes = {file.name: file.sha256 for file in manifest.files} | {MANIFEST: digest(pack)}
    assert {one["name"]: one["digest"]["sha256"] for one in statement["subject"]} == hashes
    assert (statement["_type"], statement["predicateType"]) == (STATEMENT, PREDICATE)
    assert statement["predicate"] == {
        "verdict": "FAIL", "mode": "live", "evidence": "LIVE", "simulated": False, "run": "5c9a3c1e",
        "startedAt": "2026-11-21T08:00:05+00:00", "finishedAt": "2026-11-21T08:20:05+00:00",
        "policySha256": hashes["evidence/policy.toml"], "tool": "postpatch 0.1.0",
    }  # fmt: skip


@pytest.mark.parametrize(
    "private",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP521R1()),
        rsa.generate_private_key(65537, 2048),
        ed25519.Ed25519PrivateKey.generate(),
    ],
    ids=["P-384", "P-521", "RSA", "Ed25519"],
)
def test_each_kind_of_key(tmp_path, pack, evidence, private):
    """Each kind of key that is named signs, and its public half verifies."""
    own, public = make_key(tmp_path, "other", private)
    assert evidence("sign", pack, "--key", own)[0] == 0
    assert evidence("check", pack, "--key", public)[0] == 0


def make_live(pack, sealed_anew, *, live):
    """Make the pack one of AWS or of a rehearsal, in each of its files that says so, and seal it anew."""
    mode, world = (Mode.LIVE, "") if live else (Mode.SIMULATED, "workshop")
    edit(pack / "evidence" / "run.json", lambda run: run.update(world=world, mode=mode))
    for side in ("baseline", "after"):
        about = {"mode": mode, "stage": f"world {world}" if world else ""}
        edit(pack / "evidence" / f"{side}.manifest.json", lambda snapshot, about=about: snapshot.update(about))
    edit(pack / "verify.json", lambda told: told.update(simulated=not live, mode=mode))
    sealed_anew(pack, stage=f"world {world}" if world else "", mode=mode)


def test_a_rehearsal_is_signed_as_one(pack, key, evidence, sealed_anew):
    """The statement says SIMULATED, and so do both commands; edited into LIVE, all files alike, it is refused."""
    make_live(pack, sealed_anew, live=False)
    code, said = evidence("sign", pack, "--key", key[0])
    assert (code, "SIMULATED: the signature proves" in said) == (0, True), said
    code, said = evidence("check", pack, "--key", key[1])
    assert (code, "SIMULATED on world workshop, run 5c9a3c1e" in said) == (0, True), said
    assert "SIMULATED: the signer says so too" in said
    statement = json.loads(base64.b64decode(json.loads((pack / ENVELOPE).read_text(encoding="utf-8"))["payload"]))
    assert statement["predicate"]["evidence"] == "SIMULATED on world workshop"
    envelope = (pack / ENVELOPE).read_bytes()
    (pack / ENVELOPE).unlink()
    make_live(pack, sealed_anew, live=True)
    assert evidence("check", pack)[0] == 0
    (pack / ENVELOPE).write_bytes(envelope)
    code, said = evidence("check", pack, "--key", key[1])
    assert code == 1
    assert 'evidence is "SIMULATED on world workshop", the pack says "LIVE"' in said


def test_only_a_whole_pack_is_signed(pack, key, evidence):
    """What was altered is not signed, and nothing is written."""
    (pack / "verify.html").write_text("<p>PASS</p>", encoding="utf-8")
    code, said = evidence("sign", pack, "--key", key[0])
    assert code == 1
    assert "was not signed" in said
    assert not (pack / ENVELOPE).exists()


def test_signing_again_leaves_no_stamp_of_the_signature_before(stamped, key, evidence):
    """A new signature has no time stamp until it is stamped; a bundle of Sigstore does not stay beside it."""
    pack, given = stamped
    (pack / BUNDLE).write_text("{}", encoding="utf-8")
    assert evidence("sign", pack, "--key", key[0])[0] == 0
    assert not (pack / TIMESTAMP).exists()
    assert not (pack / BUNDLE).exists()
    assert evidence("check", pack, *given[:2])[0] == 0


def test_what_cannot_sign(tmp_path, stamped, key, evidence):
    """A key with a passphrase, a public key, no key, a wrong address: one sentence, and the signature is as it was."""
    pack, _ = stamped
    before = (pack / ENVELOPE).read_bytes(), (pack / TIMESTAMP).read_bytes()
    encrypted = make_key(tmp_path, "encrypted", encryption=BestAvailableEncryption(b"secret"))[0]
    for words, reason in (
        (("--key", encrypted), "without a passphrase"),
        (("--key", key[1]), "none that can sign"),
        (("--key", tmp_path / "none.pem"), "cannot be read"),
        (("--key", key[0], "--timestamp", "file:///etc/passwd"), "Name the authority"),
        (("--key", key[0], "--timestamp", "http://127.0.0.1:9/"), "127.0.0.1:9 stamped nothing"),
        (("--kms", "alias/key"), "by its whole ARN"),
    ):
        code, said = evidence("sign", pack, *words)
        assert (code, reason in said) == (2, True), said
        assert said.count("\n") == 1
    assert ((pack / ENVELOPE).read_bytes(), (pack / TIMESTAMP).read_bytes()) == before


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--key", "verify.toml"), "Name a public key in PEM or DER"),
        (("--identity", "me"), "Name both --identity and --issuer"),
        (("--timestamp-ca", "ca.pem"), "who must have signed"),
    ],
)
def test_options_that_verify_nothing(pack, key, evidence, words, reason):
    """Options that cannot be verified by are refused with what to name."""
    assert evidence("sign", pack, "--key", key[0])[0] == 0
    code, said = evidence("check", pack, *words)
    assert (code, reason in said) == (2, True), said


@pytest.mark.parametrize("extra", ["sign", "keyless"])
def test_what_is_not_installed_is_said(pack, key, evidence, monkeypatch, extra):
    """Without the extra's packages, signing and verifying say what to install."""
    monkeypatch.setattr(signing, "find_spec", lambda _: None)
    keyless = extra == "keyless"
    sign = ("--keyless",) if keyless else ("--key", key[0])
    check = ("--identity", "me", "--issuer", "https://issuer") if keyless else ("--key", key[1])
    for words in (("sign", pack, *sign), ("check", pack, *check)):
        code, said = evidence(*words)
        assert (code, said) == (2, f"Install what signs and verifies: pip install 'postpatch[{extra}]'.\n")


@pytest.mark.external
def test_checking_without_a_signature_loads_none_of_it(pack):
    """A pack is checked without the libraries that sign, and without boto3."""
    program = (
        "import sys; from postpatch.__main__ import main; code = main(['evidence', 'check', sys.argv[1]]); "
        "assert not {'securesystemslib', 'rfc3161_client', 'sigstore', 'boto3'} & set(sys.modules); sys.exit(code)"
    )
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", program, str(pack)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
