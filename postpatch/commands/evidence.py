"""`evidence check`, `rejudge`, `sign` and `store`: whether a pack is whole and repeats its verdict, and who has it."""

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from postpatch.commands import signature_check, signing, storing
from postpatch.commands.places import METAVAR, at_hand, place
from postpatch.commands.rejudge import CouldNotRejudge, described, rejudged, rules_of
from postpatch.commands.signature_check import check_signature
from postpatch.errors import BadOptions, CouldNotCheck
from postpatch.evidence.pack import MANIFEST, NotAPack, PackManifest, digest, read_manifest
from postpatch.evidence.pack_check import Problem, problems
from postpatch.run.archiving import newest
from postpatch.text.legible import legible_lines
from postpatch.text.places import with_names
from postpatch.verdict.facts import count

OK = 0
PROBLEMS = 1
USAGE = 2


def add_to(commands: Any) -> None:
    """Declare the commands to argparse."""
    parser = commands.add_parser("evidence", help="check, sign or store the evidence of a run, or judge it again")
    ways = parser.add_subparsers(required=True, metavar="COMMAND")
    check = ways.add_parser("check", help="say what was altered, lost or added since the run")
    check.set_defaults(command=lambda options: _on_this_machine(_check, options))
    again = ways.add_parser("rejudge", help="repeat the verdict from the evidence alone, and compare")
    again.add_argument("--anyway", action="store_true", help="judge a pack that is not complete")
    again.set_defaults(command=lambda options: _on_this_machine(_rejudge, options))
    sign = signing.add_to(ways)
    sign.set_defaults(command=_sign)
    signature_check.add_options(check)
    store = storing.add_to(ways)
    store.set_defaults(command=_store)
    for way in (check, again, sign, store):
        help_text = "with --kms and s3://…: another endpoint than AWS, such as a simulated one on loopback"
        way.add_argument("--endpoint-url", default="", metavar="URL", help=help_text)
    for way in (check, again):
        way.add_argument("folder", type=place, metavar=METAVAR, help="the folder of the pack, such as reports")
    for way in (sign, store):
        way.add_argument("folder", type=Path, metavar="DIR", help="the folder of the pack, such as reports")
    storing.add_target_to(store)
    for way in (check, again, sign, store):
        digest_help = "the sha256 of its manifest, as the run printed it"
        way.add_argument("--digest", type=_whole_sha256, metavar="HEX", help=digest_help)


