"""The steps of a recorded run: two files that Inspector exported, kept as snapshots like any other."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from postpatch import __version__
from postpatch.errors import BadEvidence
from postpatch.evidence.exports import Export, read_export
from postpatch.evidence.requests import compare_requests
from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import Finding, Manifest, Mode, ScannedHost, Snapshot
from postpatch.run.collection import Collection
from postpatch.run.settings import Settings
from postpatch.translation.request import changing_filters, leaves_out_suppressed


class _Hosts:
    """The hosts that an export speaks of, gathered while its findings pass."""

    def __init__(self) -> None:
        self.ids: set[str] = set()

    def noting(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings and note their hosts."""
        for finding in findings:
            self.ids.add(finding.host)
            yield finding


def baseline(collection: Collection) -> Snapshot:
    """Keep the exported findings from before patching."""
    settings: Settings = collection.session.settings
    return _keep(settings, settings.baseline_path, collection.folder / "baseline.ndjson.gz", frozenset())


def after(collection: Collection) -> Snapshot:
    """Keep the exported findings from after patching; BadEvidence if they are older or of another account or region."""
    settings: Settings = collection.session.settings
    before: Snapshot = collection.value("baseline")
    exported = settings.after or Path()  # the options are refused without it
    hosts = frozenset(host.id for host in before.manifest.hosts)
    later = _keep(settings, exported, collection.folder / "after.ndjson.gz", hosts)
    for what, theirs, ours in (
        ("account", before.manifest.account, later.manifest.account),
        ("region", before.manifest.region, later.manifest.region),
    ):
        if theirs and ours and not set(theirs.split()) & set(ours.split()):
            raise BadEvidence(
                f"{exported} is of {what} {ours}, the baseline {settings.baseline} of {theirs}: they cannot be "
                "compared. Name two exports of the same account and region."
            )
    if before.manifest.rows and later.manifest.rows and later.manifest.taken_at < before.manifest.taken_at:
        # What got worse would seem better.
        raise BadEvidence(
            f"{exported} ends on {later.manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC, before the baseline "
            f"{settings.baseline} does, on {before.manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC. "
            "Name the earlier export with --baseline and the later one with --after."
        )
    compare_requests(before.manifest, later.manifest)
    return later


def _keep(settings: Settings, source: Path, path: Path, expected: frozenset[str]) -> Snapshot:
    export, hosts = read_export(source), _Hosts()
    name = source.name.encode(errors="replace").decode()

    def describe() -> Manifest:
        # What is oldest in doubt: the file's own newest time, not the moment at which it was read.
        about = export.newest or datetime.fromtimestamp(source.stat().st_mtime, UTC)
        return Manifest(
            mode=Mode.RECORDED,
            engine="inspector2",
            account=" ".join(sorted(export.accounts)),
            region=" ".join(sorted(export.regions)),
            scope=settings.policy.scope.scope,
            caller="",
            started_at=about,
            taken_at=about,
            tool=f"postpatch {__version__}",
            source=name if export.end_is_proven else f"{name} (its end cannot be proven complete)",
            limits=tuple(_limits(name, export)),
            asked=export.asked,
            whole=export.is_whole,
            set_aside=dict(export.set_aside),
            # Without coverage a host was looked at if it has a row; one without any is not scanned, not clean.
            hosts=tuple(
                ScannedHost(id=host, scanned=host in hosts.ids, tags=export.tags.get(host, ()))
                for host in sorted(hosts.ids | expected)
            ),
        )

    return write_snapshot(path, hosts.noting(export), describe)


def _limits(name: str, export: Export) -> Iterator[str]:
    if not export.end_is_proven:
        yield (
            f"{name}: its end cannot be proven complete, because a bare list, a CSV report or one finding a line looks "
            "whole wherever it is cut"
        )
    if changing := changing_filters(export.asked):
        yield f"{name}: it was filtered by {', '.join(changing)}, so a finding on which that changed is absent from it"
    if leaves_out_suppressed(export.asked):
        yield f"{name}: suppressed findings were not asked for, so a finding that was suppressed is absent from it"
