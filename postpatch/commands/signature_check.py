"""The signature in `evidence check`: whether it is that of a key or identity, and says what the pack says."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postpatch.commands.signing import require_installed
from postpatch.errors import BadOptions
from postpatch.evidence.attestation import BUNDLE, ENVELOPE, TIMESTAMP, BadSignature, contradictions, simulated
from postpatch.evidence.envelope import read_envelope, read_small, verified_payload
from postpatch.evidence.pack import PackManifest
from postpatch.evidence.signing_keys import local_public_key
from postpatch.evidence.timestamp import verified_time
from postpatch.verdict.facts import count

_CLAIMED = (
    "Only claimed: that the key is whose you think it is, that AWS said what the pack holds, every time in the pack. "
    "Whether the verdict follows from the evidence, evidence rejudge says."
)


@dataclass(frozen=True)
class SignatureChecked:
    """What checking a signature came to: what is wrong, and what is proven and what is not, in sentences."""

    problems: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `evidence check` that name who must have signed."""
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--key", type=Path, metavar="PUB", help="the public key that must have signed, PEM or DER")
    who.add_argument(
        "--kms", metavar="ARN", help="the key in AWS KMS that must have signed, whose public half is asked for"
    )
    who.add_argument("--identity", metavar="ID", help="the identity that must have signed keyless; needs --issuer")
    parser.add_argument("--issuer", metavar="URL", help="who names that identity, such as GitHub's OIDC address")
    parser.add_argument(
        "--timestamp-ca", type=Path, metavar="FILE", help="certificates, PEM: the root of the time stamp's authority"
    )


def check_signature(options: argparse.Namespace, manifest: PackManifest) -> SignatureChecked:
    """Check the signature as the options ask; without them, say whether there is one.

    BadOptions for options that do not go together; CouldNotCheck if a key cannot be had or a library is missing.
    """
    if bool(options.identity) != bool(options.issuer):
        raise BadOptions("Name both --identity and --issuer: an identity is only one as its issuer names it.")
    if not (options.key or options.kms or options.identity):
        if options.timestamp_ca:
            raise BadOptions(
                "Name who must have signed, with --key, --kms or --identity: --timestamp-ca adds only when."
            )
        return SignatureChecked(lines=tuple(_unasked(options.folder)))
    require_installed("keyless" if options.identity else "sign")
    return _checked(options, manifest)


def _unasked(folder: Path) -> Iterator[str]:
    there = [name for name in (ENVELOPE, BUNDLE) if (folder / name).exists()]
    if there:
        yield f"{there[0]}: there is a signature, and it was NOT verified: name --key, --kms or --identity."


def _checked(options: argparse.Namespace, manifest: PackManifest) -> SignatureChecked:
    name = BUNDLE if options.identity else ENVELOPE
    try:
        content = read_small(options.folder / name)
        by, payload = _verified(options, content)
    except BadSignature as error:
        return SignatureChecked((str(error),))
    wrong = [f"{name}: {one}" for one in contradictions(payload, options.folder, manifest)]
    when = ""
    if options.timestamp_ca:
        try:
            when = f" before {_stamped(options, content)}"
        except BadSignature as error:
            wrong.append(str(error))
    return SignatureChecked(tuple(wrong), () if wrong else tuple(_proven(manifest, by, when, options)))


def _verified(options: argparse.Namespace, content: bytes) -> tuple[str, bytes]:
    if options.identity:
        from postpatch.commands.keyless import UNTESTED, keyless_payload

        who = f"{options.identity}, as {options.issuer} names it ({UNTESTED})"
        return who, keyless_payload(content, options.identity, options.issuer)
    key = _key(options)
    return f"the key {options.kms or options.key}, keyid {key.keyid},", verified_payload(read_envelope(content), key)


def _key(options: argparse.Namespace) -> Any:
    if options.kms:
        from postpatch.commands.kms_signer import kms_public_key

        return kms_public_key(options.kms, options.endpoint_url)
    return local_public_key(options.key)


def _stamped(options: argparse.Namespace, content: bytes) -> str:
    when, who = verified_time(read_small(options.folder / TIMESTAMP), content, options.timestamp_ca)
    return f"{when:%F %T} UTC, as the authority {who} stamped it"


def _proven(manifest: PackManifest, by: str, when: str, options: argparse.Namespace) -> Iterator[str]:
    files = count(len(manifest.files) + 1, "file")
    yield (
        f"Verified: the holder of {by} signed{when}: these {files} as they are now, {manifest.verdict}, "
        f"{simulated(manifest) or manifest.mode.value}, run {manifest.run}."
    )
    if options.kms and options.endpoint_url:
        yield f"SIMULATED: the key is the one that {options.endpoint_url} gave, which is not AWS."
    if not when:
        beside = " A time stamp is there, and was NOT verified: name --timestamp-ca." if _has_stamp(options) else ""
        yield f"Not proven: when it was signed.{beside}"
    yield _CLAIMED
    if simulated(manifest):
        yield "SIMULATED: the signer says so too. The pack proves nothing about any real host."


def _has_stamp(options: argparse.Namespace) -> bool:
    return bool((options.folder / TIMESTAMP).exists())
