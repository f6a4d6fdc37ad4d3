"""Compare a verdict with the one that the same evidence gives now: outcomes, facts and counts, whatever the wording.

Both are what `verify.json` holds (docs/verify-json.md). docs/evidence.md says what is compared and how.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from postpatch.verdict.fact_comparison import paired, same_fact, same_values
from postpatch.verdict.rules import RuleChange

# Of the judging and not of the verdict: when, by which version, in which form.
_OF_THE_JUDGING = frozenset({"format", "tool", "rules", "finished_at"})
# Wording, whatever it says.
_WORDING = frozenset({"sentence", "reason", "notes", "controls", "title", "why", "next_step", "owner", "commands"})
# Texts whose values are compared, and their wording is not.
_TEXTS = frozenset({"engine", "scope", "source", "limits", "what", "where", "name", "named"})
# Numbers by what they count: one that is absent is 0.
_TALLIES = frozenset({"remaining_kinds", "calls", "set_aside", "by_severity"})
# Lists whose rows have a key of their own; others are compared row by row.
_ROW_KEYS = {"checks": "id", "remaining": "cause"}

Document = Mapping[str, Any]


class Nature(StrEnum):
    """What a difference is about: an outcome, fact or count; wording alone; or what the earlier verdict never had."""

    VALUE = "value"
    WORDING = "wording"
    ADDED = "added"


@dataclass(frozen=True)
class Difference:
    """One place of `verify.json` that came out differently; `rules` are the changes of the rules that explain it."""

    where: str
    then: object
    now: object
    nature: Nature = Nature.VALUE
    rules: tuple[RuleChange, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """What differs between two verdicts on the same evidence.

    `unexplained` differences mean that the verdict is not repeated. `explained` ones follow from listed changes of the
    rules. `notes` are wording, and what was added since.
    """

    unexplained: tuple[Difference, ...]
    explained: tuple[Difference, ...]
    notes: tuple[Difference, ...]


def compare(then: Document, now: Document, changes: Iterable[RuleChange] = ()) -> Comparison:
    """Compare two verdicts; `changes` are those of the rules since the first one."""
    found = list(_differences(_without_verdict(then), _without_verdict(now)))
    listed = tuple(changes)
    values = [replace(one, rules=_explaining(one.where, listed)) for one in found if one.nature is Nature.VALUE]
    notes = [one for one in found if one.nature is not Nature.VALUE]
    if then.get("verdict") != now.get("verdict"):
        verdict = _verdict(then["verdict"], now.get("verdict"), values, notes, _explaining("verdict", listed))
        (values if verdict.nature is Nature.VALUE else notes).insert(0, verdict)
    return Comparison(
        tuple(one for one in values if not one.rules), tuple(one for one in values if one.rules), tuple(notes)
    )


def _verdict(
    then: object, now: object, values: list[Difference], notes: list[Difference], listed: tuple[RuleChange, ...]
) -> Difference:
    # The verdict follows from the outcomes: what explains all of theirs explains it too.
    outcomes = [one for one in values if _is_outcome(one)]
    if any(not one.rules for one in outcomes):
        return Difference("verdict", then, now)
    rules = tuple(dict.fromkeys([*listed, *(rule for one in outcomes for rule in one.rules)]))
    only_added = not rules and any(_is_outcome(one) for one in notes)
    return Difference("verdict", then, now, Nature.ADDED if only_added else Nature.VALUE, rules)


def _is_outcome(one: Difference) -> bool:
    # Of a check that both have, or of a whole check that one of them has.
    return one.where.startswith("checks.") and (one.where.endswith(".outcome") or one.where.count(".") == 1)


def _without_verdict(document: Document) -> Document:
    return {name: value for name, value in document.items() if name not in _OF_THE_JUDGING | {"verdict"}}


def _differences(then: Document, now: Document) -> Iterator[Difference]:
    for name in [*then, *(name for name in now if name not in then)]:
        yield from _member(name, name, then, now)


def _member(where: str, name: str, then: Document, now: Document) -> Iterator[Difference]:
    if name not in then:
        yield Difference(where, None, now[name], Nature.ADDED)
    elif name not in now:
        yield Difference(where, then[name], None)
    else:
        yield from _compared(where, name, then[name], now[name])


def _compared(where: str, name: str, then: Any, now: Any) -> Iterator[Difference]:
    if name in _WORDING:
        if then != now:
            yield Difference(where, then, now, Nature.WORDING)
    elif isinstance(then, dict) and isinstance(now, dict):
        for key in [*then, *(key for key in now if key not in then)]:
            inner = f"{where}.{key}"
            yield from _tallied(inner, key, then, now) if name in _TALLIES else _member(inner, key, then, now)
    elif name == "facts":
        yield from _facts(where, then, now)
    elif _are_rows(then) and _are_rows(now) and (then or now):
        yield from _rows(where, name, then, now)
    elif then != now:
        alike = name in _TEXTS and same_values(then, now)
        yield Difference(where, then, now, Nature.WORDING if alike else Nature.VALUE)


def _tallied(where: str, key: str, then: Document, now: Document) -> Iterator[Difference]:
    if then.get(key, 0) != now.get(key, 0):
        yield Difference(where, then.get(key, 0), now.get(key, 0))
    elif key not in then:
        yield Difference(where, None, now[key], Nature.ADDED)


def _rows(where: str, name: str, then: list[Any], now: list[Any]) -> Iterator[Difference]:
    key = _ROW_KEYS.get(name)
    before, after = (
        {str(row[key]) if key else str(place): row for place, row in enumerate(rows, 1)} for rows in (then, now)
    )
    for label in [*before, *(label for label in after if label not in before)]:
        inner = f"{where}.{label}"
        if label in before and label in after:
            yield from _compared(inner, "", before[label], after[label])
        elif name == "checks" and label in after:
            yield Difference(inner, None, after[label]["outcome"], Nature.ADDED)
        else:
            yield Difference(inner, before.get(label), after.get(label))


def _facts(where: str, then: list[Any], now: list[Any]) -> Iterator[Difference]:
    for before, after in paired(then, now):
        named = before or after or {}
        inner = f"{where}.{named['name']}"
        if before is None or after is None:
            yield Difference(inner, before, after, Nature.ADDED if before is None else Nature.VALUE)
        elif before != after:
            alike = same_fact(before, after)
            yield Difference(inner, before, after, Nature.WORDING if alike else Nature.VALUE)


def _are_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _explaining(where: str, changes: Iterable[RuleChange]) -> tuple[RuleChange, ...]:
    first, *rest = parts = where.split(".")
    names = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    if first == "checks":
        names = {rest[0]}
    elif first == "remaining":
        names.add("remaining_kinds")  # the same causes, at length
    return tuple(change for change in changes if change.concerns & names)
