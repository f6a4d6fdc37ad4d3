"""Judge the progress since the baseline on the hosts scanned both times: FIND-1 and FIND-2."""

from postpatch.model import Judgement, Severity
from postpatch.verdict.coverage import reconstructed
from postpatch.verdict.delta import Counts, Delta
from postpatch.verdict.disclosed import LateDisclosures
from postpatch.verdict.facts import count, fact, judged

_NOTHING_COMPARED = "no host was scanned both for the baseline and after patching: nothing can be compared"


def fewer_than_baseline(delta: Delta, late: LateDisclosures) -> Judgement:
    """Judge FIND-1: fewer findings are active than in the baseline, on the hosts scanned both times.

    Findings disclosed after patching are left out unless the policy counts them: patching could not remove them.
    """
    if not delta.comparable_hosts:
        return Judgement(False, _NOTHING_COMPARED)
    counts, apart = delta.comparable, late.left_out()
    after = counts.after - apart
    sentence = (
        f"after patching {count(after, 'finding')} {'is' if after == 1 else 'are'} active, "
        f"the baseline had {counts.baseline}: {counts.fixed} fixed, {counts.remaining} remain, {counts.new - apart} new"
        + (f", {counts.suppressed} suppressed" if counts.suppressed else "")
        + (f"; {apart} more were disclosed after patching" if apart else "")
    )
    hidden_before, hidden = delta.hidden.before.fixable, delta.hidden.after.fixable
    if hidden_before or hidden:
        sentence += f"; suppressed, and with a fix: {hidden_before} before, {hidden} now"
    stayed = counts.baseline == after == 0
    # Where nothing is active because all is hidden, what is hidden is what must become less.
    holds = (hidden == 0 or hidden < hidden_before) if stayed else after < counts.baseline
    name = f"active findings on {count(len(delta.comparable_hosts), 'host')}"
    facts = (fact(name, f"fewer than {counts.baseline}", after, holds),)
    notes = (*_absent(delta), *_incomparable(delta.counts, counts), *late.notes, *reconstructed(delta))
    judgement = Judgement(holds, sentence + _zero(hidden, stayed=stayed), facts, notes)
    # Where absence proves nothing, it is progress only if there is some without it.
    rests_on_absence = delta.absence.doubtful and after + counts.fixed_by_absence >= counts.baseline
    return delta.absence.settle(judgement, doubted=rests_on_absence)


def no_severity_worse(delta: Delta, late: LateDisclosures) -> Judgement:
    """Judge FIND-2: at every severity level and above, there are no more active findings than in the baseline.

    Because each level includes all worse ones, a finding that was rated down fails nothing, and one that was rated up
    does. Findings without a rating are counted separately. Findings disclosed after patching are left out as in FIND-1.
    """
    if not delta.comparable_hosts:
        return Judgement(False, _NOTHING_COMPARED)
    facts = []
    for name, severities in _levels():
        before = sum(delta.severities[severity].baseline for severity in severities)
        after = sum(delta.severities[severity].after for severity in severities) - late.left_out(severities)
        facts.append(fact(name, f"at most {before}", after, after <= before))
    right = "no severity level has more findings than before, counted with all worse ones"
    judgement = judged("active findings by severity", facts, late.notes, right)
    # A finding that the later file leaves out may have been rated up to any level.
    return delta.absence.settle(judgement, doubted=delta.absence.doubtful)


def _zero(hidden: int, *, stayed: bool) -> str:
    if not stayed:
        return ""
    return (
        "; zero active findings are not zero as long as such are hidden"
        if hidden
        else ("; the baseline of zero stayed at zero")
    )


def _levels() -> list[tuple[str, tuple[Severity, ...]]]:
    rated = tuple(severity for severity in Severity if severity is not Severity.UNTRIAGED)
    up_to = [(f"{severity} or worse", rated[: place + 1]) for place, severity in enumerate(rated)]
    return [(rated[0].value, rated[:1]), *up_to[1:], (Severity.UNTRIAGED.value, (Severity.UNTRIAGED,))]


def _absent(delta: Delta) -> tuple[str, ...]:
    # Where AWS itself was asked, the scan of its host proves that a finding that is absent is gone.
    counts = delta.comparable
    if not (delta.after.by_rows and counts.fixed_by_absence):
        return ()
    return (f"fixed by absence: {counts.fixed_by_absence} of {counts.fixed}, for which there is no CLOSED row",)


def _incomparable(everything: Counts, comparable: Counts) -> tuple[str, ...]:
    left_out = everything.baseline - comparable.baseline
    if not left_out and everything.new == comparable.new:
        return ()
    unlike = f", {everything.not_comparable} not comparable" if everything.not_comparable else ""
    return (
        f"left out of the comparison: {left_out} of the baseline's findings ({everything.host_gone} on hosts "
        f"that are gone, {everything.not_scanned} on hosts not scanned{unlike}) and "
        f"{everything.new - comparable.new} new findings on other hosts",
    )
