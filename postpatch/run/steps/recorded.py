"""The steps of a recorded run: two files that Inspector exported, stored as snapshots like any other."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from postpatch import __version__
from postpatch.errors import BadEvidence, BadOptions, CouldNotCheck
from postpatch.evidence.exports import Export, read_export
from postpatch.evidence.requests import compare_requests
from postpatch.evidence.snapshot import write_snapshot
from postpatch.model import Finding, Manifest, Mode, ScannedHost, Snapshot
from postpatch.run.collection import Collection
from postpatch.run.settings import Settings
from postpatch.translation.request import changing_filters, leaves_out_suppressed
from postpatch.verdict.facts import count


class _Hosts:
    """The hosts in an export, gathered while its findings are read."""

    def __init__(self) -> None:
        self.ids: set[str] = set()

    def noting(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings and record their hosts."""
        for finding in findings:
            self.ids.add(finding.host)
            yield finding


def baseline(collection: Collection) -> Snapshot:
    """Save the exported findings from before patching."""
    settings: Settings = collection.session.settings
    return _keep(settings, settings.baseline_path, collection.folder / "baseline.ndjson.gz", frozenset())


def after(collection: Collection) -> Snapshot:
    """Save the exported findings from after patching; BadEvidence if older, or of another account or region."""
    settings: Settings = collection.session.settings
    before: Snapshot = collection.value("baseline")
    exported = settings.after or Path()  # the options are refused without it
    hosts = frozenset(host.id for host in before.manifest.hosts)
    later = _keep(settings, exported, collection.folder / "after.ndjson.gz", hosts)
    for what, earlier, latest in (
        ("account", before.manifest.account, later.manifest.account),
        ("region", before.manifest.region, later.manifest.region),
    ):
        if earlier and latest and not set(earlier.split()) & set(latest.split()):
            raise BadEvidence(
                f"Name two exports of the same account and region: {exported} is of {what} {latest}, the baseline "
                f"{settings.baseline} of {earlier}."
            )
    if before.manifest.rows and later.manifest.rows and later.manifest.taken_at < before.manifest.taken_at:
        # Otherwise a regression would look like progress.
        raise BadEvidence(
            f"Name the earlier export with --baseline and the later one with --after: {exported} ends on "
            f"{later.manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC, before the baseline {settings.baseline}, which ends on "
            f"{before.manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC."
        )
    compare_requests(before.manifest, later.manifest)
    return later


def read_files(collection: Collection) -> None:
    """Read both files once, before any check: BadOptions where one is unfit, or where the two cannot be compared."""
    try:
        for name in ("baseline", "after"):
            collection.value(name)
    except CouldNotCheck as error:
        if isinstance(error.__cause__, BadEvidence):
            raise BadOptions(str(error)) from error


def _keep(settings: Settings, source: Path, path: Path, expected: frozenset[str]) -> Snapshot:
    export, hosts = read_export(source), _Hosts()
    name = source.name.encode(errors="replace").decode()

    def describe() -> Manifest:
        # The safe choice is the older time: the newest one in the file, not the time at which it was read.
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
            # Without coverage a host counts as scanned if it has a row. One without a row is not scanned, not clean.
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
    if export.in_ocsf:
        yield f"{name}: a file of OCSF holds package findings alone, so open ports are not recorded, nor are scores"
    if export.left_out:
        yield f"{name}: {count(export.left_out, 'record')} of OCSF left out, which are not findings of Amazon Inspector"
    if changing := changing_filters(export.asked):
        yield f"{name}: it was filtered by {', '.join(changing)}, so a finding on which that changed is absent from it"
    if leaves_out_suppressed(export.asked):
        yield f"{name}: suppressed findings were not asked for, so a finding that was suppressed is absent from it"
