"""What the patch baseline holds back: whether the policy accepts that, finding by finding."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from postpatch.model import Exploits, Severity
from postpatch.policy import PatchingPolicy
from postpatch.verdict.causes.availability import fix_since
from postpatch.verdict.causes.explanations import EXPLANATIONS, HELD_BACK
from postpatch.verdict.causes.held_back import approves_nothing
from postpatch.verdict.causes.kinds import of_the_system
from postpatch.verdict.remaining import Explained, RemainingFindings, Stories

# Severities that must not be held back for long; one without a rating may be any of them.
_GRAVE = (Severity.CRITICAL, Severity.HIGH, Severity.UNTRIAGED)


@dataclass(frozen=True)
class Holding:
    """What decides whether a finding that the patch baseline holds back fails the run.

    `exploits` is asked only if something is held back; `since` is when the findings' baseline was taken, and `at` when
    the run is judged.
    """

    policy: PatchingPolicy
    stories: Stories
    exploits: Callable[[], Exploits] = Exploits
    at: datetime | None = None

    def why(self, one: Explained) -> str:
        """Return why a finding that is held back fails the run all the same; nothing if the policy accepts it."""
        if not EXPLANATIONS[one.kind].held_back:
            return ""
        story = self.stories[one.finding.host]
        if self.policy.held_back_fails:
            return "what the patch baseline holds back fails by policy"
        if approves_nothing(story.baseline):
            return "the patch baseline approves nothing"
        if one.finding.exploit_available == "YES" or self._catalogued(one.finding.vulnerability):
            return "known to be exploited"
        days = self.policy.held_back_max_days
        since = fix_since(one.finding, of_the_system(one.finding), story)
        if one.severity in _GRAVE and (since is None or self.at is None or self.at - since > timedelta(days=days)):
            return f"{one.severity}, and its fix is older than {days} days, or of an unknown age"
        return ""

    def _catalogued(self, vulnerability: str) -> bool:
        return self.exploits().catalogued.get(vulnerability, False)


def in_question(remaining: RemainingFindings, suppressed: Iterable[tuple[Explained, ...]] = ()) -> dict[str, str]:
    """Return what must be looked up in CISA's catalog: a finding's ARN for each vulnerability held back, by its id.

    Those that the list of findings already reports as exploited are left out; `suppressed` ones are not.
    """
    every = chain.from_iterable(chain(remaining.groups(HELD_BACK), remaining.new_groups(HELD_BACK), suppressed))
    held_back = (one.finding for one in every if EXPLANATIONS[one.kind].held_back)
    return {one.vulnerability: one.arn for one in held_back if one.exploit_available != "YES"}
