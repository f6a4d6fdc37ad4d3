"""moto's source distribution, in the version that requirements-dev.lock has: its tests are in no wheel."""

import re
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements-dev.lock"
BUILD = ROOT / "build" / "foreign"
PACKAGES = BUILD / "packages"
_PINNED = re.compile(r"^moto\b[^=\n]*==(?P<version>\S+) \\\n(?:    --hash=\S+(?: \\)?\n)+", re.MULTILINE)


def pinned_moto() -> tuple[str, str]:
    """Return moto's version in the lock, and the requirement with its hashes; SystemExit if the lock has none."""
    pinned = _PINNED.search(LOCK.read_text(encoding="utf-8"))
    if pinned is None:
        raise SystemExit(f"{LOCK.name} has no moto with hashes: renew it with `make lock`")
    return pinned["version"], pinned[0]


def fetch_moto() -> Path:
    """Return the folder that holds moto's `tests`; fetch it, with what only they need, unless it is there.

    pip checks the distribution against the hashes in the lock. SystemExit if it cannot be had.
    """
    version, requirement = pinned_moto()
    folder = BUILD / f"moto-{version}"
    if folder.exists():
        return folder
    BUILD.mkdir(parents=True, exist_ok=True)
    wanted = BUILD / "moto.txt"
    wanted.write_text(requirement, encoding="utf-8")
    _pip("download", "--no-deps", "--no-binary", "moto", "--require-hashes", "-r", str(wanted), "-d", str(BUILD))
    needed = Path(__file__).with_name("requirements.txt")
    _pip("install", "--upgrade", "--no-deps", "--require-hashes", "-r", str(needed), "--target", str(PACKAGES))
    unpacking = folder.with_suffix(".unpacking")
    with tarfile.open(BUILD / f"{folder.name}.tar.gz") as source:
        inside = f"{folder.name}/"
        tests = [one for one in source.getmembers() if one.name.startswith(f"{inside}tests/")]
        for one in tests:
            one.name = one.name.removeprefix(inside)
        source.extractall(unpacking, members=tests, filter="data")
    unpacking.rename(folder)
    return folder


def _pip(command: str, *options: str) -> None:
    words = [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check", *options]
    if subprocess.run(words, check=False).returncode:  # noqa: S603 - pip, with words of ours
        raise SystemExit("moto's source distribution could not be fetched; pip's own words are above")
