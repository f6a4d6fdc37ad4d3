"""Whatever is changed in a signed pack, its check fails and names what does not fit."""

import json

import pytest

from postpatch.evidence.attestation import ENVELOPE, TIMESTAMP
from postpatch.evidence.timestamp import request_for
from tests.evidence.authority import Authority
from tests.evidence.signed_packs import authority, edit, edit_payload, evidence, key, make_key, sign_otherwise, stamped

__all__ = ["authority", "evidence", "key", "stamped"]


def _alter(pack, *_):
    (pack / "verify.html").write_text("<p>PASS</p>", encoding="utf-8")


def _add(pack, *_):
    (pack / "evidence" / "exploits.json").write_text("{}", encoding="utf-8")


def _remove(pack, *_):
    (pack / "evidence" / "window.error").unlink()


def _rename(pack, *_):
    (pack / "evidence" / "window.error").rename(pack / "evidence" / "target.error")


def _payload(pack, *_):
    edit_payload(pack, lambda statement: statement["subject"].pop())


def _verdict_unsigned(pack, *_):
    edit_payload(pack, lambda statement: statement["predicate"].update(verdict="PASS"))


def _verdict_signed(pack, key, _):
    sign_otherwise(pack, key, lambda statement: statement["predicate"].update(verdict="PASS"))


def _policy_signed(pack, key, _):
    sign_otherwise(pack, key, lambda statement: statement["predicate"].update(policySha256="0" * 64))


def _another_statement(pack, key, _):
    sign_otherwise(pack, key, lambda statement: statement.update(predicateType="https://slsa.dev/provenance/v1"))


def _subject_twice(pack, key, _):
    sign_otherwise(pack, key, lambda statement: statement["subject"].append(statement["subject"][0]))


def _of_another_key(pack, *_):
    other = make_key(pack.parent, "other")[0]
    sign_otherwise(pack, [other], lambda _: None)


def _named_as_the_key(pack, *_):
    keyid = json.loads((pack / ENVELOPE).read_text(encoding="utf-8"))["signatures"][0]["keyid"]
    _of_another_key(pack)
    edit(pack / ENVELOPE, lambda envelope: envelope["signatures"][0].update(keyid=keyid))


def _payload_type(pack, *_):
    edit(pack / ENVELOPE, lambda envelope: envelope.update(payloadType="application/json"))


def _empty(pack, *_):
    (pack / ENVELOPE).write_bytes(b"")


def _without_signatures(pack, *_):
    edit(pack / ENVELOPE, lambda envelope: envelope.update(signatures=[]))


def _signature_twice(pack, *_):
    edit(pack / ENVELOPE, lambda envelope: envelope["signatures"].append(envelope["signatures"][0]))


def _key_twice(pack, *_):
    text = (pack / ENVELOPE).read_text(encoding="utf-8")
    (pack / ENVELOPE).write_text(text.replace("{", '{"payload": "e30=",', 1), encoding="utf-8")


def _no_envelope(pack, *_):
    (pack / ENVELOPE).unlink()


def _linked_envelope(pack, *_):
    (pack / ENVELOPE).rename(pack.parent / "envelope")
    (pack / ENVELOPE).symlink_to(pack.parent / "envelope")


def _stamp_of_another(pack, _, authority):
    (pack / TIMESTAMP).write_bytes(authority.answer(request_for(b"another envelope").as_bytes()))


def _stamp_by_another(pack, *_):
    other = Authority(pack.parent / "other-tsa")
    (pack / TIMESTAMP).write_bytes(other.answer(request_for((pack / ENVELOPE).read_bytes()).as_bytes()))


def _no_stamp(pack, *_):
    (pack / TIMESTAMP).unlink()


def _damaged_stamp(pack, *_):
    (pack / TIMESTAMP).write_bytes((pack / TIMESTAMP).read_bytes()[:-9])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_alter, "verify.html: altered"),
        (_add, "evidence/exploits.json: added"),
        (_remove, "evidence/window.error: lost"),
        (_rename, "evidence/target.error: added"),
        (_payload, "the signature is not that of the key"),
        (_verdict_unsigned, "the signature is not that of the key"),
        (_verdict_signed, 'verdict is "PASS", the pack says "FAIL"'),
        (_policy_signed, "policySha256 is"),
        (_another_statement, "predicateType is"),
        (_subject_twice, "subject lists a file twice"),
        (_of_another_key, "the signature is not that of the key"),
        (_named_as_the_key, "the signature is not that of the key"),
        (_payload_type, "payloadType is 'application/json'"),
        (_empty, "it is not JSON"),
        (_without_signatures, "exactly one signature"),
        (_signature_twice, "exactly one signature"),
        (_key_twice, "repeats 'payload'"),
        (_no_envelope, "there is no signature that can be read"),
        (_linked_envelope, "it is not a file; it was not opened"),
        (_stamp_of_another, "the time stamp is not verified: Mismatch"),
        (_stamp_by_another, "the time stamp is not verified"),
        (_no_stamp, "attestation.tsr: there is no signature that can be read"),
        (_damaged_stamp, "attestation.tsr: "),
    ],
)
def test_a_change_is_refused(stamped, key, evidence, authority, change, words):
    """After each change the check fails, and names what does not fit; none is said to be verified."""
    pack, given = stamped
    change(pack, key, authority)
    code, said = evidence("check", pack, *given)
    assert code == 1, said
    assert words in said
    assert "Verified: " not in said
    assert "not as it was signed" in said
