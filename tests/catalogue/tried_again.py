"""A rehearsal in this process, for who tries again and again in the same world, each time with other permissions.

What a run of pytest makes of an error, its exit code and its report, is for whole runs to show.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from iam.policies import proved
from iam.rehearsal import EVENING, MORNING, Policy
from iam.runs import BASELINE, Run
from postpatch.errors import CouldNotCheck
from postpatch.run.steps.baseline import take_baseline
from tests.catalogue.judged_here import collect_in, judge_all, verify_again

Tried = tuple[list[str], frozenset[str]]


class Evening:
    """A world before its patching, in which baselines are taken."""

    def __init__(self, run: Run, folder: Path, policies: Mapping[str, Policy]) -> None:
        self._folder = folder
        self._allowed = policies[BASELINE]
        self._rehearsal = run.rehearsal(folder / "calls", self._allowed, policies[run.mode])
        self._collection = collect_in(self._rehearsal.changed(), folder, run.policy)
        self._session = self._collection.session

    def take_baseline(self, without: str) -> Tried:
        """Take a baseline without an action; return why there is none, and all calls that were noted so far."""
        path = Path(tempfile.mkdtemp(dir=self._folder)) / "baseline.ndjson.gz"
        self._session.simulator.restrict(proved(self._allowed, without={without}))
        try:
            take_baseline(self._session, self._session.connection.caller(), path)
        except CouldNotCheck as error:
            assert not path.exists()
            return [str(error)], self._rehearsal.noted(EVENING)
        return [], self._rehearsal.noted(EVENING)


class Morning:
    """A world after its patching, which is verified."""

    def __init__(self, run: Run, folder: Path, policies: Mapping[str, Policy]) -> None:
        self._folder = folder
        self._allowed = policies[run.mode]
        self._rehearsal = run.rehearsal(folder / "calls", policies[BASELINE], self._allowed)
        self._collection = collect_in(self._rehearsal.changed(), folder, run.policy)
        self._collection.value("rehearsal")

    def verify(self, without: frozenset[str]) -> Tried:
        """Verify without some actions; return why checks could not be judged, and all calls that were noted so far."""
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        self._collection.session.simulator.restrict(proved(self._allowed, without=without))
        judged = judge_all(verify_again(self._collection, folder))
        reasons = [str(one) for one in judged.values() if isinstance(one, CouldNotCheck)]
        return reasons, self._rehearsal.noted(MORNING)
