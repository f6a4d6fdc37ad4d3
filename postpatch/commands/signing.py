"""`evidence sign`: sign the statement about a pack, and have it stamped with the time."""

import argparse
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from postpatch.commands.stamping import stamped
from postpatch.errors import CouldNotCheck
from postpatch.evidence.attestation import BUNDLE, ENVELOPE, TIMESTAMP, Statement, simulated, statement_of
from postpatch.evidence.envelope import signed
from postpatch.evidence.kept import replace_bytes
from postpatch.evidence.pack import PackManifest
from postpatch.evidence.signing_keys import local_signer

_EXTRAS = {"sign": ("cryptography", "rfc3161_client", "securesystemslib"), "keyless": ("sigstore",)}


def add_to(ways: Any) -> argparse.ArgumentParser:
    """Declare the command to argparse, and return its parser."""
    parser: argparse.ArgumentParser = ways.add_parser("sign", help="sign what a pack holds and what its verdict is")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--key", type=Path, metavar="FILE", help="a private key, PKCS#8 in PEM")
    who.add_argument("--kms", metavar="ARN", help="an asymmetric key in AWS KMS, for signing")
    who.add_argument("--keyless", action="store_true", help="the pipeline's OIDC identity, by Sigstore (untested)")
    parser.add_argument("--timestamp", metavar="URL", default="", help="have an RFC 3161 authority stamp the signature")
    return parser


def require_installed(extra: str) -> None:
    """Raise CouldNotCheck, which says what to install, unless the packages of an extra are."""
    if not all(find_spec(name) for name in _EXTRAS[extra]):
        raise CouldNotCheck(f"Install what signs and verifies: pip install 'postpatch[{extra}]'.")


def sign(options: argparse.Namespace, manifest: PackManifest) -> Iterator[str]:
    """Sign the pack in `options.folder`, and yield what was done; CouldNotCheck if it was not, and nothing is written.

    The pack must have been checked before.
    """
    require_installed("keyless" if options.keyless else "sign")
    if options.timestamp:
        require_installed("sign")
    name, made = (BUNDLE, _keyless) if options.keyless else (ENVELOPE, _signer(options))
    by, text = made(statement_of(options.folder, manifest))
    stamp = _stamp(text, options.timestamp)
    # A stamp or a signature that was there before is of other bytes.
    for other in {ENVELOPE, BUNDLE, TIMESTAMP} - {name}:
        (options.folder / other).unlink(missing_ok=True)
    replace_bytes(options.folder / name, text.encode())
    yield f"{options.folder / name}: signed by {by}"
    if stamp:
        replace_bytes(options.folder / TIMESTAMP, stamp)
        yield f"{options.folder / TIMESTAMP}: stamped by {options.timestamp}; verify who that is with --timestamp-ca"
    yield f"The statement says {manifest.verdict}, {simulated(manifest) or manifest.mode.value}, and names each file."
    if simulated(manifest):
        yield "SIMULATED: the signature proves who rehearsed what, and nothing about any real host."


_Made = tuple[str, str]


def _signer(options: argparse.Namespace) -> Callable[[Statement], _Made]:
    if options.kms:
        from postpatch.commands.kms_signer import KmsSigner

        kms = KmsSigner(options.kms, options.endpoint_url)
        where = f"a SIMULATED KMS at {options.endpoint_url}, key" if options.endpoint_url else "the KMS key"
        return lambda statement: (f"{where} {options.kms}, keyid {kms.public_key.keyid}", signed(statement, kms))
    local = local_signer(options.key)
    return lambda statement: (f"{options.key}, keyid {local.public_key.keyid}", signed(statement, local))


def _keyless(statement: Statement) -> _Made:
    from postpatch.commands.keyless import UNTESTED, keyless_bundle

    return f"the pipeline's identity, by Sigstore; {UNTESTED}", keyless_bundle(statement)


def _stamp(text: str, url: str) -> bytes:
    if not url:
        return b""
    return stamped(text.encode(), url)
