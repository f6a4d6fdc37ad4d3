"""Judge whether findings were hidden instead of fixed: FIND-6."""

from datetime import datetime

from postpatch.model import DeltaClass, Judgement, SuppressionRule
from postpatch.verdict.delta import Delta
from postpatch.verdict.facts import count, fact, naming

Rules = tuple[SuppressionRule, ...]


def nothing_suppressed(delta: Delta, rules: Rules | None, since: datetime) -> Judgement:
    """Judge FIND-6: no active finding of the baseline is suppressed now, and no newer rule hides a new finding.

    A suppressed finding does not say which rule hides it, so it may be any rule created or changed after `since`, when
    the baseline was taken. Older rules are accepted practice: the new findings that they hide are reported. `rules` is
    None if they could not be requested, as with files. If findings are suppressed and the caller sees no rule, the
    rules belong to someone else and their age is unknown. What is absent from the later of two files may be suppressed.
    """
    hidden = [f"{row.vulnerability} on {row.host}" for row in delta.rows(DeltaClass.SUPPRESSED)]
    new = [f"{vulnerability} on {host}" for vulnerability, host in delta.newly_suppressed()]
    young = [_in_words(rule, since) for rule in rules or () if max(rule.created_at, rule.updated_at) > since]
    facts = [fact("findings suppressed since the baseline", 0, len(hidden))]
    wrong, notes = [], list(young)
    if hidden:
        wrong.append(f"{count(len(hidden), 'finding')} suppressed since the baseline, not fixed: {naming(hidden)}")
    if young or rules == ():
        facts.append(fact("new findings not known to be hidden by a rule older than the baseline", 0, len(new)))
        if new:
            why = f"possibly by {'; '.join(young)}" if young else "by rules that this caller cannot see"
            wrong.append(f"{count(len(new), 'new finding')} suppressed, {why}: {naming(new)}")
    elif new:
        by = "by rules older than the baseline" if rules else "by rules that the files do not name"
        notes.append(f"{count(len(new), 'new finding')} suppressed, {by}: {naming(new)}")
    reason = "; ".join(wrong) or "nothing was suppressed since the baseline"
    judgement = Judgement(not wrong, reason, tuple(facts), tuple(notes))
    return delta.absence.settle(judgement, doubted=delta.absence.total > 0)


def _in_words(rule: SuppressionRule, since: datetime) -> str:
    what, when = ("created", rule.created_at) if rule.created_at > since else ("changed", rule.updated_at)
    return f"rule {rule.name}, {what} {when:%Y-%m-%d %H:%M:%S} UTC (reason: {rule.reason or 'none given'})"
