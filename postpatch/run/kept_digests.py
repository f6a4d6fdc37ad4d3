"""What the snapshots beside the reports keep of what was installed, for a baseline that begins where they ended."""

from collections.abc import Iterator

from postpatch.errors import BadEvidence
from postpatch.evidence.kept import read_kept
from postpatch.evidence.pack import EVIDENCE
from postpatch.model import Caller, InventoryDigest, Manifest
from postpatch.run.settings import Settings


def kept_digests(settings: Settings, caller: Caller) -> tuple[InventoryDigest, ...]:
    """Return the digests of the last baseline and the last verification here, those of the later one last.

    They are of this account, Region and AWS. A snapshot that is not there or cannot be read has none: then each host
    is waited for.
    """
    manifests = sorted(_manifests(settings), key=lambda one: one.taken_at)
    here = (settings.mode, settings.stage, caller.account, caller.region)
    fitting = (one for one in manifests if (one.mode, one.stage, one.account, one.region) == here)
    return tuple(digest for one in fitting for digest in one.digests)


def _manifests(settings: Settings) -> Iterator[Manifest]:
    for place in ("baseline.manifest.json", f"{EVIDENCE}/after.manifest.json"):
        try:
            yield read_kept(settings.reports / place, Manifest)
        except BadEvidence:
            continue
