"""The step that reads the kept packs of earlier runs: what of the new findings they saw fixed."""

from postpatch.evidence.rounds import rounds
from postpatch.model import EarlierRuns, Mode
from postpatch.model.round import subject_of
from postpatch.run.collection import Collection
from postpatch.text.places import without_places
from postpatch.verdict.resurfaced import any_new, fixed_before


def earlier_runs(collection: Collection) -> EarlierRuns:
    """Return the earlier fixes of what is new, from the whole packs in the reports about the same hosts.

    Only packs of the same mode count, and in a rehearsal those of the same world. Nothing is read if nothing is new.
    """
    settings, delta = collection.session.settings, collection.case.compared
    if not any_new(delta):
        return EarlierRuns()
    mode, about = settings.mode, delta.baseline
    subject = subject_of(str(settings.policy.scope.scope), about.account, about.region, recorded=mode is Mode.RECORDED)
    found, unreadable = rounds(
        [settings.reports], lambda manifest: (manifest.mode, manifest.stage) == (mode, settings.stage)
    )
    whole = {one.run for one in found if not one.altered}
    altered = [
        f"the pack of run {one.run}, which says that it ended {one.finished_at:%Y-%m-%d %H:%M} UTC: {one.altered[0]}"
        for one in found
        if one.altered and one.run not in whole
    ]
    same = (one for one in found if not one.altered and one.subject == subject)
    return fixed_before(delta, same, [*altered, *map(without_places, unreadable)])
