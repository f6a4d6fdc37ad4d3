"""Which hosts were scanned again: without one, a list of findings is older than the patching and proves nothing.

A finding that such a list holds may be fixed since, and one that it lacks may be there. A host counts as scanned again
as SCAN-2 has it: its scan is newer than the patching. Of exported files it is a host with a row in the later one.
"""

from dataclasses import dataclass

from postpatch.model import Judgement, Manifest
from postpatch.verdict.facts import count, fact

_SCAN = (
    "Have Inspector scan the hosts, then verify again, and not with --read-only: {words}, so that it is not known "
    "which findings are active. SCAN-2 says why they do not count as scanned"
)
_EXPORT = (
    "Export the findings of the baseline's hosts again, the closed ones too, and name that file with --after: {words}, "
    "so that it is not known which findings are active"
)


@dataclass(frozen=True)
class ScannedAgain:
    """The hosts that exist after patching, those of them `scanned` since, and those scanned for the baseline.

    `by_rows`: two exported files are compared, which have no coverage.
    """

    present: frozenset[str] = frozenset()
    scanned: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    by_rows: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the hosts whose findings are not known, because they exist and were not scanned again."""
        return tuple(sorted(self.present - self.scanned))

    @property
    def none(self) -> bool:
        """Return whether no host was scanned again, so that nothing is known of what is active."""
        return not self.scanned

    @property
    def words(self) -> str:
        """Return in words how many hosts were not scanned again: `3 of 3 hosts were not scanned again`."""
        if not self.missing:
            return "no host was scanned again" if self.none else ""
        verb = "was" if len(self.missing) == 1 else "were"
        return f"{len(self.missing)} of {count(len(self.present), 'host')} {verb} not scanned again"

    def unsupported(self) -> Judgement | None:
        """Return that nothing could be checked where no scan after patching supports it; None where one does.

        One of a host that was scanned for the baseline does, or, if none of these exists any more, of any host.
        """
        expected = self.present & self.before or self.present
        if expected & self.scanned:
            return None
        words = self.words if self.none else f"{self.words}, among them every host that was scanned for the baseline"
        facts = (fact("hosts scanned again", "at least 1", f"0 of {len(expected)}", False),)
        return Judgement(False, (_EXPORT if self.by_rows else _SCAN).format(words=words), facts, checked=False)

    def settle(self, judgement: Judgement) -> Judgement:
        """Return the judgement of a check about findings, or that it could not be checked for want of a scan.

        A fault that is shown by a host that was scanned again stays one.
        """
        unsupported = self.unsupported()
        return unsupported if unsupported and (judgement.holds or self.none) else judgement


def scanned_again(baseline: Manifest, after: Manifest) -> ScannedAgain:
    """Return which hosts of two snapshots were scanned again."""
    present = [host for host in after.hosts if host.present]
    return ScannedAgain(
        present=frozenset(host.id for host in present),
        scanned=frozenset(host.id for host in present if host.scanned),
        before=frozenset(host.id for host in baseline.hosts if host.present and host.scanned),
        by_rows=after.by_rows,
    )
