"""The options that hold an address: where AWS answers, where the pack is stored, and where findings are read from."""

from pathlib import Path
from typing import TYPE_CHECKING

from postpatch.errors import BadOptions
from postpatch.model import Engine, Mode, S3Folder, s3_folder
from postpatch.text.addresses import is_plain

if TYPE_CHECKING:
    from postpatch.run.options import Options


def wrong_endpoint(mode: Mode, endpoint_url: str) -> list[str]:
    """Return a sentence for each problem of `--endpoint-url`."""
    problems = []
    if endpoint_url and mode is not Mode.LIVE:
        problems.append("--endpoint-url names where AWS answers: it goes with --aws live alone")
    if endpoint_url and not is_plain(endpoint_url):
        problems.append(
            "--endpoint-url must be http(s)://HOST:PORT: a user name or a password, a query or a fragment in it would "
            "be in the report"
        )
    return problems


def store_folder(given: str, mode: Mode, taking_baseline: bool, problems: list[str]) -> S3Folder | None:
    """Return the folder that `--store` names, or None where it is not given; add its problems to `problems`."""
    if not given:
        return None
    if mode is Mode.SIMULATED:
        problems.append("--store keeps evidence, and a rehearsal is none: it goes with --aws live or recorded")
    if taking_baseline:
        problems.append("--store is for -m verify: a baseline is no pack, and is in the pack of the run that uses it")
    try:
        return s3_folder(given)
    except BadOptions as error:
        problems.append(f"--store: {error}")
    return None


def findings_file(
    path: Path | None, mode: Mode, engine: Engine, options: "Options", problems: list[str]
) -> Path | None:
    """Return the file of findings that Inspector's delegated administrator reads, or None where none was named."""
    if path is None:
        return None
    if mode is not Mode.LIVE:
        problems.append("--findings names what an administrator reads from AWS: it goes with --aws live alone")
    if engine is Engine.CLASSIC:
        problems.append("--findings is for Inspector v2: Classic has no delegated administrator")
    if options.read_only:
        problems.append("--findings is read after a scan that the run starts: with --read-only it starts none")
    if options.taking_baseline:
        problems.append("--findings is for -m verify: a baseline is taken at once")
    return path
