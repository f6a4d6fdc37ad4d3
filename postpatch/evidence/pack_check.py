"""Check a pack offline: which of its files were altered, lost or added, and whether they agree with each other."""

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from postpatch.evidence.attestation import BUNDLE, ENVELOPE, TIMESTAMP
from postpatch.evidence.pack import EVIDENCE, MANIFEST, RUNS, VERDICT_JSON, PackFile, PackManifest, is_plain, sha256_of
from postpatch.evidence.pack_agreement import disagreements
from postpatch.evidence.request import POLICY, REQUEST

# What else may be in `reports/`: a signature, a baseline, earlier packs, a run that was killed, JUnit files.
_BESIDE = (
    ENVELOPE, BUNDLE, TIMESTAMP, RUNS, "previous",
    "README.md", "baseline*.ndjson.gz", "baseline*.manifest.json", "launched.json", "scanned.json", "history.html",
    ".run-*", "*.xml",
)  # fmt: skip
# A pack without these can be neither read nor judged again.
_NEEDED = (VERDICT_JSON, f"{EVIDENCE}/{REQUEST}", f"{EVIDENCE}/{POLICY}")


@dataclass(frozen=True)
class Problem:
    """A problem with one file of a pack, in words."""

    name: str
    what: str

    def __str__(self) -> str:
        # The names come from the author of the folder: they must not control a terminal.
        return f"{self.name.encode('unicode_escape').decode()}: {self.what}"


def problems(folder: Path, manifest: PackManifest) -> tuple[Problem, ...]:
    """Return the problems of the pack in `folder`, file by file; if all files are unaltered, check that they agree."""
    found = [*_list_problems(manifest), *_file_problems(folder, manifest), *_added(folder, manifest)]
    if not found:
        found = [Problem(name, what) for name, what in disagreements(folder, manifest)]
    return tuple(found)


def _list_problems(manifest: PackManifest) -> Iterator[Problem]:
    times = Counter(file.name for file in manifest.files)
    for name, number in times.items():
        if not is_plain(name):
            yield Problem(name, "the manifest lists it, but it is not a valid file name in a pack; it was not opened")
        if number > 1:
            yield Problem(name, f"the manifest lists it {number} times")
    for name in _NEEDED:
        if name not in times:
            yield Problem(name, "the manifest does not list it: a pack without it cannot be judged")


def _file_problems(folder: Path, manifest: PackManifest) -> Iterator[Problem]:
    for file in manifest.files:
        if is_plain(file.name):
            what = _change_of(folder, file)
            if what:
                yield Problem(file.name, what)


def _change_of(folder: Path, file: PackFile) -> str:
    path = folder / file.name
    try:
        kind = _kind(folder, path)
        if kind:
            return f"replaced by {kind}; it was not opened"
        size = path.stat().st_size
        if size != file.bytes:
            return f"altered: it has {size} bytes, the manifest says {file.bytes}"
        return "" if sha256_of(path) == file.sha256 else "altered: its sha256 is not the one in the manifest"
    except (FileNotFoundError, NotADirectoryError):
        return "lost: the manifest lists it, but it does not exist"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _kind(folder: Path, path: Path) -> str:
    """Return what is there instead of a plain file in plain folders, or an empty text."""
    for part in (*reversed(path.relative_to(folder).parents[:-1]), path.relative_to(folder)):
        mode = (folder / part).lstat().st_mode
        if stat.S_ISLNK(mode):
            return "a link" if folder / part == path else f"a file behind the link {part}"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "" if stat.S_ISREG(mode) else "something that is not a file"


def _added(folder: Path, manifest: PackManifest) -> Iterator[Problem]:
    listed = {MANIFEST, *(file.name for file in manifest.files)}
    for root, folders, files in os.walk(folder):
        here = Path(root).relative_to(folder)
        at_top = here == Path()
        folders[:] = sorted(name for name in folders if not (at_top and _may_be_beside(name)))
        links = [name for name in folders if (folder / here / name).is_symlink()]
        for name in sorted([*files, *links]):
            full = (here / name).as_posix()
            if full not in listed and not (at_top and _may_be_beside(name)):
                yield Problem(full, "added: the manifest does not list it")


def _may_be_beside(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in _BESIDE)