def _on_this_machine(command: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Run a command on a pack that may be in S3; return its exit code, or 2 if the pack cannot be fetched."""
    try:
        with at_hand([options.folder], options.endpoint_url) as (folder,):
            return command(argparse.Namespace(**{**vars(options), "folder": folder}))
    except CouldNotCheck as error:
        return _refuse(str(error))


def _check(options: argparse.Namespace) -> int:
    """Return 0 for a whole pack, 1 for one that was tampered with, 2 where there is none that can be checked."""
    try:
        manifest = read_manifest(options.folder)
        signature = check_signature(options, manifest)
    except NotAPack as error:
        return _no_pack(options.folder, error)
    except (CouldNotCheck, BadOptions) as error:
        return _refuse(str(error))
    found = [*map(str, _problems(options, manifest)), *signature.problems]
    finished = f"{manifest.finished_at:%F %T} UTC"
    _say(f"run {manifest.run}: {manifest.verdict}, {_stage(manifest)}, finished {finished}")
    _say(_made_by(options.folder, manifest))
    _say(f"{options.folder / MANIFEST}: sha256 {digest(options.folder)}")
    for problem in found:
        _say(problem)
    if found:
        signed = ", or not as it was signed" if options.key or options.kms or options.identity else ""
        _say(f"This is not the pack as it was published{signed}.")
        return PROBLEMS
    _say(f"{len(manifest.files)} files: nothing altered, lost or added.")
    for line in signature.lines:
        _say(line)
    if not (options.digest or options.key or options.kms or options.identity):
        _say(
            "Whoever can write to this folder can write its manifest anew: compare the sha256 with that of the run's "
            "output (--digest)."
        )
    return OK


def _rejudge(options: argparse.Namespace) -> int:
    """Return 0 for a verdict that is repeated, 1 for another or a pack that is not whole, 2 if it cannot be judged."""
    try:
        manifest = read_manifest(options.folder)
        _say(_made_by(options.folder, manifest))
        found = _problems(options, manifest)
        for problem in found:
            _say(str(problem))
        if found and not options.anyway:
            _say("The pack is not complete and was not judged again. Add --anyway to judge it.")
            return PROBLEMS
        again = rejudged(options.folder, manifest)
    except NotAPack as error:
        return _no_pack(options.folder, error)
    except CouldNotRejudge as error:
        return _refuse(str(error))
    if found:
        _say("The pack is not complete: what follows is the verdict on its present content.")
    compared = again.verdict
    for line in (*described(compared), *again.reports):
        _say(line)
    judged = f"run {manifest.run}: judged again from its evidence alone"
    if compared.unexplained or again.reports:
        number = count(len(compared.unexplained) + len(again.reports), "difference")
        _say(f"{judged}: {number} that no change of the rules explains")
        return PROBLEMS
    if compared.explained:
        number = count(len(compared.explained), "difference")
        _say(f"{judged}: {number} from {manifest.verdict}, explained by rules that changed since")
    else:
        _say(f"{judged}, the same verdict: {manifest.verdict}")
    return OK


def _sign(options: argparse.Namespace) -> int:
    """Return 0 for a pack that was signed, 1 for one that is not whole, 2 where nothing could be signed."""
    try:
        manifest = read_manifest(options.folder)
        found = _problems(options, manifest)
        for problem in found:
            _say(str(problem))
        if found:
            _say("The pack is not complete and was not signed.")
            return PROBLEMS
        for line in signing.sign(options, manifest):
            _say(line)
    except NotAPack as error:
        return _no_pack(options.folder, error)
    except (CouldNotCheck, OSError) as error:
        return _refuse(str(error))
    return OK


def _store(options: argparse.Namespace) -> int:
    """Return 0 for a pack that was stored, 1 for one that is not whole, 2 where it could not be stored."""
    try:
        found = _problems(options, read_manifest(options.folder))
        for problem in found:
            _say(str(problem))
        if found:
            _say("The pack is not complete and was not stored.")
            return PROBLEMS
        _say(storing.store(options))
    except NotAPack as error:
        return _no_pack(options.folder, error)
    except (CouldNotCheck, OSError) as error:
        return _refuse(str(error))
    return OK


def _no_pack(folder: Path, error: NotAPack) -> int:
    earlier = newest(folder)
    return _refuse(f"{error} The newest pack of an earlier run is {earlier}." if earlier else str(error))


def _made_by(folder: Path, manifest: PackManifest) -> str:
    try:
        return f"made by {manifest.tool}, judged by rules version {rules_of(folder)}"
    except CouldNotRejudge:
        return f"made by {manifest.tool}"


def _whole_sha256(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", sha256 := text.strip().lower()):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole sha256, which has 64 hexadecimal digits")
    return sha256


def _problems(options: argparse.Namespace, manifest: PackManifest) -> list[Problem]:
    found = list(problems(options.folder, manifest))
    sealed = digest(options.folder)
    if options.digest and options.digest != sealed:
        found.append(Problem(MANIFEST, f"sealed again: its sha256 is {sealed}, and not {options.digest}"))
    return found


def _stage(manifest: PackManifest) -> str:
    return f"SIMULATED on {manifest.stage}" if manifest.stage else manifest.mode.value


def _refuse(reason: str) -> int:
    sys.stderr.write(f"{legible_lines(with_names(reason))}\n")
    return USAGE


def _say(line: str) -> None:
    sys.stdout.write(f"{legible_lines(with_names(line))}\n")
