"""Judge the progress since the baseline on the hosts scanned both times: FIND-1 and FIND-2."""

from collections.abc import Callable, Iterable

from postpatch.model import Judgement, Severity
from postpatch.verdict.coverage import reconstructed
from postpatch.verdict.delta import Counts, Delta
from postpatch.verdict.disclosed import LateDisclosures
from postpatch.verdict.facts import count, fact, judged
from postpatch.verdict.removable import Removable

_NOTHING_COMPARED = "no host was scanned both for the baseline and after patching: nothing can be compared"
_Of = Callable[[Iterable[Severity]], int]


def fewer_than_baseline(delta: Delta, late: LateDisclosures, removable: Removable | None = None) -> Judgement:
    """Judge FIND-1: fewer findings that patching can remove are active than in the baseline, or none both times.

    `removable` are those findings; None if the policy compares all findings, as Inspector Classic always does. Findings
    disclosed after patching are left out unless the policy counts them: patching could not remove them.
    """
    if not delta.comparable_hosts:
        return delta.scans.unsupported() or Judgement(False, _NOTHING_COMPARED)
    counts, apart = delta.comparable, late.left_out()
    after, before = counts.after - apart, counts.baseline
    everything = (
        f"after patching {count(after, 'finding')} {'is' if after == 1 else 'are'} active, "
        f"the baseline had {before}: {counts.fixed} fixed, {counts.remaining} remain, {counts.appeared - apart} new"
        + (f", {counts.resurfaced} of them resurfaced" if counts.resurfaced else "")
        + (f", {counts.suppressed} suppressed" if counts.suppressed else "")
        + (f"; {apart} more were disclosed after patching" if apart else "")
    )
    hidden_before, hidden = delta.hidden.before.fixable, delta.hidden.after.fixable
    if hidden_before or hidden:
        everything += f"; suppressed, and with a fix: {hidden_before} before, {hidden} now"
    nothing_active = before == after == 0
    hosts, notes = count(len(delta.comparable_hosts), "host"), (*_absent(delta), *_incomparable(delta.counts, counts))
    name, sentence = f"active findings on {hosts}", everything
    if removable:
        after, before = removable.total_after, removable.total_before
        name = f"active findings on {hosts} that patching can remove"
        sentence = f"{_removable_in_words(removable, counts.after - apart)}. {everything[0].upper()}{everything[1:]}"
        notes = (*notes, *_by_own_fields(delta), *_added(removable))
    if removable:
        hidden_before, hidden = removable.hidden_before, removable.hidden
    # Where nothing is active because all is hidden, what is hidden is what must become less.
    less_hidden = hidden == 0 or hidden < hidden_before
    holds = less_hidden if nothing_active else before == after == 0 or after < before
    facts = (fact(name, f"fewer than {before}", after, holds),)
    sentence += _zero(hidden) if nothing_active else ""
    judgement = Judgement(holds, sentence, facts, (*notes, *late.notes, *reconstructed(delta)))
    # A file that leaves out findings of the baseline may leave out new ones too.
    return delta.absence.settle(judgement, doubted=delta.absence.doubtful)


def no_severity_worse(delta: Delta, late: LateDisclosures, removable: Removable | None = None) -> Judgement:
    """Judge FIND-2: at every severity level and above, no more findings that patching can remove than in the baseline.

    Because each level includes all worse ones, a finding that was rated down fails nothing, and one that was rated up
    does. Findings without a rating are counted separately. `removable` and findings disclosed after patching are as in
    FIND-1.
    """
    if not delta.comparable_hosts:
        return delta.scans.unsupported() or Judgement(False, _NOTHING_COMPARED)
    before, after = _tallies(delta, late, removable)
    facts = []
    for name, severities in levels():
        allowed, found = before(severities), after(severities)
        facts.append(fact(name, f"at most {allowed}", found, found <= allowed))
    which = " that patching can remove" if removable else ""
    right = f"no severity level has more findings{which} than before, counted with all worse ones"
    notes = (*_by_own_fields(delta), *_added(removable), *late.notes) if removable else late.notes
    judgement = judged(f"active findings{which} by severity", facts, notes, right)
    # A finding that the later file leaves out may have been rated up to any level.
    return delta.absence.settle(judgement, doubted=delta.absence.doubtful)


def _zero(hidden: int) -> str:
    if hidden:
        return "; zero active findings are not zero as long as such are hidden"
    return "; the baseline of zero stayed at zero"


def _tallies(delta: Delta, late: LateDisclosures, removable: Removable | None) -> tuple[_Of, _Of]:
    if removable:
        return (
            lambda severities: sum(removable.before.get(severity, 0) for severity in severities),
            lambda severities: sum(removable.after.get(severity, 0) for severity in severities),
        )
    return (
        lambda severities: sum(delta.severities[severity].baseline for severity in severities),
        lambda severities: sum(delta.severities[one].after for one in severities) - late.left_out(severities),
    )


def levels() -> list[tuple[str, tuple[Severity, ...]]]:
    """Return each severity level by name, with all worse ones; unrated findings are a level of their own."""
    rated = tuple(severity for severity in Severity if severity is not Severity.UNTRIAGED)
    up_to = [(f"{severity} or worse", rated[: place + 1]) for place, severity in enumerate(rated)]
    return [(rated[0].value, rated[:1]), *up_to[1:], (Severity.UNTRIAGED.value, (Severity.UNTRIAGED,))]


def _removable_in_words(removable: Removable, active: int) -> str:
    before, after = removable.total_before, removable.total_after
    if after:
        new = f", {removable.new} of them new" if removable.new else ""
        waived = f", not counting {removable.waived} waived" if removable.waived else ""
        could = f"in the baseline it could remove {before}"
        return f"patching can remove {after} of the active findings{new}{waived}; {could}"
    cleared = f", of {before} in the baseline" if before else ""
    left = "no finding remains"
    if active:
        remain = f"{count(active, 'finding')} {'remains' if active == 1 else 'remain'}"
        left = f"{remain}, each explained{' or waived' if removable.waived else ''}"
    return f"nothing that patching can remove is left{cleared}: {left}"


def _by_own_fields(delta: Delta) -> tuple[str, ...]:
    # An exported file has no data about patch baselines.
    if not delta.after.by_rows:
        return ()
    return ("files hold no evidence of approvals: every fixable package of the operating system counts as removable",)


def _added(removable: Removable) -> tuple[str, ...]:
    numbers = ", ".join(f"{removable.added[one]} {one}" for one in Severity if removable.added.get(one))
    return (f"new, and patching could not remove them: {numbers}",) if numbers else ()


def _absent(delta: Delta) -> tuple[str, ...]:
    # Where AWS itself was asked, the scan of its host proves that a finding that is absent is gone.
    counts = delta.comparable
    if not (delta.after.by_rows and counts.fixed_by_absence):
        return ()
    return (f"fixed by absence: {counts.fixed_by_absence} of {counts.fixed}, for which there is no CLOSED row",)


def _incomparable(everything: Counts, comparable: Counts) -> tuple[str, ...]:
    left_out = everything.baseline - comparable.baseline
    if not left_out and everything.appeared == comparable.appeared:
        return ()
    unlike = f", {everything.not_comparable} not comparable" if everything.not_comparable else ""
    return (
        f"left out of the comparison: {left_out} of the baseline's findings ({everything.host_gone} on hosts "
        f"that are gone, {everything.not_scanned} on hosts not scanned{unlike}) and "
        f"{everything.appeared - comparable.appeared} new findings on other hosts",
    )
