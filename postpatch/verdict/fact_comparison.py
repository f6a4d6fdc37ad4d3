"""Compare the facts of one check as two versions state them: their values count, their wording does not.

A fact is texts: its name, what was expected, what was found. An evidence pack does not say which of them are values, so
this follows from how they are written:

- A text of one word is a value, and so is one with an `=` between words, as in `tag:Name = web`. It is compared as it
  is; but `none`, `nothing` and an empty text are the same.
- In a sentence the values are its times and the words that hold a digit, `_`, `=`, or a capital after a letter:
  numbers, host ids, versions, CVEs and names such as `AWS-RunPatchBaseline`. They are compared as a set.
- In a name only words with a digit are values, such as the id of the host that the fact is about.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

FactRow = Mapping[str, Any]
Pair = tuple[FactRow | None, FactRow | None]

# However it is written: with T or a space, with Z, UTC or +00:00 after it.
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:Z|\+00:00| UTC\b)?")
_MARKED = re.compile(r"[\d_=]|[A-Za-z][A-Z]")
_AROUND = ".,;:()[]{}\"'`"
# Capitals, and yet words of our sentences and no values.
_ACRONYMS = frozenset({"AWS", "CIS", "CISA", "EPSS", "ID", "IDs", "OS", "SSM", "UTC"})
_NOTHING = frozenset({"", "-", "none", "nothing"})


def same_values(then: object, now: object) -> bool:
    """Tell whether two texts, or two lists of texts, hold the same values, however they are worded."""
    return _values(then) == _values(now)


def same_fact(then: FactRow, now: FactRow) -> bool:
    """Tell whether two facts say the same: what was expected, what was found, and whether it holds."""
    return (
        then["holds"] == now["holds"]
        and same_values(then["expected"], now["expected"])
        and (same_values(then["found"], now["found"]) or _same_beside_expected(then, now))
    )


def paired(then: Sequence[FactRow], now: Sequence[FactRow]) -> Iterator[Pair]:
    """Yield each fact with its counterpart, or with None where there is none.

    Counterparts have the same name. Where a name was reworded, they have the same values in their names, and among
    several such the same values altogether.
    """
    by_name: dict[str, list[FactRow]] = defaultdict(list)
    for fact in reversed(now):
        by_name[fact["name"]].append(fact)
    left = []
    for fact in then:
        if by_name[fact["name"]]:
            yield fact, by_name[fact["name"]].pop()
        else:
            left.append(fact)
    reworded: dict[frozenset[str], list[FactRow]] = defaultdict(list)
    for fact in reversed([fact for facts in by_name.values() for fact in facts]):
        reworded[_of_name(fact)].append(fact)
    for fact in left:
        alike = reworded[_of_name(fact)]
        counterpart = next((one for one in alike if same_fact(fact, one)), next(iter(alike), None))
        if counterpart is not None:
            alike.remove(counterpart)
        yield fact, counterpart
    yield from ((None, fact) for facts in reworded.values() for fact in facts)


def _same_beside_expected(then: FactRow, now: FactRow) -> bool:
    # A sentence may repeat what was expected, as in "9, at most 5", or leave it out.
    if _is_value(then["found"]) or _is_value(now["found"]):
        return False
    both = [_values(fact["found"]) | _values(fact["expected"]) for fact in (then, now)]
    return both[0] == both[1]


def _is_value(text: str) -> bool:
    words = text.split()
    return len(words) <= 1 or "=" in words


def _values(said: object) -> frozenset[str]:
    if isinstance(said, (list, tuple)):
        return frozenset().union(*map(_values, said))
    text = str(said).strip()
    if text.lower() in _NOTHING:
        return frozenset()
    if _is_value(text):
        return frozenset({_TIME.sub(r"\1T\2", text)})
    times = {f"{day}T{clock}" for day, clock in _TIME.findall(text)}
    words = _words(_TIME.sub(" ", text))
    return frozenset(times.union(word for word in words if _MARKED.search(word) and word not in _ACRONYMS))


def _of_name(fact: FactRow) -> frozenset[str]:
    return frozenset(word for word in _words(fact["name"]) if re.search(r"\d", word))


def _words(text: str) -> Iterator[str]:
    return (word.strip(_AROUND) for word in text.split())
