"""Build judgements from facts: what was expected, what was found, and the sentence that reports it."""

from collections.abc import Iterable

from postpatch.model import Fact, Judgement

NAMED = 5


def fact(name: str, expected: object, found: object, holds: bool | None = None) -> Fact:
    """Return one fact. It holds if found equals expected; `holds` overrides that where another comparison applies."""
    return Fact(name, _text(expected), _text(found), expected == found if holds is None else holds)


def judged(subject: str, facts: Iterable[Fact], notes: Iterable[str] = (), right: str = "") -> Judgement:
    """Return the judgement of `subject`: it holds if all facts hold, and its reason lists those that do not.

    `right` is the reason where all hold; by default that the subject matches the policy.
    """
    all_facts = tuple(facts)
    wrong = [f"{one.name}: expected {one.expected}, found {one.found}" for one in all_facts if not one.holds]
    reason = f"{subject}: {'; '.join(wrong)}" if wrong else right or f"{subject} matches the policy"
    return Judgement(not wrong, reason, all_facts, tuple(notes))


def found_wrong(subject: str, facts: Iterable[Fact], right: str, notes: Iterable[str] = ()) -> Judgement:
    """Return a judgement of facts that each name a problem: its reason lists what was found of each problem."""
    all_facts = tuple(facts)
    wrong = [f"{one.name}: {one.found}" for one in all_facts if not one.holds]
    return Judgement(not wrong, f"{subject}: {'; '.join(wrong)}" if wrong else right, all_facts, tuple(notes))


def naming(things: Iterable[str], total: int | None = None) -> str:
    """Return the things as a list in a sentence: the first NAMED by name, the rest as a number.

    `total` is how many there are; pass it if only the first few were kept.
    """
    names = list(things)
    rest = (len(names) if total is None else total) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


def count(number: int, thing: str, many: str = "") -> str:
    """Return a number and its noun: `1 host`, `3 hosts`; `many` is the plural if adding an s is wrong."""
    return f"{number} {thing if number == 1 else many or f'{thing}s'}"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in ("", None, ()) else "none"
