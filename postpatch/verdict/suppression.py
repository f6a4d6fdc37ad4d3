"""Judge whether findings were hidden instead of fixed: FIND-6."""

from datetime import datetime

from postpatch.model import DeltaClass, Judgement, SuppressionRule
from postpatch.verdict.delta import Delta
from postpatch.verdict.facts import count, fact, naming

Rules = tuple[SuppressionRule, ...]


def nothing_suppressed(delta: Delta, rules: Rules | None, since: datetime) -> Judgement:
    """Judge FIND-6: nothing that the baseline had as active is suppressed now, and no new rule hides what came since.

    A suppressed finding does not say which rule hides it, so any rule made or changed after `since`, when the baseline
    was taken, may be it. Older rules are accepted practice: what they hide of new findings is told. `rules` is None
    where nobody could be asked for them, as of two files; where findings are suppressed and the caller sees no rule,
    the rules are somebody else's, and their age is not known.
    """
    hidden = [f"{row.vulnerability} on {row.host}" for row in delta.rows(DeltaClass.SUPPRESSED)]
    new = [f"{vulnerability} on {host}" for vulnerability, host in delta.newly_suppressed()]
    young = [_in_words(rule, since) for rule in rules or () if max(rule.created_at, rule.updated_at) > since]
    facts = [fact("findings suppressed since the baseline", 0, len(hidden))]
    wrong, notes = [], list(young)
    if hidden:
        wrong.append(f"{count(len(hidden), 'finding')} suppressed since the baseline, not fixed: {naming(hidden)}")
    if young or rules == ():
        facts.append(fact("new findings that no rule older than the baseline is known to hide", 0, len(new)))
        if new:
            why = f"that may be hidden by {'; '.join(young)}" if young else "by rules that this caller does not see"
            wrong.append(f"{count(len(new), 'new finding')} suppressed, {why}: {naming(new)}")
    elif new:
        by = "by rules older than the baseline" if rules else "by which rules two files do not tell"
        notes.append(f"{count(len(new), 'new finding')} suppressed, {by}: {naming(new)}")
    reason = "; ".join(wrong) or "nothing was suppressed since the baseline"
    return Judgement(not wrong, reason, tuple(facts), tuple(notes))


def _in_words(rule: SuppressionRule, since: datetime) -> str:
    what, when = ("made", rule.created_at) if rule.created_at > since else ("changed", rule.updated_at)
    return f"rule {rule.name}, {what} {when:%Y-%m-%d %H:%M:%S} UTC (reason: {rule.reason or 'none given'})"
